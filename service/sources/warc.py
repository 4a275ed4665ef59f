"""Placeholder until helper SOURCES lands."""


async def poll(*_args, **_kwargs):
    return
    yield
