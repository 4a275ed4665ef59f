"""Small plots as SVG, made by hand: no package, and text that stays text."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

PLOTS = Path(__file__).parents[1] / "docs" / "bench"

_WIDTH, _HEIGHT = 860, 520
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 30, 56, 60
_LETTER = 6.6  # pixels that a letter of a label takes, about
_BOLD = 1.08
_LINE = 13.0
_GAP = 9.0
_ROW = 20  # of a bar
_STYLE = """
    .paper { fill: #ffffff; } text { fill: #1f2328; } .soft { fill: #57606a; font-size: 12px; }
    .grid { stroke: #d0d7de; stroke-width: 1; } .guide { stroke: #8c959f; stroke-dasharray: 5 4; }
    .peer { fill: #8c959f; } .ours { fill: #0969da; } .name { font-size: 12px; }
    .path { fill: none; stroke: #8c959f; stroke-width: 2; } .path.ours { stroke: #0969da; fill: none; }
    .strong { font-weight: 600; } .link { stroke: #afb8c1; stroke-width: 1; }
    @media (prefers-color-scheme: dark) {
      .paper { fill: #0d1117; } text { fill: #e6edf3; } .soft { fill: #9198a1; }
      .grid { stroke: #2a313c; } .guide { stroke: #6e7681; } .ours { fill: #4493f8; }
      .path { stroke: #9198a1; } .path.ours { stroke: #4493f8; }
      .peer { fill: #9198a1; } .link { stroke: #484f58; }
    }"""


@dataclass(frozen=True, slots=True)
class Point:
    """A mark with a name; `ours` ones are in colour."""

    name: str
    x: float
    y: float
    ours: bool = False
    radius: float = 5.0


@dataclass(frozen=True, slots=True)
class Curve:
    """A line through some points, for what can be set to any of them."""

    points: tuple[tuple[float, float], ...]
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Axis:
    """From `low` to `high`, with ticks at some values; `logarithmic` for ratios. `form` is how ticks are written."""

    label: str
    low: float
    high: float
    ticks: tuple[float, ...]
    logarithmic: bool = False
    form: str = ""

    def share(self, value: float) -> float:
        """How far along the axis a value lies, 0 to 1; those beyond its ends are put on them."""
        scale: Callable[[float], float] = math.log if self.logarithmic else float
        inside = min(max(value, self.low), self.high)
        return (scale(inside) - scale(self.low)) / (scale(self.high) - scale(self.low))


@dataclass(slots=True)
class _Taken:
    """Boxes that are drawn on already."""

    boxes: list[tuple[float, float, float, float]] = field(default_factory=list)

    def overlap(self, box: tuple[float, float, float, float]) -> float:
        """The area that a box shares with them, and that lies outside of the plot."""
        left, top, right, bottom = box
        shared = sum(
            max(0.0, min(right, r) - max(left, x)) * max(0.0, min(bottom, b) - max(top, y))
            for x, y, r, b in self.boxes
        )
        outside = max(0.0, _LEFT - left) + max(0.0, right - (_WIDTH - 6)) + max(0.0, _TOP - 8 - top)
        return shared + (outside + max(0.0, bottom - (_HEIGHT - _BOTTOM))) * 50


def scatter(
    path: Path,
    points: Sequence[Point],
    x: Axis,
    y: Axis,
    *,
    title: str,
    note: str = "",
    diagonal: bool = False,
    curves: Sequence[Curve] = (),
) -> None:
    """Draw points with their names beside them, none over another.

    Args:
        path: The file to write.
        points: What to draw; a point beyond the axes is drawn at their edge.
        x: The axis to the right.
        y: The axis upwards.
        title: Above.
        note: Below the title, smaller.
        diagonal: Draw the line on which both axes say the same.
        curves: Lines below the points.
    """
    parts = [
        *_frame(x, y),
        _text("strong", _LEFT, 24, title, "start"),
        _text("soft", _LEFT, 42, note, "start"),
    ]
    if diagonal:
        low, high = max(x.low, y.low), min(x.high, y.high)
        parts.append(_line("guide", *_place(low, low, x, y), *_place(high, high, x, y)))
    parts += [_curve(curve, x, y) for curve in curves]
    _write(path, parts + _marks(points, x, y), title=title)


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar with a name to its left and what it says at its end; `ours` ones are in colour."""

    name: str
    value: float
    ours: bool = True


def bars(
    path: Path, rows: Sequence[Bar], *, title: str, note: str, unit: str, guide: float
) -> None:
    """Draw bars from the left, one below the other.

    Args:
        path: The file to write.
        rows: What to draw, the first on top.
        title: Above.
        note: Below the title, smaller.
        unit: Of the values.
        guide: A value to mark with a line.
    """
    left = max(len(row.name) for row in rows) * _LETTER + 16
    most = max(guide, *(row.value for row in rows))
    scale = (_WIDTH - _RIGHT - 50 - left) / most
    bottom = _TOP + _ROW * len(rows)
    at = left + guide * scale
    parts = [
        _text("strong", 16, 24, title, "start"),
        _text("soft", 16, 42, note, "start"),
        _line("guide", at, _TOP, at, bottom + 6),
        _text("soft", at, bottom + 22, f"{guide:g} {unit}", "middle"),
    ]
    for number, row in enumerate(rows):
        top, width = _TOP + _ROW * number, max(row.value * scale, 1.0)
        kind = "ours" if row.ours else "peer"
        parts += [
            _text("name", left - 8, top + 14, row.name, "end"),
            f'<rect class="{kind}" x="{left:.1f}" y="{top + 4}" width="{width:.1f}" height="{_ROW - 8}" rx="2"/>',
            _text("soft", left + width + 6, top + 14, f"{row.value:.1f}", "start"),
        ]
    _write(path, parts, title=title, height=bottom + 36)


def _write(path: Path, parts: Sequence[str], *, title: str, height: float = _HEIGHT) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    body = "\n  ".join(parts)
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height:g}" '
        f"font-family=\"system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif\" font-size=\"14\" "
        f'role="img" aria-label="{escape(title)}">\n  <style>{_STYLE}\n  </style>\n'
        f'  <rect class="paper" width="{_WIDTH}" height="{height:g}" rx="10"/>\n  {body}\n</svg>\n',
        encoding="utf-8",
    )


def _marks(points: Sequence[Point], x: Axis, y: Axis) -> list[str]:
    """The points and their names. Ours first, which get the best places."""
    places = [(*_place(point.x, point.y, x, y), point) for point in points]
    taken = _Taken([(a - 6, b - 6, a + 6, b + 6) for a, b, _ in places])
    parts = []
    for across, down, point in sorted(places, key=lambda item: (not item[2].ours, item[0])):
        kind = "ours" if point.ours else "peer"
        parts.append(
            f'<circle class="{kind}" cx="{across:.1f}" cy="{down:.1f}" r="{point.radius}"/>'
        )
        parts += _name(across, down, point, taken)
    return parts


def _curve(curve: Curve, x: Axis, y: Axis) -> str:
    places = (_place(across, up, x, y) for across, up in curve.points)
    through = " ".join(f"{across:.1f},{down:.1f}" for across, down in places)
    return f'<polyline class="{"path ours" if curve.ours else "path"}" points="{through}"/>'


def _frame(x: Axis, y: Axis) -> list[str]:
    right, bottom = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM
    parts = []
    for tick in x.ticks:
        across, _ = _place(tick, y.low, x, y)
        parts.append(_line("grid", across, _TOP, across, bottom))
        shown = f"{tick:{x.form}}" if x.form else f"{tick:g} x" if x.logarithmic else f"{tick:g}"
        parts.append(_text("soft", across, bottom + 18, shown, "middle"))
    for tick in y.ticks:
        _, down = _place(x.low, tick, x, y)
        parts.append(_line("grid", _LEFT, down, right, down))
        parts.append(_text("soft", _LEFT - 8, down + 4, f"{tick:{y.form or '.2f'}}", "end"))
    parts.append(_text("soft", (_LEFT + right) / 2, bottom + 42, x.label, "middle"))
    middle = (_TOP + bottom) / 2
    parts.append(
        f'<text class="soft" text-anchor="middle" transform="translate(20 {middle:.0f}) rotate(-90)">'
        f"{escape(y.label)}</text>"
    )
    return parts


def _name(across: float, down: float, point: Point, taken: _Taken) -> list[str]:
    """The name of a point where most room is: beside, above, below, and farther off with a line."""
    if not point.name:
        return []
    width = len(point.name) * _LETTER * (_BOLD if point.ours else 1) + 2
    choices = []
    for away in (0.0, 14.0, 28.0, 42.0, 60.0, 80.0):
        for side in (1, -1):
            for step in (0, -1, 1):
                near = across + side * (_GAP + away / 2 * abs(step))
                top = down - _LINE / 2 + step * away
                left, right = sorted((near, near + side * width))
                box = (left, top, right, top + _LINE)
                cost = taken.overlap(box) + away * 0.4 + (0.1 if side < 0 else 0)
                choices.append((cost, near, side, box))
    _, near, side, box = min(choices)
    taken.boxes.append(box)
    kind = "name strong" if point.ours else "name"
    middle = box[1] + _LINE / 2
    anchor = "start" if side > 0 else "end"
    parts = [_text(kind, near, box[3] - 2.5, point.name, anchor)]
    if abs(middle - down) > _LINE:
        parts.insert(0, _line("link", across, down, near - side * 2, middle))
    return parts


def _place(x_value: float, y_value: float, x: Axis, y: Axis) -> tuple[float, float]:
    across = _LEFT + x.share(x_value) * (_WIDTH - _LEFT - _RIGHT)
    down = _HEIGHT - _BOTTOM - y.share(y_value) * (_HEIGHT - _TOP - _BOTTOM)
    return across, down


def _line(kind: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _text(kind: str, x: float, y: float, words: str, anchor: str) -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'
