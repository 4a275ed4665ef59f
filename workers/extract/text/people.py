"""Names of authors in bylines and biographies.

A byline is a short line of a name, with or without a word before it that says what the name is there for. A biography
begins with the name (perhaps after "About the author:") and goes on with what its bearer is or does.
"""

from __future__ import annotations

import re

from workers.extract.text import lexicon
from workers.extract.text.features import Line
from workers.extract.text.words import tokens

_PARTICLES = r"(?:de|del|della|da|das|do|dos|di|du|des|van|von|der|den|zu|ten|ter|la|le|el|al|bin|ibn|y|e|af|av)"
# A letter that is neither a small one of Latin or Cyrillic nor of a script without capitals.
_CAPITAL = r"[^\W\d_a-zß-öø-ÿа-яё\u0590-\u10ff\u3040-\u9fff\uac00-\ud7af]"
_WORD = rf"{_CAPITAL}[^\W\d_]*(?:['’.-]+[^\W\d_]+)*\.?"
_NAME = rf"(?!(?:The|Die|Der|Das|Le|La|Les|El|Los|Il|O|A|De|Het|In|On|At)\b){_WORD}(?:\s(?:{_PARTICLES}\s){{0,2}}{_WORD}){{1,3}}"
_NAME_OR_WORD = rf"(?:{_NAME}|{_WORD})"
_HAN = r"[\u3400-\u9fff]"
_HAN_NAME = rf"{_HAN}{{2,4}}"
_STARTS_WITH_NAME = re.compile(rf"^(?P<name>{_NAME})(?P<rest>.*)$", re.DOTALL)
_STARTS_WITH_HAN_NAME = re.compile(
    rf"^(?P<name>{_HAN}{{2,4}}?)(?P<rest>(?:[，,、：:。\s(（]|是|自|现任|現任|曾任).*)$",
    re.DOTALL,
)
_NAME_AFTER_STUDIES = re.compile(rf"^(?P<studies>[^,.]{{5,60}}), (?P<name>{_NAME})\s")
_LABEL = re.compile(r"^[^.:：!?。]{2,40}[:：]\s*(?=\S)")
_BY_HAN = re.compile(
    rf"(?:^文\s*[/／＝=:：]|作者[:：]?|记者|記者|撰文[:：]?|撰稿[:：]?|编辑[:：]|文[:：=＝])\s*(?P<name>{_HAN_NAME}?)(?=报道|報導|報道|[\s，,、/／)）]|$)"
)
_AUTHOR = re.compile(
    r"autor|author|auteur|autrice|autore|autora|writer|автор|schrijver|författare|作者|著者|書いた|الكاتب",
    re.IGNORECASE,
)
_AT_PLACE = re.compile(rf"^(?P<name>{_NAME})\s(?:at|in|from|à|en|em|aus|uit|te)\s{_NAME_OR_WORD}$")
_AND = re.compile(r"\s*(?:,|;|/|\||&|·|•)\s*|\s+(?:and|und|et|y|e|en|i|и|og|och|ve|with|mit)\s+")
_DATE = re.compile(
    r"\d|\s[|·•–—-]\s|\s(?:für|for|pour|para|per|voor|dla|in|from|at|à|aus)\s", re.IGNORECASE
)
_MAX_BYLINE_WORDS = 14
_MAX_BYLINE_CHARACTERS = 200
_MAX_BIOGRAPHY_WORDS = 100
_NEAR = 14  # words after the name among which the trade must stand
_NEAR_CHARACTERS = 60
_LOOKED_AT = 500  # characters
_MOST_AUTHORS = 3
_FEW = 2  # facts of a life


def of_byline(line: Line) -> list[str]:
    """The names in a byline; none if the line is no byline."""
    if not _is_short(line):
        return []
    named = _BY_HAN.search(line.text)
    if named:
        return [] if not named["name"] or _is_trade(named["name"]) else [named["name"]]
    text, found = _without_prefix(line.text.strip())
    names = [part for part in _AND.split(_DATE.split(text)[0]) if _is_name(part)]
    return names[: _MOST_AUTHORS if found else 1]


