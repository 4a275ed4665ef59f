"""The asyncio program: polls sources, fetches pages, hands them to the workers through the queue.

All network traffic and all politeness live here, because only one scheduler can know what a host is
being asked. Imports nothing of `workers`: jobs are enqueued by name.
"""
