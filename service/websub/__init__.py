"""WebSub: hubs push what is new, so that feeds need not be asked as often.

`protocol` and `signature` decide, `subscriber` asks hubs, `server` answers them, `inbox` holds what they
pushed until it is worked on, `ledger` remembers, and `client` puts these together.
"""

from service.websub.client import WebSub, WebSubOptions
from service.websub.protocol import HubAnswer

__all__ = ["HubAnswer", "WebSub", "WebSubOptions"]
