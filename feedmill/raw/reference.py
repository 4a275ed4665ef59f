"""Where a raw page is: the file, and which bytes of it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from feedmill.errors import RawPageError

NAME = re.compile(r"feedmill-[0-9]{14}-[0-9a-f]{8}\.warc\.gz")
_WRITTEN = re.compile(rf"({NAME.pattern})#offset=([0-9]{{1,15}})&length=([0-9]{{1,10}})")


@dataclass(frozen=True, slots=True)
class RawRef:
    """The place of a page: `str` of it is the `raw_ref` of an article.

    Attributes:
        file: Name of the file.
        offset: Where in the file its first record begins, in bytes.
        length: How long its records are, in bytes as they lie in the file.
    """

    file: str
    offset: int
    length: int

    def __str__(self) -> str:
        return f"{self.file}#offset={self.offset}&length={self.length}"

    @classmethod
    def parse(cls, text: str) -> RawRef:
        """Read what `str` has written.

        Raises:
            RawPageError: kind `raw-ref`, if it is none. No name that leads out of the folder is one.
        """
        found = _WRITTEN.fullmatch(text)
        if found is None:
            raise RawPageError(f"{text[:100]!r} is no place of a raw page", kind="raw-ref")
        name, offset, length = found.groups()
        return cls(name, int(offset), int(length))


def file_name(now: datetime, unique: str) -> str:
    """The name of a file that is begun at a time, in UTC.

    Args:
        now: The time.
        unique: 8 hexadecimal digits that no other file of that second has.
    """
    return f"feedmill-{now:%Y%m%d%H%M%S}-{unique}.warc.gz"
