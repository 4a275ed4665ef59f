"""The Northern Wire's page: no metadata but a <time> element and the visible byline, tables."""

from __future__ import annotations

from string import Template
from typing import TYPE_CHECKING, Final

from tests.site.markup import Chrome, escape, iso, spoken_time

if TYPE_CHECKING:
    from tests.site.model import SiteArticle

PAGE: Final = Template("""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"
 "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml">
<head>
<meta http-equiv="Content-Type" content="text/html; charset=$charset" />
<title>Northern Wire: $title</title>
<link rel="canonical" href="$canonical" />
</head>
<body bgcolor="#ffffff">
<table width="100%" border="0"><tr><td id="top" colspan="3">
<a href="/"><img src="/logo.gif" alt="Northern Wire" /></a>
<font size="2">Agency reports, around the clock</font></td></tr>
<tr><td id="menu" valign="top" width="140">
<a href="/latest">Latest</a><br /><a href="/markets">Markets</a><br />
<a href="/energy">Energy</a><br /><a href="/transport">Transport</a><br />
<a href="/archive">Archive</a><br /><a href="/customers">For customers</a></td>
<td id="text" valign="top">
<h2>$title</h2>
<div class="credit">$byline, <time datetime="$published">$spoken</time>$changed</div>
<div class="icons"><a href="?print">Print version</a> <a href="?mail">Send to a friend</a></div>
<br clear="all" />
$body
<div class="end">Northern Wire reports are edited by at least two people. Customers find pictures
and graphics for this report in the portal.</div>
</td>
<td id="right" valign="top" width="200"><b>Other reports</b><br />
$related
<hr /><b>What readers wrote</b>
<p class="guestbook">Interesting, thank you. (a reader in the north)</p>
<p class="guestbook">First!</p></td></tr>
<tr><td colspan="3" id="bottom">Copyright Northern Wire. <a href="/legal">Legal notice</a>
<div id="cookiebar">We use cookies for statistics. <a href="/cookies">Refuse</a></div></td></tr>
</table>
</body>
</html>
""")
SIGN_UP: Final = """<table class="box" align="right" border="1"><tr><td>News alerts by e-mail: enter
your address and never miss a report again. <input name="e" /> <input type="button" value="Go" />
</td></tr></table>"""


def render(article: SiteArticle, chrome: Chrome, charset: str = "utf-8") -> str:
    """Return the whole page, declaring `charset` in its only <meta> tag."""
    body = [f"<p>{escape(text)}</p>" for text in article.paragraphs]
    body.insert(1, SIGN_UP)
    changed = article.updated and (
        f' (changed <time datetime="{iso(article.updated)}">{spoken_time(article.updated)}</time>)'
    )
    return PAGE.substitute(
        charset=charset,
        canonical=chrome.canonical,
        title=escape(article.title),
        byline=escape(article.byline),
        published=iso(article.published),
        spoken=spoken_time(article.published),
        changed=changed or "",
        body="\n".join(body),
        related="\n".join(
            f'<a href="{escape(url)}">{escape(title)}</a><br />' for url, title in chrome.related
        ),
    )
