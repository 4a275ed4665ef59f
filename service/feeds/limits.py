"""How much of a feed is taken."""

from __future__ import annotations

MAX_ENTRIES = 5000
MAX_CHILDREN = 50_000  # sitemaps in an index: what the protocol allows
MAX_BYTES = 32_000_000  # of a document
MAX_CONTENT = 500_000  # characters of one entry's content
MAX_SUMMARY = 20_000  # characters
MAX_LINE = 4000  # characters of a title, an identifier, a date
MAX_NAME = 500  # characters of an author or a tag
MAX_ADDRESS = 8000  # characters
MAX_MANY = 50  # authors, tags, enclosures of an entry
MAX_TEXT = 20_000_000  # characters of summaries and contents of a feed together
