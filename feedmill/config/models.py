"""The settings of feedmill, and the shape of the files they come from.

`SettingsFile`, `SourcesFile` and `SourceEntry` are what a user writes; the text below each key
is also its description in the JSON Schema. `Settings` and `Source` add what loading finds out,
and are what the rest of feedmill uses.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

import feedmill
from feedmill.config import paths
from feedmill.config.checks import Kind
from feedmill.config.fields import (
    CallbackUrl,
    Duration,
    Every,
    FilePath,
    Folder,
    Label,
    Lang,
    Listen,
    Network,
    Port,
    PositiveDuration,
    Prefix,
    ProxyUrl,
    RedisUrl,
    Regex,
    Selector,
    Size,
    SourceId,
    Url,
    UserAgent,
    Version,
)


class Model(BaseModel):
    """What all models here have in common: frozen, no unknown keys, no guessing of types."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
    )


class PerHost(Model):
    """How one host may be asked."""

    concurrency: int = Field(default=1, ge=1)
    """Requests that one host gets at the same time."""
    delay: Duration = timedelta(seconds=2)
    """Pause between two requests to one host."""


class Timing(Model):
    """When a source is looked at."""

    every: Every = "adaptive"
    """How often to look for news: a duration, or adaptive to follow how often there is some."""
    min: PositiveDuration = timedelta(minutes=15)
    """The shortest interval that adaptive may choose."""
    max: PositiveDuration = timedelta(hours=24)
    """The longest interval that adaptive may choose."""
    per_host: PerHost = Field(default_factory=PerHost)
    """How one host may be asked."""


class Defaults(Timing):
    """What holds for every source that does not say otherwise."""


class ExtractOptions(Model):
    """How the text of an article is found in its page."""

    drop: list[Regex] = []
    """Lines of text that match one of these regular expressions are removed."""
    precision: bool | None = None
    """true keeps less doubtful text, false keeps more; left out, the extractor decides."""
    mode: Literal["default", "fast"] = "default"
    """fast takes half the time and asks for no second opinion on pages that are hard to judge."""
    html: bool = False
    """true stores the article as clean HTML as well."""


class FetchOptions(Model):
    """How anything is fetched."""

    user_agent: UserAgent = Field(default_factory=lambda: f"feedmill/{feedmill.__version__}")
    """What feedmill calls itself; add an address where site owners can reach you."""
    timeout: PositiveDuration = timedelta(seconds=30)
    """Longest time for one request, redirects included."""
    max_bytes: Size = 10_000_000
    """Largest body that is read, after decompression."""
    allow_networks: list[Network] = []
    """Private networks that may be fetched from, such as 10.0.0.0/8."""
    ports: list[Port] = Field(default=[80, 443, 8080, 8443], min_length=1)
    """Ports that may be connected to."""
    proxy: ProxyUrl | None = Field(default=None, repr=False)
    """An HTTP proxy that all requests go through: http://host:port."""
    robots: bool = True
    """false fetches pages of articles that the site's robots.txt keeps from programs."""
    retry_after_max: PositiveDuration = timedelta(days=7)
    """The longest wait that a server can ask for with Retry-After."""


class WorkerOptions(Model):
    """What the work on one page may take; a page that takes more is set aside."""

    page_cpu: PositiveDuration = timedelta(seconds=20)
    """CPU time, in whole seconds."""
    page_memory: Size = 1024**3
    """Memory beyond what a worker has without a page."""


class StreamOptions(Model):
    """How articles are announced."""

    payload: Literal["thin", "full"] = "thin"
    """thin announces what an article is; full puts its whole JSON into the field json as well."""


class RawOptions(Model):
    """Keeping pages as they were had, so that they can be extracted again."""

    enabled: bool = True
    """false keeps no pages: what fails cannot be tried again after a while, and nothing can be replayed."""
    keep: PositiveDuration = timedelta(days=7)
    """How long pages are kept."""
    max_bytes: Size = 1_000_000_000
    """What their files may have together, compressed; then the oldest go."""
    dir: Folder | None = None
    """Folder of the files, relative to the folder of this file; left out, the folder raw in data_dir."""


class QueueOptions(Model):
    """How much may wait for the workers before the service takes no new pages."""

    max_pages: int = Field(default=10_000, ge=1)
    """Pages that may wait."""
    max_bytes: Size = 256_000_000
    """Bytes of them in Redis, compressed."""
    max_age: PositiveDuration = timedelta(hours=1)
    """How long the oldest of them may have waited."""
    memory: float = Field(default=0.8, gt=0, le=1)
    """The part of Redis' maxmemory that may be in use before no new pages are taken."""


class WebSub(Model):
    """Being called by feeds' hubs when there is news."""

    callback: CallbackUrl = ""
    """The public address that hubs call, without ? and #; feedmill appends to its path."""
    listen: Listen = "127.0.0.1:8088"
    """Where feedmill waits for these calls: host:port."""


