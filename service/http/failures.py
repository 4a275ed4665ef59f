"""Whatever goes wrong below, as a `FetchError` of a fixed kind. Pure."""

from __future__ import annotations

import socket
import ssl

import aiohttp
from aiohttp.client_exceptions import ClientConnectorError
from aiohttp.http_exceptions import HttpProcessingError

from feedmill.errors import FetchError
from service.http.guard import AddressRefusedError

# Everything that the client library raises for what a server or the network does.
FAILURES = (aiohttp.ClientError, HttpProcessingError, OSError, ValueError)


def failure(error: Exception) -> FetchError:
    """The error that stands for one of the library's (`FAILURES`)."""
    cause = error.os_error if isinstance(error, ClientConnectorError) else error
    if isinstance(cause, AddressRefusedError):
        return FetchError(
            f"{cause} (`fetch: allow_networks:` in the sources file)", kind="address-refused"
        )
    if isinstance(error, TimeoutError):
        return FetchError("the server did not answer in time", kind="timeout", retryable=True)
    if isinstance(error, aiohttp.ClientProxyConnectionError | aiohttp.ClientHttpProxyError):
        return FetchError(
            "the proxy could not be used (`fetch: proxy:` in the sources file)",
            kind="connect",
            retryable=True,
        )
    if isinstance(error, aiohttp.ClientConnectorDNSError) or isinstance(cause, socket.gaierror):
        return FetchError("the host's name cannot be resolved", kind="dns", retryable=True)
    if isinstance(cause, ssl.SSLError | ssl.CertificateError):
        return FetchError("no secure connection could be made", kind="tls")
    if isinstance(error, ValueError):
        return FetchError("the address is none that can be asked", kind="url-refused")
    if isinstance(error, ClientConnectorError):
        return FetchError("the server could not be reached", kind="connect", retryable=True)
    return FetchError(
        "the server broke off or does not speak HTTP", kind="protocol", retryable=True
    )


def body_failure(error: Exception) -> FetchError:
    """The error that stands for one of the library's while a body is read."""
    if isinstance(error, TimeoutError) or not isinstance(error, aiohttp.ClientError | OSError):
        return failure(error)
    return FetchError("the answer breaks off", kind="truncated", retryable=True)
