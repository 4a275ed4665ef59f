"""Pages: the article among everything else that a page shows.

============ =================================================================
`page`       the parsed tree, whatever its depth
`outline`    the blocks of text in it, and the elements they stand in
`marks`      what tags, classes and ids say an element is
`features`   what can be said of a block in numbers
`votes`      what other extractors and texts say of it
`judge`      how likely each block belongs to the article
`choice`     the set of blocks that makes the best text
`endings`    short last paragraphs
`repeats`    lines that other pages of the site have too
`reasons`    why a block was left out
`render`     the text, and plain HTML
`article`    all of this together
============ =================================================================
"""

from workers.extract.html.article import HtmlReading, read

__all__ = ["HtmlReading", "read"]
