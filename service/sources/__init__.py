"""One module per kind of source; all of them yield the same `Item`.

========== ===============================================================
`item`     what a source yields
`looker`   which kind is looked at by which module
`feed`     RSS, Atom and JSON Feed over HTTP
`site`     a site's address: its feeds are found
`listing`  a page that lists articles
`sitemap`  sitemaps and their indexes
`files`    local files and globs
`warc`     web archives; `warcfile` and `unpack` read their records
`means`    what a look over HTTP needs
`pace`     how often the hosts of a source may be asked
========== ===============================================================
"""
