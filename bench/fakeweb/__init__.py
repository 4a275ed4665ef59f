"""A fake web on loopback: thousands of hosts and feeds behind one port, told apart by the Host header.

=============== ====================================================================
`plan`          what there is: hosts, feeds, their publishing and their quirks
`population`    draws a plan from a seed
`documents`     the bytes: feeds, pages, robots.txt
`web`           what is answered to whom when, and the log of it
`cases`         the answers of feeds with quirks
`server`        plays the answers over HTTP, slow and endless ones too
=============== ====================================================================

All times are Unix seconds of a virtual clock. Nothing here knows the client under test.
"""