class RetentionOptions(Model):
    """How long things are kept."""

    articles: PositiveDuration | None = None
    """Articles that were fetched longer ago are removed; left out, they are kept for ever."""
    memory: float | None = Field(default=None, ge=0.1, le=0.95)
    """Above this share of the server's maxmemory the oldest articles are removed; left out, none is."""
    announcements: PositiveDuration = timedelta(days=90)
    """How long entries stay in the streams articles and stories, at least until every group has them."""
    entries: int = Field(default=1_000_000, ge=100)
    """The most entries of a stream: beyond it the oldest go, even those that a group has not read."""
    seen: PositiveDuration = timedelta(days=90)
    """How long an item that its source lists no more is remembered, so that it is not taken again."""
    near: PositiveDuration = timedelta(days=28)
    """How long an article is remembered for finding near-duplicates, at least; a quarter longer at most."""


class SourceEntry(Timing):
    """One source as it is written. Exactly one of `url` and `path` is needed."""

    url: Url | None = None
    """Address of a feed, of a site whose feeds are to be found, of a list page, or of a sitemap."""
    path: FilePath | None = None
    """Local file or glob, relative to the folder of the file in which it stands."""
    id: SourceId = ""
    """Name of the source in Redis and in metrics; made from the url or path when left out."""
    name: Label | None = None
    """Name of the source for people."""
    kind: Kind = "auto"
    """What the source is; auto finds out."""
    select: Selector | None = None
    """CSS selector of the links to articles on a list page; left out, they are found."""
    tags: list[Label] = []
    """Labels that every article of the source carries."""
    lang: Lang | None = None
    """Language of the articles, as a hint: en, pt-BR."""
    extract: ExtractOptions = Field(default_factory=ExtractOptions)
    """How the text of an article is found in its page."""
    enabled: bool = True
    """false keeps the source in the file without reading it."""


class Source(SourceEntry):
    """One source, complete: the defaults are applied and it has an id."""

    id: SourceId
    base: Path = Path()
    """Folder that a relative `path` starts from."""


class SourcesFile(Model):
    """An included file, before its sources are looked at."""

    defaults: Defaults = Field(default_factory=Defaults)
    """What holds for every source that does not say otherwise."""
    sources: list[Any] = []
    """Where articles come from."""
    include: list[Any] = []
    """More files with sources: paths or globs that end in .yaml, .yml or .opml."""


class SettingsFile(SourcesFile):
    """The main file, before its sources are looked at."""

    version: Version = 1
    """Version of this format."""
    redis: RedisUrl = Field(default="embedded", repr=False)
    """Where Redis is: a redis://, rediss:// or unix:// URL, or embedded to start one."""
    prefix: Prefix = ""
    """Begins the name of every key in Redis."""
    data_dir: Folder = Path(".feedmill")
    """Where feedmill keeps data on the disk, relative to the folder of this file."""
    fetch: FetchOptions = Field(default_factory=FetchOptions)
    """How anything is fetched."""
    workers: WorkerOptions = WorkerOptions()
    """What the work on one page may take; a page that takes more is set aside."""
    stream: StreamOptions = StreamOptions()
    """How articles are announced."""
    queue: QueueOptions = QueueOptions()
    """How much may wait for the workers before the service takes no new pages."""
    raw: RawOptions = RawOptions()
    """Keeping pages as they were had, so that they can be extracted again."""
    retention: RetentionOptions = RetentionOptions()
    """How long things are kept."""
    websub: WebSub | None = None
    """Being called by feeds' hubs when there is news; left out, no hub is asked to."""


class Settings(SettingsFile):
    """Everything a configuration says, included files and defaults applied."""

    sources: list[Source] = []
    include: list[str] = []
    path: Path = Path()
    """The file that was loaded, absolute."""
    warnings: list[str] = []
    """What is worth knowing but no mistake, one line each."""
    files: tuple[Path, ...] = ()
    """Every file that was read, absolute: the main one, and those that are included."""
    globs: tuple[str, ...] = ()
    """The patterns under `include` of all files, absolute: a new file may match one."""

    @property
    def raw_dir(self) -> Path:
        """The folder of the raw pages, absolute where the configuration was loaded from a file."""
        return (
            self.path.parent / self.raw.dir
            if self.raw.dir
            else self.path.parent / self.data_dir / "raw"
        )

    def would_read(self) -> tuple[Path, ...]:
        """List the files that the patterns of `include` match now, of which some may be new."""
        found = (paths.matches(pattern, Path("/"), paths.INCLUDE_ENDINGS) for pattern in self.globs)
        absolute = (paths.absolute(path) for files in found for path in files)
        return tuple(dict.fromkeys(absolute))
