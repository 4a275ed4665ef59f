"""From the bytes of a feed to entries. Pure, and run in processes of its own.

============= ==================================================================================
`model`       what comes out, the same for every format
`parse`       bytes of a feed to entries: which reader, in which order
`pool`        the processes it runs in
`text`        bytes to text: the encoding that is, not the one that is declared
`prolog`      what stands before the first element; takes DTDs out
`mend`        repairs of what is nearly XML
`tree`        XML to a tree, and what was wrong with it
`names`       short names of elements, whatever their namespace is called
`xmlfeed`     a tree to a feed (RSS, RDF, Atom, CDF)
`entry`       ... one of its entries; `places`: the addresses in it
`sitemap`     a tree to a sitemap or an index of them
`jsonfeed`    JSON to a feed
`loose`       what is no XML to a feed, by feedparser
`raw`         what these readers find: nothing resolved, nothing bounded
`finish`      ... made of it: addresses absolute, times read, all within `limits`
`links`       addresses
`dates`       times; `date_names`: the names of months and zones
`markup`      elements and HTML to text, elements to HTML
`clean`       HTML made harmless, where it leaves feedmill
`discover`    the feeds that a page names
`listing`     the articles that a page lists
============= ==================================================================================
"""
