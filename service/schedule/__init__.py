"""When each source is looked at next, and how it is doing. Pure: states and answers in, states out.

============= ==================================================================
`outcome`     what a look changes in the state: begun, succeeded, failed, pushed
`due`         from an interval to a time: bounds, waits, jitter, a place at a start
`rhythm`      the adaptive rule, from how often a feed publishes
`waves`       its rhythm of day and week
`waits`       what answers ask for: ttl, max-age, update period, skipped hours
`failures`    what a failure counts, and how long to wait after it
`moves`       permanent redirects
`liars`       validators to send, and servers that say "not modified" wrongly
`clock`       states of a clock that has been set back
`condition`   ok, silent, failing, ...
`why`         what decided about the next look
============= ==================================================================

docs/polling.md says the same for users; research/feeds.md, section 3, has the rules of etiquette.
"""

from service.schedule.clock import set_back
from service.schedule.condition import health
from service.schedule.due import earliest, first, interval, plan
from service.schedule.liars import Question, question
from service.schedule.moves import address, of_address
from service.schedule.outcome import (
    after_failure,
    after_push,
    after_success,
    begun,
    reconfigured,
    revived,
)

__all__ = [
    "Question",
    "address",
    "after_failure",
    "after_push",
    "after_success",
    "begun",
    "earliest",
    "first",
    "health",
    "interval",
    "of_address",
    "plan",
    "question",
    "reconfigured",
    "revived",
    "set_back",
]
