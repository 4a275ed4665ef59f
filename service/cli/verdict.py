"""How a tested page is shown to people: what is known of it, then its lines with those struck through that went."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from feedmill.log import clean
from service.cli.look import Look, Trace

if TYPE_CHECKING:
    from service.cli.trial import Tried

Row = tuple[str, str | None, str]  # fate, reason, line
Pairs = frozenset[tuple[str, str]]

_OUTSIDE = "outside the article"
_TITLE = "title"  # the reason of a line that is not lost but the title
_COUNT = "count"  # the reason of a row that stands for several lines
_FEW = 2  # lines that are shown rather than counted
_LABEL_WIDTH = 11
_ENTRIES_SHOWN = 20
_TITLE_WIDTH = 70
_PLAIN_RULE = 60
_QUALITY = (
    (0.95, "very likely right"),
    (0.85, "likely right, give or take a line"),
    (0.7, "partly right; lines may be missing or too many"),
    (0.5, "doubtful; look at it"),
    (0.0, "probably not the article"),
)
_METHODS = {
    "html/blocks": "each block judged",
    "html/voted": "each block judged, with trafilatura's opinion",
    "text/lines": "each line judged",
    "feed/content": "what the feed itself holds of it",
}
_TITLE_FROM = {
    "page": "as the page says",
    "feed": "as the feed says",
    "text": "made of the first words of the text: the page has none",
}


def show(look: Look, tried: Sequence[Tried], *, all_lines: bool) -> None:
    """Print a feed's entries, if it was one, and every page that was tested."""
    console = Console(highlight=False, soft_wrap=not sys.stdout.isatty())
    if look.feed is not None:
        _show_feed(look, console)
    for one in tried:
        if look.feed is not None:
            _rule(one.subject.name, console)
        _show_page(one, console, all_lines=all_lines)
    if look.feed is not None and not tried:
        console.print("There is no page to test: no entry has a link, or --pages is 0.")


def quality_in_words(quality: float | None) -> str:
    """What a quality means: it is an estimate, made without the true text."""
    if quality is None:
        return "not rated"
    words = next(words for least, words in _QUALITY if quality >= least)
    return f"{quality:.2f} of 1 expected: {words}"


def _show_feed(look: Look, console: Console) -> None:
    assert look.feed is not None
    entries = look.feed.entries
    console.print(Text(clean(look.feed.title or "(a feed without title)"), style="bold"))
    _fact("feed", f"{look.feed.format}, {len(entries)} entries", console)
    _show_trace(look.trace, console)
    for entry in entries[:_ENTRIES_SHOWN]:
        at = entry.hints.published_at
        title = " ".join(clean(entry.hints.title or "(no title)").split())[:_TITLE_WIDTH]
        line = Text(f"  {at:%Y-%m-%d}  " if at else "  no date     ").append(title)
        console.print(line.append(f"  {clean(entry.link or 'no link')}", style="dim"))
    if len(entries) > _ENTRIES_SHOWN:
        console.print(f"  and {len(entries) - _ENTRIES_SHOWN} more")


def _show_page(one: Tried, console: Console, *, all_lines: bool) -> None:
    if one.error is not None:
        _show_trace(one.subject.trace, console)
        text = Text(clean(one.subject.name), style="bold").append(f": {one.error.message}", "red")
        console.print(text.append(f" ({one.error.kind})", "dim"))
        if "lines" in one.reply:
            _show_no_article(one, console, all_lines=all_lines)
        return
    page, rows = one.reply["page"], [tuple(row) for row in one.reply["lines"]]
    console.print(Text(clean(page["title"] or "(no title)"), style="bold"))
    for label, value in _facts(page, rows, one.reply["milliseconds"]):
        _fact(label, value, console)
    _show_trace(one.subject.trace, console)
    if one.subject.error is not None:
        _fact("fetched", f"{one.subject.error.message}; what the feed holds stands in", console)
    console.print()
    _show_lines(rows, _together(page["text"]), console, all_lines=all_lines)


def _show_no_article(one: Tried, console: Console, *, all_lines: bool) -> None:
    """What there is on a page without an article."""
    rows = [tuple(row) for row in one.reply["lines"]]
    if not rows:
        is_empty = not one.subject.content.strip()
        beside = "" if is_empty else "; marked menus, forms and footers are not read"
        _fact("text", f"the page has no line of text{beside}", console)
        return
    many = f"{len(rows)} line{'' if len(rows) == 1 else 's'}"
    hint = "" if all_lines else "; --all-lines shows them"
    _fact("text", f"the page has {many} of text, none of it kept{hint}", console)
    if all_lines:
        console.print()
        _show_lines(rows, frozenset(), console, all_lines=True)


