"""One module per kind of source; all of them yield the same `Item`.

========== ===============================================================
`item`     what a source yields
`files`    local files and globs
`feed`     RSS, Atom and JSON Feed over HTTP
========== ===============================================================
"""
