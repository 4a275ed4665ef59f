"""What the service and the workers share: the article, the configuration and the Redis layout.

Starts nothing and imports neither `service` nor `workers`.
"""

__version__ = "0.1.0"
