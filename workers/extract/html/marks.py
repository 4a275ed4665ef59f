"""What tags and the names in `class` and `id` say of an element, as flags.

The vocabulary of names is that of sites' own templates, in English, since templates are; gathered from what
readability, trafilatura and dragnet look for, and from the names seen on the development pages.
"""

from __future__ import annotations

import enum
import re
from functools import lru_cache
from typing import NamedTuple


class Mark(enum.IntFlag):
    """What an element is taken for."""

    ARTICLE = enum.auto()
    MAIN = enum.auto()
    ARTICLE_BODY = enum.auto()
    SUMMARY = enum.auto()
    TITLE = enum.auto()
    NAV = enum.auto()
    ASIDE = enum.auto()
    HEADER = enum.auto()
    FOOTER = enum.auto()
    FORM = enum.auto()
    FIGURE = enum.auto()
    CAPTION = enum.auto()
    LIST = enum.auto()
    TABLE = enum.auto()
    QUOTE = enum.auto()
    CODE = enum.auto()
    COMMENT = enum.auto()
    RELATED = enum.auto()
    SHARE = enum.auto()
    PROMO = enum.auto()
    NEWSLETTER = enum.auto()
    AUTHOR = enum.auto()
    META = enum.auto()
    TAGS = enum.auto()
    OVERLAY = enum.auto()
    CONTENT = enum.auto()
    MEDIA = enum.auto()
    HIDDEN = enum.auto()
    WIDGET = enum.auto()
    BREADCRUMB = enum.auto()
    EMBED = enum.auto()


BLOCK_TAGS = frozenset(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset"
    " figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr li main menu nav ol p pre"
    " section summary table tbody td tfoot th thead tr ul dir legend button label".split()
)
SKIPPED_TAGS = frozenset(
    "script style noscript template svg math iframe object embed audio video canvas head link meta"
    " textarea input select option datalist map progress meter".split()
)
FRAME_TAGS = frozenset({"nav", "footer", "menu", "dialog", "form", "button"})
BOLD_TAGS = frozenset({"b", "strong"})
TAG_MARKS: dict[str, int] = {
    "article": Mark.ARTICLE.value,
    "main": Mark.MAIN.value,
    "nav": Mark.NAV.value,
    "menu": Mark.NAV.value,
    "aside": Mark.ASIDE.value,
    "header": Mark.HEADER.value,
    "footer": Mark.FOOTER.value,
    "form": Mark.FORM.value,
    "fieldset": Mark.FORM.value,
    "button": Mark.FORM.value,
    "label": Mark.FORM.value,
    "figure": Mark.FIGURE.value,
    "figcaption": Mark.CAPTION.value,
    "caption": Mark.CAPTION.value,
    "ul": Mark.LIST.value,
    "ol": Mark.LIST.value,
    "dl": Mark.LIST.value,
    "table": Mark.TABLE.value,
    "blockquote": Mark.QUOTE.value,
    "pre": Mark.CODE.value,
    "dialog": Mark.OVERLAY.value,
    "h1": Mark.TITLE.value,
}

