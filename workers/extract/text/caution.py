"""How much evidence it takes to leave a line out of a text.

A page that became text whole is full of the words of frames: menus, rights, share bars, offers. A text in which hardly
any such line stands is an article alone, or nearly; then lines that merely do not look like prose (lists, tables,
verse, programme listings) are the article's, and only those go that the model is surer of.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from workers.extract.text.context import Floats
from workers.extract.text.features import Line

# Probabilities below which a line goes: on a page with a frame; in a quiet text; in a quiet text when the line begins with
# a word of the lexicon, or has a sign that is rare in prose.
_LOUD, _QUIET, _QUIET_MARKED = 0.5, 0.42, 0.5
_SENTENCE = 0.25  # on a page with a frame, of a sentence right after a line that stays
_FRAME_GROUPS = (
    *("newsletter", "account", "share", "cookie", "legal", "advert", "comment", "related", "menu"),
)
_ASKING_GROUPS = (
    "newsletter",
    "account",
    "invite",
    "share",
    "cookie",
    "legal",
    "advert",
    "comment",
)
_RARE_SIGNS = re.compile(r"https?:|www\.|[@©]")
_ROW = re.compile(r"^\|.*\|$")
_LOWER_ITEM = re.compile(r"^\W+(?=[^\W\d_])[a-zß-öø-ÿа-яё]")
_MAX_FRAME_WORDS = 12
_MAX_BULLET = 2  # characters of a line without words; longer ones are drawings or code
_MIN_SENTENCE_WORDS = 4
_FEW = 1  # lines that look like a frame's, in a quiet text
_FEW_MORE, _FEW_SHARE = 3, 0.02
# Of the characters of a quiet text. Who takes more out of its middle, or leaves less, has misunderstood it: what
# pages have beside the article stands before and after it.
_MAX_LOSS_INSIDE = 0.2
_MIN_KEPT = 0.4
_MAX_LISTED = (
    400  # lines; a text of more without frame words is in a language that is not known here
)


def is_loud(lines: Sequence[Line]) -> bool:
    """Whether lines of a page's frame stand around the article."""
    return not _is_quiet(np.array([_of_a_frame(line) for line in lines], bool))


def wanted(lines: Sequence[Line], probabilities: Floats) -> npt.NDArray[np.bool_]:
    """Which lines stay, by their probabilities."""
    frame = np.array([_of_a_frame(line) for line in lines], bool)
    if not _is_quiet(frame):
        return _with_sentences(lines, probabilities)
    marked = np.array([_is_marked(line) for line in lines], bool)
    keep = probabilities > np.where(marked, _QUIET_MARKED, _QUIET)
    if len(lines) <= _MAX_LISTED and _is_misunderstood(lines, keep):
        keep |= ~frame
    keep |= np.array([_is_no_headline(line) for line in lines], bool)
    return keep | _sentences_between(lines, keep)


def _sentences_between(lines: Sequence[Line], keep: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Whole sentences that ask for nothing, after a line that stays (or first of all) and before another one or the end."""
    after = np.concatenate([[True], keep[:-1]])
    before = np.concatenate([keep[1:], [True]])
    sentences = np.array([_is_sentence(line) for line in lines], bool)
    return np.asarray(after & before & sentences)


def _with_sentences(lines: Sequence[Line], probabilities: Floats) -> npt.NDArray[np.bool_]:
    """Of a page with a frame: what is probable, and whole sentences that go on from it, such as short last ones."""
    keep = probabilities > _LOUD
    for index in map(int, np.flatnonzero(~keep & (probabilities > _SENTENCE))):
        keep[index] = index > 0 and keep[index - 1] and _is_sentence(lines[index])
    return keep


def _is_sentence(line: Line) -> bool:
    """Whether a line is a whole sentence that asks for nothing."""
    return line.ends and line.count >= _MIN_SENTENCE_WORDS and not line.hits.has(*_ASKING_GROUPS)


def _is_no_headline(line: Line) -> bool:
    """Drawings, rows of tables, and items of lists that begin in lower case; no list of articles has those."""
    if not line.words:
        return len(line.text) > _MAX_BULLET
    return bool(_ROW.match(line.text) or (line.bullet and _LOWER_ITEM.match(line.text)))


def _is_marked(line: Line) -> bool:
    return bool(line.hits.first) or bool(_RARE_SIGNS.search(line.text[:400]))


def _is_misunderstood(lines: Sequence[Line], keep: npt.NDArray[np.bool_]) -> bool:
    sizes = np.array([len(line.text) for line in lines])
    kept = np.flatnonzero(keep)
    if not len(kept) or sizes[kept].sum() < _MIN_KEPT * sizes.sum():
        return True
    inside = slice(kept[0], kept[-1] + 1)
    lost = sizes[inside][~keep[inside]].sum()
    return bool(lost > _MAX_LOSS_INSIDE * sizes.sum())


def _is_quiet(frame: npt.NDArray[np.bool_]) -> bool:
    found = int(frame.sum())
    return found <= _FEW or (found <= _FEW_MORE and found <= _FEW_SHARE * len(frame))


def _of_a_frame(line: Line) -> bool:
    if not line.words:
        return len(line.text) <= _MAX_BULLET
    short = not line.good and line.count <= _MAX_FRAME_WORDS
    return short and line.hits.begins(*_FRAME_GROUPS)
