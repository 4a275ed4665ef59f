"""Other forms that a publisher gives to one article: for telephones, as AMP, with the name of the index file."""

from __future__ import annotations

import re

from feedmill.urls.address import Address, read
from feedmill.urls.forms import is_front, key_of, without_index
from feedmill.urls.signs import signs
from feedmill.urls.wrapped import resolve

_HOSTS = ("m.", "mobile.", "amp.")
_WIKIS = (".m.wikipedia.org", ".m.wikinews.org")
# Below a country's two letters these are no names of anybody: `m.co.uk` is a site and `co.uk` none.
_SECOND_LEVEL = frozenset("ac co com edu go gob gov gv info mil ne net nom or org".split())
_COUNTRY = 2  # letters
_LONGEST_NAME = 253  # characters, in DNS
_AMP_AT_END = re.compile(r"(?<![.~_-]amp)(?:[.~_-]amp)+(?=(?:\.html?)?$)", re.IGNORECASE)
_BLOGGER = re.compile(r"/\d{4}/\d\d/[^/]+\.html")
_YES = frozenset({"", "1", "true", "yes", "amp"})
_SWITCHES = {
    **dict.fromkeys(("amp", "_amp", "isamp", "amp_markup"), _YES),
    **dict.fromkeys(
        ("outputtype", "output", "format", "view", "type", "layout"), frozenset({"amp"})
    ),
    "noamp": frozenset({"mobile", "available", "1"}),
}


def aliases(url: str) -> tuple[str, ...]:
    """Keys that probably mean the same article: that of the plain page, if this is another form of it.

    Two addresses may be one article if any of their keys and aliases are the same. It is for the texts to say
    whether they are: some sites show something else under `m.`. A front page has none and is none, and what is
    left of a path without `amp` must still look like an article's and not like a section's.

    Raises:
        ValueError: `url` cannot be taken apart.
    """
    address = read(url)
    if address is None:
        return ()
    address = resolve(address)
    plain = _plain(address)
    if plain == address or is_front(address) or is_front(plain):
        return ()
    name = key_of(plain)
    return () if name == key_of(address) else (name,)


def _plain(address: Address) -> Address:
    address = address._replace(host=_plain_host(address.host))
    address = address._replace(query=_plain_query(address))
    address = address._replace(path=without_index(address.path))
    if "amp" not in address.path.lower():
        return address
    path = _AMP_AT_END.sub("", address.path.rstrip("/"))
    path = "/".join(part for part in path.split("/") if part.lower() != "amp") or "/"
    shorter = address._replace(path=path)
    # `/politics/amp` is a section. Further down it is the texts that tell.
    is_deep = path.strip("/").count("/") > 0
    return shorter if path != address.path and (is_deep or signs(shorter).is_article) else address


def _plain_host(host: str) -> str:
    if len(host) > _LONGEST_NAME:
        return host
    for wiki in _WIKIS:
        if host.endswith(wiki):
            return host.removesuffix(wiki) + wiki.removeprefix(".m")
    bare = host.removeprefix("www.")
    while bare.startswith(_HOSTS) and _is_site(rest := bare.partition(".")[2]):
        bare = rest.removeprefix("www.")
    return bare if _is_site(bare) else host


def _is_site(name: str) -> bool:
    """Whether a name may be somebody's: two labels at least, and no country's second level.

    Counted, not looked up in the public suffix list: an alias is never believed without a look at the texts.
    """
    labels = name.split(".")
    if len(labels) != 2:  # noqa: PLR2004
        return len(labels) > 1
    return not (len(labels[1]) == _COUNTRY and labels[0] in _SECOND_LEVEL)


def _plain_query(address: Address) -> str:
    if not address.query:
        return ""
    is_blogger = bool(_BLOGGER.fullmatch(address.path))
    return "&".join(
        pair
        for pair in address.query.split("&")
        if not _switches(pair.lower(), is_blogger=is_blogger)
    )


def _switches(pair: str, *, is_blogger: bool) -> bool:
    """Whether a parameter chooses the form that a page is shown in: as AMP, or Blogger's for telephones."""
    name, _, value = pair.partition("=")
    return value in _SWITCHES.get(name, ()) or (is_blogger and name == "m" and value in {"0", "1"})
