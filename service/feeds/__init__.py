"""From the bytes of a feed to entries. Pure, and run in processes of its own.

========== ===============================================================
`model`    what comes out, the same for every format
`parse`    bytes of a feed to entries
`pool`     the processes it runs in
========== ===============================================================
"""