def is_byline(line: Line) -> bool:
    """Whether a line names an author with a word that says so ("by", "von", "文/")."""
    if not _is_short(line) or (line.ends and not line.text.endswith(".")):
        return False
    _, found = _without_prefix(line.text.strip())
    return (found or bool(_BY_HAN.search(line.text))) and bool(of_byline(line))


def is_name_at_place(line: Line) -> bool:
    """Whether a line is a name, "at" and the name of a place, and no more."""
    found = _AT_PLACE.match(line.text) if _is_short(line) and not line.ends else None
    return found is not None and _is_name(found["name"])


def of_biography(line: Line) -> str | None:
    """Whose biography a line is, if it is one."""
    if line.count > _MAX_BIOGRAPHY_WORDS:
        return None
    label = _LABEL.match(line.text)
    text = line.text
    if label is not None and _speaks_of_author(label[0]):
        text = text[label.end() :]
        named = _STARTS_WITH_NAME.match(text) or _STARTS_WITH_HAN_NAME.match(text)
        return named["name"].rstrip(".,") if named else None
    by_capitals = _writer(text, _STARTS_WITH_NAME)
    return by_capitals or _writer(text, _STARTS_WITH_HAN_NAME) or _graduate(text)


def _is_short(line: Line) -> bool:
    return line.count <= _MAX_BYLINE_WORDS and len(line.text) <= _MAX_BYLINE_CHARACTERS


def _writer(text: str, starts_with_name: re.Pattern[str]) -> str | None:
    """The name a text begins with, if what follows says that its bearer writes for a living."""
    found = starts_with_name.match(text[:_LOOKED_AT])
    if found is None:
        return None
    rest = found["rest"]
    words = tokens(rest)
    start = lexicon.load().look_up(rest[:_NEAR_CHARACTERS], words[:_NEAR])
    facts = lexicon.load().look_up(rest, words).counts[lexicon.GROUPS.index("bio")]
    if starts_with_name is _STARTS_WITH_HAN_NAME:
        tells = start.has("trade") or facts >= _FEW
        if _is_trade(found["name"]):
            return None
    else:
        tells = start.begins("bio") and (start.has("trade") or facts >= _FEW)
    return found["name"].rstrip(".,") if tells or start.begins("trade") else None


def _graduate(text: str) -> str | None:
    """The name after "Graduate of ...," and the like, as French and its sisters put it."""
    found = _NAME_AFTER_STUDIES.match(text[:_LOOKED_AT])
    if found is None:
        return None
    studies = lexicon.load().look_up(found["studies"], tokens(found["studies"]))
    return found["name"] if studies.begins("bio") else None


def _speaks_of_author(label: str) -> bool:
    """Whether a label is "About the author" and the like: of several words, one of them the trade."""
    hits = lexicon.load().look_up(label, tokens(label))
    return hits.begins("related") and bool(_AUTHOR.search(label))


def _without_prefix(text: str) -> tuple[str, bool]:
    """The text after the words that introduce an author, and whether there were any."""
    words = lexicon.load()
    for match in re.finditer(r"\s|[:：]\s?", text[:60]):
        before = text[: match.start()]
        hits = words.look_up(before, tokens(before))
        rest = text[match.end() :].lstrip()
        if hits.begins("byline") and _STARTS_WITH_NAME.match(rest):
            return rest, True
    return text, False


def _is_trade(name: str) -> bool:
    """Whether what looks like a name says what somebody does (编辑)."""
    return lexicon.load().look_up(name, tokens(name)).has("trade")


def _is_name(text: str) -> bool:
    if not re.fullmatch(_NAME, text.strip()):
        return False
    hits = lexicon.load().look_up(text, tokens(text))
    named = hits.has("menu", "related", "share", "newsletter", "account", "legal", "trade")
    return not named and not hits.begins("byline")
