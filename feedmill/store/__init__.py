"""The Redis layout: every key, and every script that changes several keys at once.

============== ==================================================================
`keys`         the names of all keys
`connection`   clients with the time-outs and retries that fit
`pages`        pages between the service and the workers
`commit`       the one atomic step that stores an article (`commit.lua`)
`quarantine`   what failed for good, with the reason (`quarantine.lua`)
`articles`     reading articles and the stream `articles`
`sources`      what is remembered about each source between polls
`groups`       how consumer groups stand (`groups.lua`, `groups_read.lua`)
`trim`         trimming streams, never into what a group has to read (`trim.lua`)
`retention`    removing articles with all that belongs to them (`retire.lua`)
============== ==================================================================
"""
