"""The rhythm of the day and of the week: three waves, fitted to the times at which entries came.

The waves have periods of a day, half a day and a week. The amplitude of each is the mean of `exp(i w t)` over
the entries (the first terms of a Fourier series), drawn towards nothing as long as there are few of them.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Iterable
from dataclasses import dataclass

_DAY = 86_400.0
_PERIODS = (_DAY, _DAY / 2, 7 * _DAY)
_TURNS = tuple(math.tau / period for period in _PERIODS)  # radians a second
_ENOUGH = 40.0  # entries at which an amplitude is taken for half of what it looks like
_LEAST = 0.15  # share of the mean rate that is left in the quietest hour


@dataclass(frozen=True, slots=True)
class Waves:
    """The sums over the entries, decayed by age.

    Attributes:
        placed: How many entries they hold.
        sums: One for each period.
    """

    placed: float = 0.0
    sums: tuple[complex, ...] = (0j,) * len(_TURNS)

    def with_entries(self, times: Iterable[float], weights: Iterable[float], keep: float) -> Waves:
        """With more entries.

        Args:
            times: When they came, Unix seconds.
            weights: How much each of them counts.
            keep: The share of what is held already that is kept.
        """
        placed = self.placed * keep
        sums = [one * keep for one in self.sums]
        for at, weight in zip(times, weights, strict=True):
            placed += weight
            for number, turn in enumerate(_TURNS):
                sums[number] += weight * cmath.exp(1j * turn * at)
        return Waves(placed, tuple(sums))

    def profile(self, seconds: float) -> Profile:
        """The rhythm that they make.

        Args:
            seconds: For how long the feed has been followed. A wave counts in full after two of its periods:
                where only the day has been seen, nothing is known of the night.
        """
        share = 2 / (self.placed + _ENOUGH)
        return Profile(
            tuple(
                one * share * min(seconds / (2 * period), 1.0)
                for one, period in zip(self.sums, _PERIODS, strict=True)
            )
        )


@dataclass(frozen=True, slots=True)
class Profile:
    """A rhythm of day and week, by the amplitudes of the waves."""

    amplitudes: tuple[complex, ...]

    def level(self, at: float) -> float:
        """How many entries come at that time (Unix seconds), as a multiple of the mean."""
        total = 1.0
        for turn, one in zip(_TURNS, self.amplitudes, strict=True):
            total += one.real * math.cos(turn * at) + one.imag * math.sin(turn * at)
        return max(total, _LEAST)


def coded(waves: Waves) -> str:
    """The sums as text: `re,im` of each."""
    return ",".join(f"{part:.4g}" for one in waves.sums for part in (one.real, one.imag))


def decoded(placed: float, text: str) -> Waves:
    """What `coded` made; nothing if the text is of another form."""
    try:
        parts = [float(part) for part in text.split(",")]
    except ValueError:
        return Waves()
    if len(parts) != 2 * len(_TURNS) or not all(map(math.isfinite, parts)):
        return Waves()
    return Waves(placed, tuple(map(complex, parts[::2], parts[1::2])))
