"""Line filters to compare with: keeping all, our research's hand rule, and HTML extractors on `<p>`.

An extractor says which lines it keeps by what it gives back: each line of its answer stands for the next
line with the same words.
"""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from importlib import import_module

Filter = Callable[[Sequence[str]], list[bool]]

_WORD = re.compile(r"\w+")
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)\]]*$")
_BULLET = re.compile(r"^[-*•·–▪►»>|]+$")
_GOOD_WORDS, _LONG_WORDS, _PROMPT_WORDS, _LEAST_WORDS = 12, 40, 2, 4
_REPEATED_CHARACTERS = 20
_PROMPT = re.compile(
    r"\b(?:subscri\w*|newsletter|sign (?:up|in)|log ?in|register|e-?mail|inbox|cookies?|privacy|terms|"
    r"copyright|all rights reserved|follow us|share (?:this|on)|facebook|twitter|linkedin|whatsapp|"
    r"instagram|read (?:more|next)|related|recommended|more from|most (?:read|popular)|trending|"
    r"advertis\w*|sponsored|click here|download|app store|google play|comments?|leave a reply|donate|"
    r"support us|membership|free trial|get the best|don't miss|also read|see also|watch|photo|image|"
    r"getty|reuters|afp|updated|published|posted|abonnieren|anmelden|anzeige|mehr zum thema|kommentare?|"
    r"teilen|inscri\w*|abonn\w*|publicité|partager|lire aussi|suscr\w*|compartir|publicidad|"
    r"iscriviti|condividi|leggi anche|pubblicità|inschrijven|delen|lees ook|advertentie)\b",
    re.IGNORECASE,
)
_BIOGRAPHY = re.compile(
    r"\bis an? (?:[\w'-]+ ){0,4}(?:writer|reporter|editor|journalist|correspondent|columnist|author|"
    r"producer)\b|\bhas (?:worked|written)\b|\b(?:senior|staff|freelance) writer\b|"
    r"\b(?:his|her) (?:writing|work)\b|\bgraduate of\b|\bcan be reached\b|\bwrites (?:about|for)\b|"
    r"\bfollow (?:him|her|them) on\b",
    re.IGNORECASE,
)


def filters() -> tuple[dict[str, Filter], dict[str, str]]:
    """The filters that can be had, and for the others how to get them."""
    found: dict[str, Filter] = {"keep all": keep_all, "hand rule": hand_rule}
    missing: dict[str, str] = {}
    loaders = {
        "justext on <p>": _justext,
        "trafilatura on <p>": _trafilatura,
        "boilerpy3 on <p>": _boilerpy,
    }
    for name, load in loaders.items():
        try:
            found[name] = _on_paragraphs(load())
        except ImportError:
            missing[name] = "make bench-peers"
    return found, missing


def keep_all(lines: Sequence[str]) -> list[bool]:
    """Every line stays."""
    return [True] * len(lines)


def hand_rule(lines: Sequence[str]) -> list[bool]:
    """The rule of our research (section 4.2): good lines stay, others only beside them."""
    good = [_is_good(line) for line in lines]
    places = [index for index, is_good in enumerate(good) if is_good]
    if not places:
        return keep_all(lines)
    flags, seen = [], set()
    for index, line in enumerate(lines):
        norm = " ".join(_WORD.findall(line.lower()))
        repeated = len(norm) > _REPEATED_CHARACTERS and norm in seen
        seen.add(norm)
        if repeated or not norm or _BULLET.match(line):
            flags.append(False)
        elif good[index]:
            flags.append(_good_line_stays(line, index, places[-1]))
        else:
            flags.append(_other_line_stays(line, index, good, places[-1]))
    return flags


def _is_good(line: str) -> bool:
    words = len(line.split())
    return words >= _LONG_WORDS or (words >= _GOOD_WORDS and bool(_SENTENCE_END.search(line)))


def _good_line_stays(line: str, index: int, last_good: int) -> bool:
    prompts = len(_PROMPT.findall(line))
    is_prompt = prompts >= _PROMPT_WORDS and len(line.split()) < _LONG_WORDS
    return not is_prompt and not (index >= last_good - 2 and _BIOGRAPHY.search(line))


def _other_line_stays(line: str, index: int, good: Sequence[bool], last_good: int) -> bool:
    touches = any(good[max(0, index - 1) : index + 2])
    return (
        touches
        and index < last_good
        and len(line.split()) >= _LEAST_WORDS
        and not _PROMPT.search(line)
        and bool(_SENTENCE_END.search(line))
    )


def _on_paragraphs(extract: Callable[[str], str]) -> Filter:
    def keep(lines: Sequence[str]) -> list[bool]:
        body = "".join(f"<p>{html.escape(line)}</p>\n" for line in lines)
        page = f"<!doctype html><html><head><meta charset=utf-8></head><body>{body}</body></html>"
        return matched(lines, extract(page).split("\n"))

    return keep


def matched(lines: Sequence[str], kept: Sequence[str]) -> list[bool]:
    """Which lines an answer holds: each of its lines takes the first equal one not taken yet."""
    places: dict[str, list[int]] = defaultdict(list)
    for index, line in enumerate(lines):
        places[" ".join(_WORD.findall(line))].append(index)
    flags = [False] * len(lines)
    for line in kept:
        same = places.get(" ".join(_WORD.findall(line)))
        if same:
            flags[same.pop(0)] = True
    return flags


def _justext() -> Callable[[str], str]:
    """With its word list for English, as in our research: in other languages it keeps next to nothing."""
    justext = import_module("justext")
    words = justext.get_stoplist("English")
    return lambda page: "\n".join(
        part.text for part in justext.justext(page, words) if not part.is_boilerplate
    )


def _trafilatura() -> Callable[[str], str]:
    extract = import_module("trafilatura").extract
    return lambda page: extract(page, include_comments=False) or ""


def _boilerpy() -> Callable[[str], str]:
    extractor = import_module("boilerpy3.extractors").ArticleExtractor(raise_on_failure=False)
    return lambda page: str(extractor.get_content(page))