_NAMES = {
    Mark.ARTICLE_BODY: r"article[-_]*(?:body|content|text|main|copy)|story[-_]*(?:body|content|text|main|copy)|"
    r"post[-_]*(?:body|content|text|main|copy)|entry[-_]*(?:body|content|text|main|copy)|"
    r"news[-_]*(?:body|content|text|main|copy)|body[-_]?(?:text|copy)|"
    r"articletext|maintext|field[-_]*(?:name[-_]*)?body|paywall|rich[-_]?text|td-post-content|wysiwyg",
    Mark.COMMENT: r"comment|disqus|respond|discussion|livefyre|reply|replies",
    Mark.RELATED: r"relat|recommend|recirc|more[-_]?(?:from|on|stor|news|art|post)|read[-_]?(?:more|next|also)|"
    r"also[-_]?like|most[-_]?(?:read|pop|view)|popular|trending|teaser|outbrain|taboola|latest|next[-_]?(?:post|art|up)|"
    r"prev(?:ious)?[-_]?(?:post|art)|see[-_]?also|similar|suggest|further|card|explore|crosslink|linkbox",
    Mark.SHARE: r"shar(?:e|ing)|social|follow|addtoany|addthis|sharedaddy|facebook|twitter|whatsapp|pinterest",
    Mark.PROMO: r"promo|sponsor|advert|(?:^|[^a-z])ads?(?:[^a-z]|$)|banner|(?:^|[-_ ])cta|callout|affiliate|donat|shop|"
    r"product|offer|deal|marketing|commercial|partner",
    Mark.NEWSLETTER: r"newsletter|subscri|sign[-_]?up|signin|login|regist|mailing|mailchimp|piano|paywall|regwall|meter",
    Mark.AUTHOR: r"author|byline|(?:^|[^a-z])bio(?:[^a-z]|graphy|$)|contributor|writer|credit|journalist",
    Mark.META: r"(?:^|[^a-z])meta|date|time(?:stamp)?(?:[^a-z]|$)|publish|posted|dateline|kicker|eyebrow|overline|rubri|"
    r"category|read(?:ing)?[-_]?time|info(?:[^a-z]|$)|updated",
    Mark.TAGS: r"(?:^|[^a-z])tags?(?:[^a-z]|$|list)|topic|keyword|categor|taglist|label",
    Mark.SUMMARY: r"summary|standfirst|(?:sub[-_]?|)head(?:line|deck)|deck|excerpt|lead(?:[^a-z]|$)|lede|intro|abstract|"
    r"sub[-_]?title|dek|chapo|vorspann|strap|perex|entradilla|occhiello|teaser[-_]?text|key[-_]?point",
    Mark.OVERLAY: r"modal|overlay|popup|pop-up|cookie|consent|gdpr|lightbox|toast|tooltip|dropdown|drawer|offcanvas|banner",
    Mark.CAPTION: r"caption|legend|credit|copyright|image[-_]?(?:desc|text)|photo",
    Mark.NAV: r"(?:^|[^a-z])nav|menu|toolbar|pagination|pager|skip|toc(?:[^a-z]|$)|table[-_]?of[-_]?contents|jump|tabs?(?:[^a-z]|$)",
    Mark.ASIDE: r"sidebar|aside|side[-_]?(?:col|rail|bar)|rail|right[-_]?col|secondary|widget-area|complementary",
    Mark.HEADER: r"(?:^|[^a-z])(?:site|page|global|main)?[-_]?header|masthead|topbar|top[-_]?bar",
    Mark.FOOTER: r"foot(?:er)?(?:[^a-z]|$)|colophon|bottom|copyright|legal|imprint",
    Mark.CONTENT: r"content|(?:^|[^a-z])text|article|story|post(?:[^a-z]|$)|entry|prose|paragraph|main|hentry|longform|single",
    Mark.TITLE: r"title|headline|heading",
    Mark.MEDIA: r"gallery|slide|carousel|video|player|image|img|photo|picture|media|thumb|audio|podcast",
    Mark.WIDGET: r"widget|module|plugin|box(?:[^a-z]|$)|panel|block-[a-z]+|component|listing|list(?:[^a-z]|$)|feed|grid|tile|item",
    Mark.BREADCRUMB: r"breadcrumb|crumb",
    Mark.HIDDEN: r"hidden|visually-hidden|sr-only|screen-reader|invisible|print-only|display-none|noprint|no-print",
    Mark.EMBED: r"embed|tweet|instagram|quote|pull|infobox|factbox|fact[-_]?box|inset|sidebar-inline|highlight",
}
_REMEMBERED = 20_000
_GRAM = 3  # letters
# One alternative of a pattern; and what of it is no letter, or one that it may do without.
_ALTERNATIVE = re.compile(r"(?:\((?:[^()]|\([^()]*\))*\)|[^()|])+")
_OPTIONAL = re.compile(r"\((?:[^()]|\([^()]*\))*\)[?*]?|\[[^\]]*\][?*+]?|[a-z][?*]|[^a-z]")


def marks_of(names: str) -> int:
    """What names in `class` and `id` say, all together."""
    said = 0
    for name in names.lower().split(" "):
        if name:
            said |= _marks_of(name)
    return said


class _Sign(NamedTuple):
    """One alternative of a pattern: letters that it cannot do without, and the whole if it is more."""

    literal: str
    mark: int
    whole: re.Pattern[str] | None

    def is_in(self, name: str) -> bool:
        """Whether it matches somewhere in a name."""
        return self.literal in name and (self.whole is None or self.whole.search(name) is not None)


@lru_cache(_REMEMBERED)
def _marks_of(name: str) -> int:
    """What one name in lower case says. No pattern reaches over a blank."""
    said = 0
    grams = [name[at : at + _GRAM] for at in range(len(name) - _GRAM + 1)]
    for gram in _GRAMS.intersection(grams):
        for sign in _BY_GRAM[gram]:
            if not said & sign.mark and sign.is_in(name):
                said |= sign.mark
    for sign in _SHORT:
        if sign.is_in(name):
            said |= sign.mark
    return said


def _index() -> tuple[dict[str, list[_Sign]], list[_Sign]]:
    """The alternatives of all patterns by the first letters they must find, and those with fewer."""
    by_gram: dict[str, list[_Sign]] = {}
    short: list[_Sign] = []
    for mark, pattern in _NAMES.items():
        for alternative in _ALTERNATIVE.findall(pattern):
            literal = max(_OPTIONAL.sub(" ", alternative).split(), key=len, default="")
            whole = None if literal == alternative else re.compile(alternative)
            is_short = len(literal) < _GRAM
            signs = short if is_short else by_gram.setdefault(literal[:_GRAM], [])
            signs.append(_Sign(literal, mark.value, whole))
    return by_gram, short


_BY_GRAM, _SHORT = _index()
_GRAMS = frozenset(_BY_GRAM)
