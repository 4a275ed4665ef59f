"""The 17 rules of etiquette (research/feeds.md, section 3) as functions over the log of a web.

Each is pure: a `History` in, the violations out. What a server's log cannot tell is not claimed; see the docstring of
each rule.

============== =========================================
`history`      polls and lanes, found in the log
`validators`   rules 1, 2, 3, 15
`outcomes`     rules 5, 6, 7, 8, 12
`timing`       rules 9, 10, 11, 14, and the restart
`requests`     rules 4, 13, 16, 17
============== =========================================
"""

from __future__ import annotations

from collections.abc import Callable

from bench.manners_rules import outcomes, requests, timing, validators
from bench.manners_rules.history import Facts, History, Violation

Rule = Callable[[History], list[Violation]]

RULES: dict[int, tuple[str, Rule]] = {
    1: ("validators byte for byte", validators.rule_1),
    2: ("both validators, of the last good answer", validators.rule_2),
    3: ("unconditional once a day at most", validators.rule_3),
    4: ("compressed, within bounds", requests.rule_4),
    5: ("304 is success", outcomes.rule_5),
    6: ("redirects kept when stable only", outcomes.rule_6),
    7: ("410 ends, 404 backs off", outcomes.rule_7),
    8: ("Retry-After, for the host", outcomes.rule_8),
    9: ("ttl, max-age, sy:, skip", timing.rule_9),
    10: ("no bursts, jitter, adaptive", timing.rule_10),
    11: ("one at a time, with a pause", timing.rule_11),
    12: ("errors back off, with a cap", outcomes.rule_12),
    13: ("User-Agent, no cookies, no Referer", requests.rule_13),
    14: ("no hub asked, no poll under the floor", timing.rule_14),
    15: ("A-IM only with validators", validators.rule_15),
    16: ("nothing inside, nothing without end", requests.rule_16),
    17: ("robots.txt, crawl-delay, conditional pages", requests.rule_17),
}

__all__ = ["RULES", "Facts", "History", "Rule", "Violation", "check"]


def check(history: History) -> dict[int, list[Violation]]:
    """The violations of every rule."""
    return {number: rule(history) for number, (_, rule) in RULES.items()}
