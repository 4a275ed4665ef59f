"""Which addresses of the web may be asked, by how they are written. Pure.

An address is read with the parser that the client itself uses: where two parsers differ about the host,
one of them checks a host that the other does not ask.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from ipaddress import AddressValueError, IPv4Address

from yarl import URL

from feedmill.errors import FetchError
from service.http.addresses import Network, is_allowed

_MAX_LENGTH = 2048  # characters
_MAX_NAME = 253
_BLANKS = " \t\r\n\f"
# Controls, and what parsers disagree about: nobody writes it into an address by accident.
_DANGEROUS = re.compile("[\x00-\x1f\x7f\\\\\ufffd\u2028\u2029\ud800-\udc7f\udd00-\udfff]")
# What has to be percent-encoded and, in a redirect, often is not; raw bytes come as surrogates.
_IMPROPER = re.compile('[ <>"{}|^`\udc80-\udcff]')
_FORM = re.compile(r"https?://([^/?#]*)", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.IGNORECASE)
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_INSIDE = re.compile(
    r"(?:[^.]+|.*\.(?:localhost|local|internal|intranet|lan|home|corp|localdomain|home\.arpa|onion))"
)


def check_url(url: str, ports: Collection[int], allow: Collection[Network] = ()) -> URL:
    """Read an address and check that it may be asked.

    Args:
        url: The address.
        ports: That may be asked.
        allow: Networks the operator has allowed. With any, names that only make sense inside a network
            (`rss-bridge`, `news.intranet`) may be asked too; the guard lets them lead there only.

    Returns:
        The address without its fragment and without the dot at the end of its host.

    Raises:
        FetchError: kind `url-refused`, or `address-refused` for an IP address that is not allowed.
    """
    text = url.strip(_BLANKS)
    authority = _authority(text)
    if "@" in authority:
        raise _refused("addresses with a user name are not fetched")
    if not authority or "%" in authority:
        raise _refused("the address has no host that could be asked")
    try:
        parsed = URL(text)
        host, port = (parsed.raw_host or "").lower(), parsed.port
        has_user = parsed.user is not None or parsed.password is not None
    except (ValueError, IndexError) as error:
        raise _refused("the address cannot be read") from error
    if parsed.scheme not in {"http", "https"} or has_user:
        raise _refused("the address is not one of http or https")
    if port not in ports:
        raise _refused(
            f"port {port} is not among the allowed ports (`fetch: ports:` in the sources file)"
        )
    host = host.removesuffix(".")
    _check_host(host, allow)
    try:
        return parsed.with_host(host).with_fragment(None)
    except ValueError as error:
        raise _refused("the host's name is none") from error


def is_inside(host: str) -> bool:
    """Whether a name makes sense only inside some network: one label, or a suffix that is not public."""
    return _INSIDE.fullmatch(host) is not None


def redirected(location: str, base: URL) -> str:
    """The address that a `Location` header means; not checked yet.

    What a browser would mend is mended: raw bytes and characters that should have been percent-encoded.

    Args:
        location: The header, bytes outside UTF-8 as surrogates.
        base: The address that answered.

    Raises:
        FetchError: kind `url-refused` if it has controls or is too long, `redirects` if it leads nowhere.
    """
    text = location.strip(_BLANKS)
    if len(text) > _MAX_LENGTH or _DANGEROUS.search(text):
        raise _refused("the server redirects to an address that is none")
    try:
        return str(base.join(URL(_IMPROPER.sub(_quoted, text))))
    except (ValueError, IndexError) as error:
        raise FetchError("the server redirects to nowhere", kind="redirects") from error


def _authority(text: str) -> str:
    if len(text) > _MAX_LENGTH:
        raise _refused(f"the address has more than {_MAX_LENGTH} characters")
    if _DANGEROUS.search(text) or _IMPROPER.search(text):
        raise _refused("the address has characters in it that no address has")
    form = _FORM.match(text)
    if form is None:
        raise _refused("the address is not one of http or https")
    return form[1]


def _check_host(host: str, allow: Collection[Network]) -> None:
    if ":" in host or _NUMBER.fullmatch(host.rpartition(".")[2]):
        if ":" not in host and not _is_dotted_quad(host):
            raise _refused("the host is a number that is no proper IPv4 address")
        if not is_allowed(host, allow):
            raise FetchError(
                f"{host} is not a public address (`fetch: allow_networks:` in the sources file)",
                kind="address-refused",
            )
        return
    if len(host) > _MAX_NAME or not all(_LABEL.fullmatch(label) for label in host.split(".")):
        raise _refused("the host's name is none")
    if is_inside(host) and not allow:
        raise _refused(
            "the host's name is one of a network inside (`fetch: allow_networks:` in the sources file)"
        )


def _is_dotted_quad(host: str) -> bool:
    try:
        return str(IPv4Address(host)) == host
    except AddressValueError:
        return False


def _quoted(improper: re.Match[str]) -> str:
    code = ord(improper[0])
    return f"%{code & 0xFF:02X}"


def _refused(message: str) -> FetchError:
    return FetchError(message, kind="url-refused")
