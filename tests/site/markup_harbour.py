"""The Harbour Gazette's page: Open Graph and JSON-LD, nested <div>s, a sign-up box in the text."""

from __future__ import annotations

import json
from string import Template
from typing import TYPE_CHECKING, Final

from tests.site.markup import Chrome, escape, iso, spoken_time

if TYPE_CHECKING:
    from tests.site.model import SiteArticle

PAGE: Final = Template("""<!DOCTYPE html>
<html lang="$lang" prefix="og: https://ogp.me/ns#">
<head>
<meta charset="utf-8">
<title>$title | Harbour Gazette</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="$summary">
<link rel="canonical" href="$canonical">
<link rel="alternate" type="application/rss+xml" title="Harbour Gazette" href="$base/rss.xml">
<meta property="og:type" content="article">
<meta property="og:site_name" content="Harbour Gazette">
<meta property="og:title" content="$title">
<meta property="og:description" content="$summary">
<meta property="og:url" content="$canonical">
<meta property="og:image" content="$base/media/$slug.jpg">
<meta property="og:image:width" content="1200">
<meta property="og:image:height" content="675">
<meta property="article:published_time" content="$published">
<meta property="article:modified_time" content="$modified">
<meta property="article:section" content="$section">
<script type="application/ld+json">$json_ld</script>
<style>.cookie{position:fixed;bottom:0}.hidden{display:none}</style>
<script>window.dataLayer = window.dataLayer || []; dataLayer.push({page: "$slug"});</script>
</head>
<body class="template-article">
<div class="cookie" id="cookie-consent" role="dialog"><p>We and our 214 partners use cookies to
measure how you read us. You can accept them all or choose which ones you like.</p>
<button>Accept all</button> <button>Choose</button></div>
<div class="site-header"><a href="/" class="logo">Harbour Gazette</a>
<span class="tagline">News from the waterfront &amp; beyond</span>
<ul class="nav"><li><a href="/port">Port</a></li><li><a href="/transport">Transport</a></li>
<li><a href="/culture">Culture</a></li><li><a href="/markets">Markets</a></li>
<li><a href="/subscribe">Subscribe</a></li></ul></div>
<div id="main"><div class="col-8"><div class="story" itemscope>
<div class="breadcrumb"><a href="/">Home</a> &rsaquo; <a href="/s">$section</a></div>
<h1 class="story-title">$title</h1>
<p class="standfirst">$summary</p>
<div class="meta"><span class="byline">By $byline</span> <span class="date">$spoken</span></div>
<div class="share-bar"><a href="#f">Share on Facebook</a> <a href="#w">WhatsApp</a>
<a href="#m">E-mail this article</a> <a href="#p">Print</a></div>
<figure><img src="/media/$slug.jpg" width="1200" height="675" alt="">
<figcaption>Picture: Harbour Gazette archive</figcaption></figure>
<div class="story-body">
$body
</div>
<div class="author-box"><h4>About the $byline</h4><p>Has a tip for us? Write to the newsroom or
call in at the office on the quay, open on weekdays from nine to five.</p></div>
</div>
<div class="comments"><h3>3 comments</h3>
<div class="comment"><b>gull57</b><p>About time somebody wrote about this. Well done.</p></div>
<div class="comment"><b>ropewalk</b><p>I will believe it when I see it.</p></div>
<div class="comment"><b>quayside_reader</b><p>Same was promised ten years ago!</p></div>
<a href="/login">Log in to comment</a></div></div>
<div class="col-4 sidebar"><h3>Related stories</h3><ul class="related">
$related
</ul><div class="ad">Advertisement</div></div></div>
<div class="site-footer"><a href="/imprint">Imprint</a> <a href="/privacy">Privacy</a>
<a href="/terms">Terms</a><p>&copy; Harbour Gazette. All rights reserved. Reproduction only with
written permission.</p></div>
</body>
</html>
""")
SIGN_UP: Final = """<div class="newsletter-inline"><h4>The morning tide</h4><p>Sign up for our free
newsletter and get the day's most important stories at six every morning.</p>
<form><input type="email" placeholder="Your e-mail"><button>Sign up</button></form></div>"""


def render(article: SiteArticle, chrome: Chrome) -> str:
    """Return the whole page."""
    body = [f"<p>{escape(text)}</p>" for text in article.paragraphs]
    body.insert(2, SIGN_UP)
    return PAGE.substitute(
        lang=article.lang,
        slug=article.slug,
        base=chrome.base,
        canonical=chrome.canonical,
        title=escape(article.title),
        byline=escape(article.byline),
        summary=escape(article.summary),
        section=escape(article.section),
        published=iso(article.published),
        modified=iso(article.modified),
        spoken=spoken_time(article.published),
        json_ld=_json_ld(article, chrome),
        body="\n".join(body),
        related="\n".join(
            f'<li><a href="{escape(url)}">{escape(title)}</a></li>' for url, title in chrome.related
        ),
    )


def _json_ld(article: SiteArticle, chrome: Chrome) -> str:
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.title,
        "description": article.summary,
        "inLanguage": article.lang,
        "articleSection": article.section,
        "datePublished": iso(article.published),
        "dateModified": iso(article.modified),
        "author": [{"@type": "Organization", "name": article.byline}],
        "publisher": {"@type": "NewsMediaOrganization", "name": "Harbour Gazette"},
        "image": [f"{chrome.base}/media/{article.slug}.jpg"],
        "isAccessibleForFree": True,
        "mainEntityOfPage": chrome.canonical,
    }
    return json.dumps(data).replace("</", "<\\/")
