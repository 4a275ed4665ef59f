"""The Valley Courier's page: plain <meta> tags only, semantic elements, a sign-up <aside>."""

from __future__ import annotations

from string import Template
from typing import TYPE_CHECKING, Final

from tests.site.markup import Chrome, escape, iso

if TYPE_CHECKING:
    from tests.site.model import SiteArticle

PAGE: Final = Template("""<!doctype html>
<html lang="$lang">
<head>
<meta charset="utf-8">
<title>$title - Valley Courier</title>
<link rel="canonical" href="$canonical">
<link rel="alternate" type="application/atom+xml" title="All news" href="/atom.xml">
<meta name="author" content="$byline">
<meta name="description" content="$summary">
<meta name="date" content="$published">
<meta name="last-modified" content="$modified">
<meta name="keywords" content="$section, valley, news">
<meta name="robots" content="index, follow, max-image-preview:large">
</head>
<body>
<a class="skip" href="#content">Skip to content</a>
<header><h2><a href="/">Valley Courier</a></h2><p>Six villages, one paper</p>
<nav aria-label="Sections"><a href="/news">News</a> | <a href="/schools">Schools</a> |
<a href="/politics">Politics</a> | <a href="/culture">Culture</a> |
<a href="/notices">Death notices</a> | <a href="/epaper">E-paper</a></nav></header>
<section class="consent-banner" aria-label="Cookies"><p>This website uses cookies. By using it any
further you agree to this. <a href="/privacy">Find out more</a></p><button>OK</button></section>
<main id="content">
<article>
<header><p class="kicker">$section</p><h1>$title</h1>
<p class="author">$byline</p></header>
<p class="tools"><button>Listen to this article</button> <button>Save</button>
<button>Share</button> <button>Text size</button></p>
$body
<footer><p class="bio"><strong>$byline</strong> reports from all six villages. Corrections are
printed on page two and collected on our website.</p>
<p class="tags">More on: <a href="/tag/1">$section</a>, <a href="/tag/2">Valley</a></p></footer>
</article>
<section id="discussion"><h2>Readers' letters</h2>
<blockquote>Thank you for staying with this subject. A subscriber upriver</blockquote>
<blockquote>And who is going to pay for it all in the end? By e-mail</blockquote>
<p>Letters may be shortened.</p></section>
<aside class="more"><h2>Most read today</h2><ol>
$related
</ol></aside>
</main>
<footer class="page-end"><p>Valley Courier, the independent daily. Delivery problems? Call before
ten o'clock.</p><p><a href="/contact">Contact</a> <a href="/advertise">Advertise</a>
<a href="/imprint">Imprint</a></p></footer>
</body>
</html>
""")
SIGN_UP: Final = """<aside class="signup"><p><strong>Valley by mail.</strong> Our weekly letter
with the events of the weekend. Enter your address below, cancel at any time.</p>
<form action="/letter" method="post"><input name="mail"><input type="submit" value="Yes, please">
</form></aside>"""


def render(article: SiteArticle, chrome: Chrome) -> str:
    """Return the whole page."""
    body = [f"<p>{escape(text)}</p>" for text in article.paragraphs]
    body.insert(3, SIGN_UP)
    return PAGE.substitute(
        lang=article.lang,
        canonical=chrome.canonical,
        title=escape(article.title),
        byline=escape(article.byline),
        summary=escape(article.summary),
        section=escape(article.section),
        published=iso(article.published),
        modified=iso(article.modified),
        body="\n".join(body),
        related="\n".join(
            f'<li><a href="{escape(url)}">{escape(title)}</a></li>' for url, title in chrome.related
        ),
    )
