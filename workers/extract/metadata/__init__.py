"""What a page says about its article: title, authors, dates, section, access.

=============== ============================================================
`cascade`       one reading: each field from the best source that has it
`page`          one pass over the tree: meta tags, headings, JSON-LD
`jsonld`        JSON-LD, read leniently
`microdata`     elements with `itemprop`
`title`         choosing the title, without the name of the site
`names`         taking stated authors apart, and judging them
`byline`        authors named in the page itself
`authors`       who wrote it, from all of these
`when`          dates, from all of these
`tags`          description, section, tags, pictures
`canonical`     the page's own address, where the claim is plausible
`language`      what the page says, and what its text says
`access`        free or paywalled; pages that are nothing but a wall
`articlebody`   whole texts in JSON-LD and hydration state
=============== ============================================================
"""

from workers.extract.metadata import access, articlebody, language
from workers.extract.metadata.cascade import read
from workers.extract.metadata.model import Metadata
from workers.extract.metadata.page import Page, survey

__all__ = ["Metadata", "Page", "access", "articlebody", "language", "read", "survey"]