def _facts(
    page: dict[str, Any], rows: Sequence[Row], milliseconds: int
) -> Iterator[tuple[str, str]]:
    known = page["provenance"]

    def origin(name: str) -> str:
        return f" ({known[name]})" if isinstance(known.get(name), str) else ""

    if page["title"]:
        yield "title", _TITLE_FROM.get(page["title_from"], "") + origin("title")
    names = "; ".join(author["name"] for author in page["authors"])
    yield "authors", (names or "none named") + (origin("authors") if names else "")
    yield "published", _date(page["published"]) + origin("published")
    lang = page["lang"]
    if lang:
        sure = f" ({lang['confidence']:.2f})" if "confidence" in lang else ""
        yield "language", f"{lang['code']}{sure}"
    yield "access", page["access"] or "unknown"
    yield "quality", quality_in_words(page["quality"])
    method = page["method"]
    words = f": {_METHODS[method]}" if method in _METHODS else ""
    yield "method", f"{method}{words}; {milliseconds} ms"
    yield "text", _counts(rows)


def _date(published: dict[str, Any] | None) -> str:
    if not published:
        return "no date"
    at, precision = published["at"].replace("T", " "), published["precision"]
    at = at[:10] if precision == "day" else at
    written = published.get("raw")
    raw = f", written {written}" if written and written != published["at"] else ""
    return f"{at}, to the {precision}, from the {published['from']}{raw}"


def _counts(rows: Sequence[Row]) -> str:
    """How many lines went where; a title that stands above the text is of no number."""
    fates = Counter(fate for fate, reason, _ in rows if (fate, reason) != ("outside", _TITLE))
    reasons = Counter(str(reason) for fate, reason, _ in rows if fate == "removed")
    told = f"{fates['kept']} line{'' if fates['kept'] == 1 else 's'} kept"
    if reasons:
        listed = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
        told += f", {fates['removed']} removed ({listed})"
    if ("outside", _TITLE) in {row[:2] for row in rows}:
        told += ", the title apart"
    return told + (f", {fates['outside']} {_OUTSIDE}" if fates["outside"] else "")


def _show_trace(trace: Trace | None, console: Console) -> None:
    if trace is None:
        return
    kind = trace.content_type or "no media type"
    told = f"{trace.status}, {kind}, {trace.bytes:,} bytes in {trace.seconds:.1f} s"
    _fact("fetched", told, console)
    for number, hop in enumerate(trace.hops if len(trace.hops) > 1 else ()):
        _fact("" if number else "by way of", hop, console)


def _fact(label: str, value: str, console: Console) -> None:
    name = Text(f"  {label:{_LABEL_WIDTH}}", style="dim")
    if not console.is_terminal:
        console.print(name.append(clean(value)))
        return
    fact = Table.grid()
    fact.add_column(width=len(name))
    fact.add_column(overflow="fold")
    fact.add_row(name, Text(clean(value)))
    console.print(fact)


def _rule(name: str, console: Console) -> None:
    console.print()
    if console.is_terminal:
        console.print(Rule(Text(clean(name)), align="left"))
    else:
        console.print(Text(f"--- {clean(name)} ".ljust(_PLAIN_RULE, "-")))


def _together(text: str) -> Pairs:
    """Lines that follow each other in one paragraph: those of lists, tables and code."""
    paragraphs = (paragraph.split("\n") for paragraph in text.split("\n\n"))
    return frozenset(pair for lines in paragraphs for pair in pairwise(lines))


def _show_lines(rows: Sequence[Row], together: Pairs, console: Console, *, all_lines: bool) -> None:
    """The lines in their order; longer runs outside of the article are only counted."""
    before: Row | None = None
    for is_outside, run in groupby(rows, key=lambda row: row[:2] == ("outside", None)):
        lines = list(run)
        if is_outside and not all_lines and len(lines) > _FEW:
            lines = [("outside", _COUNT, f"… {len(lines)} lines {_OUTSIDE}")]
        for row in lines:
            if before is not None and _stands_apart(before, row, together):
                console.print()
            console.print(_line(row, console))
            before = row


def _stands_apart(before: Row, row: Row, together: Pairs) -> bool:
    """Whether a blank line goes between two lines: not inside of paragraphs and runs of what went."""
    if before[0] == row[0] == "kept":
        return (before[2], row[2]) not in together
    return "kept" in {before[0], row[0]}


def _line(row: Row, console: Console) -> Text:
    fate, reason, line = row
    shown = clean(line)
    if fate == "kept":
        return Text(shown)
    if reason == _COUNT:
        return Text(shown, style="dim")
    if reason == _TITLE:
        text = Text(shown, style="dim")
    else:
        text = Text(shown, style="strike dim") if console.is_terminal else Text(f"~~{shown}~~")
    return text.append(f"  ← {reason or _OUTSIDE}", style="not strike not dim yellow")
