"""Guarded HTTP: nothing but the listed addresses, nothing without bounds, no host asked too often.

============ ===============================================================
`fetcher`    the client: one call, one value or one `FetchError`
`decode`     content codings, with bounds on what they unpack to
`guard`      which addresses and URLs may be asked
`pacing`     how often one host may be asked
============ ===============================================================
"""

from service.http.fetcher import Fetched, Fetcher, FetchPolicy

__all__ = ["FetchPolicy", "Fetched", "Fetcher"]
