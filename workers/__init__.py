"""The RQ program: takes pages from the queue, makes articles of them, commits them.

Imports nothing of `service`. Everything here works on what strangers wrote, in processes that may die.
"""
