"""Names of authors: taking a stated text apart, and judging what is left.

Word lists cover the ten largest languages of news on the web (English, German, French, Spanish, Portuguese,
Italian, Russian, Chinese, Japanese, Turkish) and their neighbours where they cost nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from enum import IntEnum

from workers.extract.metadata.text import folded, line, squashed

MAX_NAME = 100  # characters
_MAX_PARTS = 30
_MAX_WORDS = 5  # of a person's name

_INTRODUCTION = re.compile(
    r"""\A(?:
        (?:by|von|vom|par|por|di|door|av|af|od|przez|oleh|от|автор|yazan)\b\s*:?\s*
        | (?:written|authored|reported|posted|published|created|story|words|text|article|blog|post|geschrieben|verfasst|
             escrito|rédigé|publié|scritto|publicado|skrevet|skriven|geschreven|opinion|analysis|comment|kommentar|
             gastbeitrag|kolumne|interview)\s+(?:by|von|par|por|di|da|av|af|door)\b\s*:?\s*
        | (?:authors?|autor(?:en|in|innen|es|a)?|auteur(?:e|s|rice)?|autore|autori|verfasser(?:in)?|redakteur(?:in)?|
             writer|reporter|contributors?|text|texto|texte|testo|текст|journalist|автор(?:ы)?|muhabir|yazar|editor|penulis|
             作者|文|撰文|記者|记者|编辑|責任編輯|著者|執筆|写作者)\s*[:：/|]\s*
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_BETWEEN = re.compile(r"\s*[;|\n\u2022\u00b7\u3001\uff0c\uff1b]\s*|\s+/\s+")
_AND = re.compile(
    r"\s*&\s+|\s+(?:and|und|et|y|e|i|en|og|och|ve|и|та|dan|with|mit|avec)\s+", re.IGNORECASE
)
_LEADING_AND = re.compile(r"\A(?:and|und|et|y|e|og|och|и|&)\s+", re.IGNORECASE)
_COMMA = re.compile(r"\s*,\s*")
_OTHERS_WORK = re.compile(
    r"(?:\b(?:edited|reviewed|checked|translated|produced|photos?|photograph\w*|images?|illustrations?|video)\s+by\b|\bfotos?\b|"
    r"\bphoto(?:graph\w*|s)?\s*:|\bübersetz|\btraduit|\btraducid).*\Z",
    re.IGNORECASE | re.DOTALL,
)
_DASH = re.compile(r"\s+[-\u2013\u2014]\s+")
_IN_BRACKETS = re.compile(r"\s*[(\[][^()\[\]]{0,60}[)\]]\s*\Z")
_ADDRESS = re.compile(r"https?://\S*|www\.\S+|\S+@\S+\.\S+", re.IGNORECASE)
_HANDLE = re.compile(r"\A@\w{1,40}\Z")
_DIGIT = re.compile(r"\d")
_FROM_A_DATE_ON = re.compile(
    r"[\s,|\u2013-]*\b(?:\d{1,2}[./:-]\d|\d{1,2}\.? [^\W\d]{3,12}\.? \d{4}|[^\W\d]{3,12}\.? \d{1,2},? \d{4}).*\Z",
    re.DOTALL,
)
_EDGES = ' \t\n,.;:|/\u2013\u2014-\u2022\u00b7*"\u201c\u201d'
_PARTICLES_WORDS = "de del della delle di da dos das do du la le van von der den ter ten el al bin ibn y e zu zur af av und st"
_PARTICLES = frozenset(_PARTICLES_WORDS.split())
_ROLES_WORDS = """staff admin administrator editor editors editorial newsroom news desk team reporter reporters correspondent
    correspondents writer writers contributor contributors columnist journalist guest author bureau agencies agency
    producer photographer deputy senior chief head director managing founder cofounder ceo cto president expert
    specialist coordinator manager officer analyst strategist consultant engineer professor fellow
    redaktion redaktor redakteur redakteurin korrespondent korrespondentin autor autorin nachrichten agentur
    nachrichtenagentur online leiter leiterin volontär volontärin reporterin journalistin bildredaktion
    rédaction redaction journaliste correspondant correspondante
    redacción redaccion corresponsal periodista agencias equipo
    redação redacao redator repórter correspondente agência jornalista
    redazione redattore corrispondente giornalista agenzia
    редакция корреспондент журналист редактор обозреватель
    编辑部 編集部 取材班 記者 记者 社説
    muhabir haber editör ajansı redaktie redaktionen redaksjonen redacteur
    media press tv radio magazine zeitung"""
_ROLES = frozenset(_ROLES_WORDS.split())
_UPPER_FROM = 2
_DEGREES = frozenset(
    (
        "MD",
        "RD",
        "RDN",
        "RN",
        "MS",
        "MSC",
        "MA",
        "BA",
        "BSC",
        "MBA",
        "DO",
        "JD",
        "CPA",
        "CFP",
        "MPH",
        "DDS",
        "DVM",
    )
)
# Names of accounts, and roles that stand for nobody.
_NOBODY = frozenset(
    (
        "admin",
        "administrator",
        "staff",
        "editor",
        "editorial",
        "guest",
        "author",
        "user",
        "unknown",
        "anonymous",
        "webmaster",
    )
)
# Words that begin titles and labels, and no person's name.
_NO_FIRST_NAME_WORDS = """the a an this that these your our my their how why what when where who which more most all best top new about
    in on at for from with to and or if is are read view see follow share subscribe contact
    die der das ein eine einen einem den dem im am zum zur mehr alle über mit für auf aus bei
    les un une des aux sur dans pour plus los las una unos para con sobre más os as uma nos nas mais gli il lo uno per
    более все как что"""
_NO_FIRST_NAME = frozenset(_NO_FIRST_NAME_WORDS.split())


class Rank(IntEnum):
    """How good a name is as that of an author."""

    NOTHING = 0
    HANDLE = 1
    GROUP = 2
    PERSON = 3


def split(text: str) -> list[str]:
    """The names in a stated text such as `By Ana Ruiz and Li Na, Reuters`."""
    text = without_introduction(line(text) if "\n" not in text else text)
    text = _OTHERS_WORK.sub("", text)
    found: list[str] = []
    for part in _BETWEEN.split(text)[:_MAX_PARTS]:
        found += _by_comma(_FROM_A_DATE_ON.sub("", part[:1000]))
    return list(dict.fromkeys(name for name in map(cleaned, found) if name))[:_MAX_PARTS]


def without_introduction(text: str) -> str:
    """The text without a leading `By`, `Von`, `Autor:` and the like."""
    return _INTRODUCTION.sub("", text.strip(), count=1)


def cleaned(name: str) -> str:
    """A name without what stands around it: brackets, addresses, roles behind a dash, a date."""
    text = without_introduction(name)
    text = _FROM_A_DATE_ON.sub("", text[:300])
    if _ADDRESS.search(text):
        text = _ADDRESS.sub("", text).strip("<>() ")
    text = _DASH.split(text, maxsplit=1)[0]
    text = _IN_BRACKETS.sub("", text)
    text = " ".join(text.strip(_EDGES).split())
    return text if len(text) <= MAX_NAME else ""


def rank(name: str, site: Collection[str] = ()) -> Rank:
    """What a cleaned name is.

    Args:
        name: The name.
        site: Names of the site, squashed; an author of that name is the site itself.
    """
    if _HANDLE.match(name):
        return Rank.HANDLE
    if not any(map(str.isalpha, name)) or name.lower() in _NOBODY:
        return Rank.NOTHING
    if squashed(name) in site or has_role(name) or _DIGIT.search(name):
        return Rank.GROUP
    words = name.split()
    if not name[0].isascii() and not name[0].islower() and not name[0].isupper():
        # A script without capitals: names are short, and often one word.
        return Rank.PERSON if len(name) <= 20 and len(words) <= _MAX_WORDS else Rank.GROUP  # noqa: PLR2004
    if not 1 < len(words) <= _MAX_WORDS:
        return Rank.GROUP
    return Rank.PERSON if _is_capitalised(words) else Rank.GROUP


def has_role(name: str) -> bool:
    """Whether a word of the name is that of a role or a newsroom."""
    return not _ROLES.isdisjoint(folded(name).split())


def is_role(name: str) -> bool:
    """Whether all words of the name are those of roles, as in `Senior Reporter`."""
    return all(word in _ROLES or word in _PARTICLES for word in folded(name).split())


def _is_capitalised(words: list[str]) -> bool:
    wanted = [word for word in words if word.lower().strip(".") not in _PARTICLES]
    if words[0].lower() in _NO_FIRST_NAME:
        return False
    return bool(wanted) and all(word.strip("'\u2019(\u201e\"")[:1].isupper() for word in wanted)


def _by_comma(text: str) -> Iterator[str]:
    """Names between commas, without places and roles behind them."""
    parts = [_LEADING_AND.sub("", part) for part in _COMMA.split(text) if part]
    names = [name for part in parts for name in _by_and(part)]
    full = [name for name in names if rank(cleaned(name)) is Rank.PERSON]
    for name in names:
        is_agency = name.isupper() and len(name) >= _UPPER_FROM and name not in _DEGREES
        if not full or name in full or is_agency:
            yield name


def _by_and(text: str) -> list[str]:
    """Names joined by `and`, where both sides are names: `Sea & Sky Desk` is one, `Ortega y Gasset` too."""
    sides = _AND.split(text)
    are_persons = all(rank(cleaned(side)) is Rank.PERSON for side in sides)
    return sides if are_persons or all(map(str.isupper, sides)) else [text]
