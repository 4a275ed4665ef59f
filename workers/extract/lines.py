"""Which lines of a plain text belong to the article.

Rules over the lines alone, each with the reason it gives. They are few and careful: a line that no rule
speaks against stays. The measured basis is in our research on line rules; `docs/adr/0006` tells why
this is rules for now.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

_WORD = re.compile(r"\w+")
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)\]]*$")  # noqa: RUF001 - those are the characters
_QUOTED = re.compile(r"[\"“„«][^\"”“„«»]{20,}[\"”“»]")
_PROMPT = re.compile(
    r"\b(?:newsletters?|sign up|subscri(?:be|ption)|your inbox|free (?:daily )?e-?mail|follow us|"
    r"click here|log in|register (?:now|here)|download (?:the|our) app|advertisement|"
    r"(?:accept|use|our) cookies|cookie (?:policy|settings)|"
    r"abonnieren|jetzt anmelden|inscrivez-vous|abonnez-vous|suscríbete|iscriviti)\b",
    re.IGNORECASE,
)
_LEGAL = re.compile(
    r"\b(?:all rights reserved|alle rechte vorbehalten|tous droits réservés|"
    r"todos los derechos reservados|tutti i diritti riservati)\b",
    re.IGNORECASE,
)
# Words and imperatives that speak to the reader; where German and Romance pronouns are of two meanings, only
# the form that is not.
_TO_THE_READER = re.compile(
    r"\b(?:[Yy]ours?|[Yy]ou|Ihre[nmrs]?|Ihr|[Vv]otre|[Vv]ous|[Tt]u|[Dd]eine?)\b|"
    r"^(?:Sign|Subscribe|Follow|Click|Register|Download|Get|Join|Read|Abonnieren|Inscrivez|Abonnez)\b"
)
_SECTION_HEAD = re.compile(
    r"^(?:related|read (?:more|next)|more (?:from|on|stories)|also read|see also|recommended|"
    r"you (?:may|might) also like|most (?:read|popular)|trending|share(?: this)?(?: article)?|"
    r"advertisement|about the author|explore more|latest news|topics?:|tags?:|"
    r"lesen sie auch|mehr zum thema|anzeige|artikel teilen|meistgelesen|"
    r"lire aussi|à lire aussi|partager|publicité|lea también|compartir|publicidad)(?:\W.*)?$",
    re.IGNORECASE,
)
_NAME = r"(?P<name>(?!The )[A-Z][\w.'-]+(?: (?:[a-z]{2,3} )?[A-Z][\w.'-]+){1,3})"
_TRADE = r"(?:writer|reporter|editor|journalist|correspondent|columnist|author|graduate)"
_BIOGRAPHY = re.compile(
    rf"^{_NAME} (?:(?:covers|reports on|writes about) |"
    rf"(?:is|was|works|worked|writes|has worked|has been|has written) (?:for [^,.]{{1,60}} )?(?:as )?"
    rf"(?:an? |the |our )?(?:[\w'-]+[ -]){{0,5}}{_TRADE}\b)"
)
_LONG_LINE_WORDS = 45
_GOOD_LINE_WORDS = 12
_MAX_PROMPT_WORDS = 45
_MAX_PROMPT_CHARACTERS = 600
_MAX_BIOGRAPHY_WORDS = 90
_MAX_HEAD_WORDS = 15
_MIN_REPEATED_CHARACTERS = 25
_MIN_TEASERS = 3
_MAX_TEASER_GAP = 4
_MOST = 0.8
_MIN_TAIL_LINES = 3
_MIN_TAIL_WORDS = 5
_BOX = frozenset({"prompt", "site-name", "repeated"})
_MAX_BETWEEN_WORDS = 25
_MAX_SITE_NAME_WORDS = 4
_NEAR = 3  # lines
_TITLE_CASE_SHARE = 0.55


@dataclass(frozen=True, slots=True)
class Sorted:
    """Lines of the article, the others by reason, and authors named in what was removed."""

    kept: tuple[str, ...]
    removed: dict[str, tuple[str, ...]]
    authors: tuple[str, ...]


@dataclass(slots=True)
class _Sheet:
    """The non-empty lines, and the reason for each line that goes."""

    lines: Sequence[str]
    reasons: dict[int, str] = field(default_factory=dict)

    def open(self) -> Iterator[tuple[int, str]]:
        """The lines nothing has been said against yet."""
        return ((i, line) for i, line in enumerate(self.lines) if i not in self.reasons)

    def last_good(self) -> int:
        """Index of the last kept line that is clearly prose; -1 if there is none."""
        return max((i for i, line in self.open() if is_prose(line)), default=-1)


def sort_out(lines: Sequence[str]) -> Sorted:
    """Apply the rules to the lines of one text, in their order. Empty lines do not count."""
    sheet = _Sheet([line for line in lines if line])
    authors: list[str] = []
    _teasers(sheet)
    _single_lines(sheet)
    authors += _biographies(sheet)
    _between(sheet)
    _headline_tail(sheet)
    removed: dict[str, tuple[str, ...]] = {}
    for index in sorted(sheet.reasons):
        reason = sheet.reasons[index]
        removed[reason] = (*removed.get(reason, ()), sheet.lines[index])
    return Sorted(tuple(line for _, line in sheet.open()), removed, tuple(dict.fromkeys(authors)))


def ends_sentence(line: str) -> bool:
    """Whether a line ends as sentences do, closing quotes and brackets aside."""
    return bool(_SENTENCE_END.search(line))


def is_prose(line: str) -> bool:
    """Whether a line is clearly running text: a sentence of at least 12 words, or 45 words."""
    words = len(line.split())
    return words >= _LONG_LINE_WORDS or (words >= _GOOD_LINE_WORDS and ends_sentence(line))


def _normal(line: str) -> str:
    return " ".join(_WORD.findall(line.lower()))


def _teasers(sheet: _Sheet) -> None:
    """A list of headlines with summaries shows as bare bullets at short, regular distances."""
    bullets = [i for i, line in enumerate(sheet.lines) if not _WORD.search(line)]
    gaps = [second - first for first, second in pairwise(bullets)]
    regular = sum(gap <= _MAX_TEASER_GAP for gap in gaps) >= _MOST * len(gaps)
    firsts = [sheet.lines[i + 1] for i in bullets if i + 1 < len(sheet.lines)]
    headlines = sum(not is_prose(line) for line in firsts) >= _MOST * len(firsts)
    if len(bullets) >= _MIN_TEASERS and regular and headlines:
        end = min(bullets[-1] + max(gaps), len(sheet.lines))
        sheet.reasons |= dict.fromkeys(range(bullets[0], end), "teaser-list")
    else:
        sheet.reasons |= dict.fromkeys(bullets, "no-words")


def _single_lines(sheet: _Sheet) -> None:
    seen: set[str] = set()
    for index, line in list(sheet.open()):
        normal = _normal(line)
        if len(normal) > _MIN_REPEATED_CHARACTERS and normal in seen:
            sheet.reasons[index] = "repeated"
        elif _is_prompt(line):
            sheet.reasons[index] = "prompt"
        elif _is_section_head(line):
            sheet.reasons[index] = "section-head"
        seen.add(normal)


def _is_section_head(line: str) -> bool:
    return (
        len(line.split()) <= _MAX_HEAD_WORDS
        and not ends_sentence(line)
        and bool(_SECTION_HEAD.match(line))
    )


def _is_prompt(line: str) -> bool:
    """A prompt speaks of newsletters and the like, and if it is a sentence, to the reader."""
    if len(line) > _MAX_PROMPT_CHARACTERS or len(line.split()) > _MAX_PROMPT_WORDS:
        return False
    if _LEGAL.search(line):
        return True
    return (
        bool(_PROMPT.search(line))
        and not _QUOTED.search(line)
        and (not ends_sentence(line) or bool(_TO_THE_READER.search(line)))
    )


def _between(sheet: _Sheet) -> None:
    """Runs are judged together: a short line inside a box of prompts belongs to the box."""
    for index, line in list(sheet.open()):
        if len(line.split()) <= _MAX_SITE_NAME_WORDS and not ends_sentence(line):
            near = range(index - _NEAR, index + _NEAR + 1)
            prompts = (sheet.lines[i] for i in near if sheet.reasons.get(i) == "prompt")
            if any(f" {_normal(line)} " in f" {_normal(prompt)} " for prompt in prompts):
                sheet.reasons[index] = "site-name"
    for index, line in list(sheet.open()):
        boxed = {sheet.reasons.get(index - 1), sheet.reasons.get(index + 1)} <= _BOX
        speaks = not is_prose(line) or bool(_TO_THE_READER.search(line))
        if boxed and speaks and len(line.split()) <= _MAX_BETWEEN_WORDS:
            sheet.reasons[index] = "between-prompts"


def _biographies(sheet: _Sheet) -> list[str]:
    """What the author is and does, at the end of the article."""
    prose = [i for i, line in sheet.open() if is_prose(line)]
    authors = []
    for index in prose[len(prose) // 2 :]:
        line = sheet.lines[index]
        found = _BIOGRAPHY.match(line)
        last = index >= prose[-1] - 1
        short = len(line.split()) <= _MAX_BIOGRAPHY_WORDS
        if found and last and short and re.search(rf"\b{_TRADE}\b", line):
            sheet.reasons[index] = "biography"
            authors.append(found["name"])
    return authors


def _headline_tail(sheet: _Sheet) -> None:
    """Headlines of other articles after the end of this one: title case, no sentence ends."""
    after = sheet.last_good()
    tail = [(index, line) for index, line in sheet.open() if index > after]
    if after < 0 or len(tail) < _MIN_TAIL_LINES or any(ends_sentence(line) for _, line in tail):
        return
    words = [line.split() for _, line in tail]
    mean_words = sum(map(len, words)) / len(tail)
    if (
        mean_words >= _MIN_TAIL_WORDS
        and sum(map(_capitals, words)) / len(tail) >= _TITLE_CASE_SHARE
    ):
        sheet.reasons |= dict.fromkeys((index for index, _ in tail), "headline-list")


def _capitals(words: Sequence[str]) -> float:
    long = [word for word in words if len(word) > 3]  # noqa: PLR2004
    return sum(word[0].isupper() for word in long) / len(long) if long else 0.0
