"""Turns the entries under `sources` into complete sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from feedmill.config import paths
from feedmill.config.ids import derive_distinct_id, derive_id
from feedmill.config.messages import read, unexpected
from feedmill.config.models import Source, SourceEntry, Timing
from feedmill.config.problems import UnexpectedError
from feedmill.config.suggest import did_you_mean
from feedmill.urls import canonical

if TYPE_CHECKING:
    from feedmill.config.models import Defaults
    from feedmill.config.opml import OpmlDocument
    from feedmill.config.problems import Located, Place

    Path = tuple[str | int, ...]

_LOCATION: Final = ("url", "path")
_KNOWN: Final = SourceEntry.model_fields
_NEEDED: Final = {
    **dict.fromkeys(("feed", "site", "page", "sitemap"), "url"),
    **dict.fromkeys(("files", "warc"), "path"),
}
_NO_SOURCE: Final = UnexpectedError("expected an address, a path, or keys and values")


class SourceList:
    """Collects the sources of all files; mistakes go to the document they stand in."""

    def __init__(self) -> None:
        self.sources: list[Source] = []
        self.warnings: list[str] = []
        self._urls: dict[str, Place] = {}
        self._ids: dict[str, Place] = {}

    def add(self, written: Any, document: Located, path: Path, defaults: Defaults) -> None:
        """Take one entry.

        Args:
            written: The entry: a mapping, or an address or path alone.
            document: The file it stands in.
            path: Where in the file.
            defaults: What holds where the entry says nothing.
        """
        if isinstance(written, str):
            written = {"url" if "://" in written else "path": written}
        if not isinstance(written, dict):
            document.report(path, unexpected(_NO_SOURCE, written, document.written(path)))
            return
        entry = read(SourceEntry, written, document, path)
        if entry is None:
            return
        values = dict(entry) | apply_timing(entry, defaults, document, path)
        if not _has_location(written, entry, document, path):
            return
        values["kind"] = kind = _kind(entry, document, path)
        if entry.path is not None and entry.enabled:
            self._check_files(entry.path, kind, document, (*path, "path"))
        values["id"] = entry.id or _derived_id(entry, document, path)
        if not self._is_unique(entry, values["id"], document, path):
            return
        values["base"] = document.file.parent
        self.sources.append(Source.model_construct(**values))  # all of it is validated

    def add_listed(self, document: OpmlDocument, number: int, defaults: Defaults) -> None:
        """Take one feed of an OPML file, where nobody can write an `id`: one that is taken is changed."""
        entry = document.entry(number)
        source_id = derive_id(entry["url"])
        taken = source_id in self._ids
        entry["id"] = derive_distinct_id(entry["url"]) if taken else source_id
        self.add(entry, document, (number,), defaults)

    def _check_files(self, pattern: str, kind: str, document: Located, path: Path) -> None:
        base = document.file.parent
        endings = paths.WARC_ENDINGS if kind == "warc" else paths.SOURCE_ENDINGS
        if paths.has_glob(pattern):
            if not paths.matches(pattern, base, endings):
                self.warnings.append(f"{document.place(path)}: {paths.NO_MATCH}")
        elif not paths.is_file(base / pattern):
            document.report(path, paths.no_such_file(base))

    def _is_unique(self, entry: SourceEntry, source_id: str, document: Located, path: Path) -> bool:
        """Check that neither the address nor the id is that of another source."""
        if entry.url is not None:
            place = document.place((*path, "url"))
            first = self._urls.setdefault(canonical(entry.url), place)
            if first is not place:
                document.report((*path, "url"), f"this address is already listed at {first.spot}")
                return False
        own = bool(entry.id)
        place = document.place((*path, "id") if own else path)
        first = self._ids.setdefault(source_id, place)
        if first is not place:
            text = f"this id is already used at {first.spot}"
            hint = f"the id {source_id} made from it is already used at {first.spot}; add an `id`"
            document.report((*path, "id") if own else path, text if own else hint)
        return first is place


def apply_timing(over: Timing, under: Timing, document: Located, path: Path) -> dict[str, Any]:
    """Lay what is written over the defaults, key by key, and check that the bounds fit.

    Args:
        over: What is written at the path.
        under: What holds where nothing is written.
        document: The file it stands in.
        path: Where in the file.

    Returns:
        Values for all fields of Timing.
    """
    written = over.model_fields_set
    values = {
        name: getattr(over if name in written else under, name) for name in ("every", "min", "max")
    }
    hosts = over.per_host.model_dump(exclude_unset=True)
    values["per_host"] = under.per_host.model_copy(update=hosts) if hosts else under.per_host
    if values["min"] > values["max"]:
        if "max" in written:
            document.report((*path, "max"), "`max` is shorter than `min`")
        elif "min" in written:
            document.report((*path, "min"), "`min` is longer than `max`, which is not set here")
    return values


def _has_location(
    written: dict[str, Any], entry: SourceEntry, document: Located, path: Path
) -> bool:
    """Check that there is exactly one of `url` and `path`, and that the kind goes with it.

    Returns:
        Whether there is one good location, so that more can be said about the source.
    """
    if "url" in written and "path" in written:
        document.report((*path, "path"), "a source has `url` or `path`, not both", at_key=True)
    elif "url" in written or "path" in written:
        needed = _NEEDED.get(entry.kind)
        if needed is not None and needed not in written:
            document.report((*path, "kind"), f"the kind {entry.kind} needs `{needed}`")
        return entry.url is not None or entry.path is not None
    elif not any(did_you_mean(key, _LOCATION) for key in written if key not in _KNOWN):
        document.report(path, "a source needs `url` or `path`")
    return False


def _kind(entry: SourceEntry, document: Located, path: Path) -> str:
    """What the source is, as far as the entry tells; check that its path and selector go with it."""
    is_archive = entry.path is not None and _is_archive(entry.path)
    kind: str = entry.kind
    if kind == "auto" and is_archive:
        kind = "warc"
    elif kind == "auto" and entry.url is not None and entry.select is not None:
        kind = "page"
    if entry.select is not None and kind != "page":
        document.report((*path, "select"), "only the kind page has links to select", at_key=True)
    if kind == "files" and is_archive:
        document.report((*path, "kind"), "files that end in .warc are of the kind warc")
    if kind == "warc" and entry.path and not paths.may_end_in(entry.path, paths.WARC_ENDINGS):
        text = "the kind warc needs a file that ends in .warc or .warc.gz"
        document.report((*path, "kind"), text)
    return kind


def _is_archive(path: str) -> bool:
    """Whether a path or pattern can name WARC files only."""
    may_be_both = paths.may_end_in(path, paths.SOURCE_ENDINGS)
    return paths.may_end_in(path, paths.WARC_ENDINGS) and not may_be_both


def _derived_id(entry: SourceEntry, document: Located, path: Path) -> str:
    """Make an id from the location as it is written, so that no secret gets into it."""
    key = "path" if entry.url is None else "url"
    return derive_id(document.written((*path, key)) or entry.url or entry.path or "")
