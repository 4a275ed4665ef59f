"""What the site's other pages say about the lines of a text.

A line that stands on another page of the site, too, is of the site's frame, in any language. Except prose that
pages share because they tell the same thing (a wire story, a correction, a refrain): whole sentences,
between prose that stands on no other page. Before such prose they stay as long as few pages have them: the
beginning of an article stands as a teaser on others.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from workers.extract.hints import SiteLines
from workers.extract.site import counted
from workers.extract.text.context import Floats
from workers.extract.text.features import Line
from workers.extract.text.judgement import log_odds

_NEW_ODDS = 1.0  # log-odds that a line wins by standing on none of many other pages
_MANY = 3.0  # pages after which being new says as much as it ever will
_NEAR = 3  # lines
_FREQUENT = 3.0  # pages that have a line of the site's frame, once as many are known


def of_the_site(
    lines: Sequence[Line], site: SiteLines, probabilities: Floats
) -> npt.NDArray[np.bool_]:
    """Which lines are the site's, not the article's."""
    if not site.pages:
        return np.zeros(len(lines), bool)
    pages = counted([line.text for line in lines], site)
    known = pages > 0
    own = np.array([line.good for line in lines], bool) & ~known & (probabilities > 0.5)  # noqa: PLR2004
    for index in np.flatnonzero(known).tolist():
        shared_prose = lines[index].good and probabilities[index] > 0.5  # noqa: PLR2004
        after = bool(own[index + 1 : index + 1 + _NEAR].any())
        is_inside = after and bool(own[max(index - _NEAR, 0) : index].any())
        is_rare = pages[index] < _FREQUENT
        if shared_prose and (is_inside or (after and is_rare)):
            known[index] = False
    return known


def lift(probabilities: Floats, site: SiteLines) -> Floats:
    """The probabilities of lines that stand on no other page, given how many pages were seen."""
    gain = _NEW_ODDS * min(site.pages, _MANY) / _MANY
    return np.asarray(1 / (1 + np.exp(-(log_odds(probabilities) + gain))), np.float32)
