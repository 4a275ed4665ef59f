"""The identity of an address: which addresses lead to the same article.

Four forms of one address, from the one that is fetched to the one that is guessed:

- as it stands: what is fetched, never rewritten here, except that `unwrap` takes it out of a link that wraps it;
- `canonical`: can still be fetched; equivalent spellings (WHATWG, RFC 3986) are equal, tracking is left out;
- `key`: for comparing; leaves out the scheme, `www.` and whatever else surely makes no other article;
- `aliases`: keys that probably, not surely, mean the same article: those of the plain page of a mobile or AMP one.
"""

from feedmill.urls.forms import canonical, host, is_home, key
from feedmill.urls.naming import digest
from feedmill.urls.variants import aliases
from feedmill.urls.wrapped import unwrap

__all__ = ["aliases", "canonical", "digest", "host", "is_home", "key", "unwrap"]
