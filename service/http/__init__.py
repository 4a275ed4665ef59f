"""Guarded HTTP: nothing but the listed addresses, nothing without bounds, no host asked too often.

============== =============================================================================
`fetcher`      one call, one value or one `FetchError`: redirects, turns, what answers say
`trip`         one fetch under way: its hops, its time
`client`       one request to one address
`guard`        which addresses names may lead to, and which are connected to
`targets`      which addresses of the web may be asked, by how they are written
`addresses`    which IP addresses are public
`body`         reading a body within its bounds
`decode`       content codings, with bounds on what they unpack to
`headers`      what the headers of an answer say
`linkheader`   ... and its links
`statuses`     what its status means
`failures`     what went wrong, as errors of ours
`answer`       the value
`policy`       the bounds
`pacing`       how often hosts may be asked, together in their `lanes`, one `lines` each
`holds`        for how long a host is left alone that asks for it
`robots`       what sites let programs visit; `robots_rules` reads it
`flights`      one request for many that want the same
============== =============================================================================
"""

from service.http.answer import Fetched, Hop, Link
from service.http.fetcher import Fetcher
from service.http.policy import FetchPolicy

__all__ = ["FetchPolicy", "Fetched", "Fetcher", "Hop", "Link"]
