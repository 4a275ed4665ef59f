"""sources.yaml -> typed, frozen settings; every mistake with file, line and column.

::

    settings = load(Path("sources.yaml"))      # ConfigError.problems: all mistakes, one line each
    for source in settings.sources:            # included files and defaults are applied
        source.id, source.every, source.per_host.delay

The way of the data: `syntax` (text to nodes, limits) > `document` (nodes to plain data and
places, `environment` for `${...}`) > `models` with `fields` and `checks` > `load` and `sources`
(includes, defaults, rules between sources). `opml` reads what other programs list.
`messages` puts into words what the models refuse.
"""

from feedmill.config.load import load
from feedmill.config.models import (
    Defaults,
    ExtractOptions,
    FetchOptions,
    PerHost,
    QueueOptions,
    RawOptions,
    RetentionOptions,
    Settings,
    Source,
    StreamOptions,
    Timing,
    WebSub,
    WorkerOptions,
)
from feedmill.config.schema import schema

__all__ = [
    "Defaults",
    "ExtractOptions",
    "FetchOptions",
    "PerHost",
    "QueueOptions",
    "RawOptions",
    "RetentionOptions",
    "Settings",
    "Source",
    "StreamOptions",
    "Timing",
    "WebSub",
    "WorkerOptions",
    "load",
    "schema",
]
