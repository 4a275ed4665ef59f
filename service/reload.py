"""A changed sources file is taken while the service runs; a broken one changes nothing and says so."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from feedmill import log
from feedmill.config import Settings, Source, load
from feedmill.errors import ConfigError
from service.tasks import heed_cancellation

LOOK_EVERY = 2.0  # seconds
_AT_START_ONLY = ("redis", "prefix", "data_dir", "websub", "stream", "raw")

Signature = tuple[tuple[str, int, int, int], ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """What is different between two configurations; sources are compared by their id."""

    added: tuple[Source, ...]
    removed: tuple[Source, ...]
    changed: tuple[Source, ...]
    at_start_only: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether no source is different."""
        return not (self.added or self.removed or self.changed)


def enabled(settings: Settings) -> tuple[Source, ...]:
    """The sources that are to be looked at."""
    return tuple(source for source in settings.sources if source.enabled)


def changes(old: Settings, new: Settings) -> Changes:
    """What is different between two configurations."""
    before = {source.id: source for source in enabled(old)}
    after = {source.id: source for source in enabled(new)}
    return Changes(
        added=tuple(source for key, source in after.items() if key not in before),
        removed=tuple(source for key, source in before.items() if key not in after),
        changed=tuple(
            source for key, source in after.items() if key in before and source != before[key]
        ),
        at_start_only=tuple(
            name for name in _AT_START_ONLY if getattr(old, name) != getattr(new, name)
        ),
    )


def signature(settings: Settings) -> Signature:
    """Differs when one of the files that settings were read from may have changed, or another one would be."""
    found = []
    for path in sorted({*settings.files, *settings.would_read()}):
        try:
            status = path.stat()
        except OSError:
            found.append((os.fspath(path), 0, 0, 0))
        else:
            found.append((os.fspath(path), status.st_mtime_ns, status.st_size, status.st_ino))
    return tuple(found)


class Reloader:
    """Watches the files of a configuration.

    Args:
        settings: The configuration in force.
        apply: Puts another one into force.
        refuse: Is told what is wrong with one that cannot be taken.
    """

    def __init__(
        self,
        settings: Settings,
        apply: Callable[[Settings, Changes], Awaitable[None]],
        refuse: Callable[[Sequence[str]], Awaitable[None]],
    ) -> None:
        self._settings = settings
        self._taken = self._seen = signature(settings)
        self._apply = apply
        self._refuse = refuse

    async def keep_watching(self) -> None:
        """Look for changes, for ever."""
        while True:
            heed_cancellation()
            await asyncio.sleep(LOOK_EVERY)
            await self.look()

    async def look(self) -> bool:
        """Take the configuration if its files have changed, and have come to rest: one may be half written.

        Returns:
            Whether a new one has been put into force.
        """
        seen = await asyncio.to_thread(signature, self._settings)
        is_at_rest = seen == self._seen
        self._seen = seen
        if seen == self._taken or not is_at_rest:
            return False
        self._taken = seen
        try:
            settings = await asyncio.to_thread(load, self._settings.path)
        except ConfigError as error:
            await self._tell_problems(error.problems)
            return False
        await self._take(settings)
        return True

    async def _take(self, settings: Settings) -> None:
        found = changes(self._settings, settings)
        self._settings = settings
        self._taken = self._seen = await asyncio.to_thread(signature, settings)
        await self._apply(settings, found)
        log.get("service").info(
            "configuration reloaded",
            added=len(found.added),
            removed=len(found.removed),
            changed=len(found.changed),
        )
        for name in found.at_start_only:
            log.get("service").warning("this setting is taken at the next start only", setting=name)

    async def _tell_problems(self, problems: Sequence[str]) -> None:
        log.get("service").error(
            "the changed configuration has mistakes; the old one stays in force",
            path=str(Path(self._settings.path).name),
            count=len(problems),
        )
        for problem in problems:
            log.get("service").error("mistake in the configuration", problem=problem)
        await self._refuse(problems)
