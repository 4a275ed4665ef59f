"""One module per kind of source; all of them yield the same `Item`.

============ ===============================================================
`item`       what a source yields
`files`      local files and globs
`feed`       RSS and Atom over HTTP
`feedparse`  bytes of a feed to entries; runs in a process of its own
`parsers`    the pool of those processes
============ ===============================================================
"""
