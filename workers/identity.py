"""Which addresses of a page name its article: the rules by which a redirect or a page's own claim is believed.

The address that was asked for always names the article. The one that answered does so too unless it is one
that many articles may be sent to: a login, a question for consent, a section. `rel=canonical` and `og:url` are
strangers' claims; where plausible they are names that the text has to confirm. Decisions with their reasons:
docs/adr/0017-identity.md. Pure: no network, no Redis.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from courlan import extract_domain

from feedmill import urls
from feedmill.urls.address import Address, read
from feedmill.urls.forms import is_front
from feedmill.urls.signs import PAGES, Signs, selected, signs
from feedmill.urls.wrapped import resolve

_LEAST_SHARED = 2  # words of a title

_GATES = frozenset(
    """login log-in signin sign-in signup sign-up sign_in register registration registrieren anmelden anmeldung logout
    auth oauth oauth2 sso account accounts myaccount subscribe subscription subscriptions subscriber abo abonnement
    abonnieren suscripcion suscribete s-abonner connexion paywall meter consent consents cookie-consent cookieconsent
    cookies privacy-gate gdpr dsgvo zustimmung einwilligung captcha challenge cdn-cgi blocked denied forbidden
    access-denied unavailable geoblock georestricted age-check agegate error errors 404 403 410 not-found notfound
    page-not-found maintenance wartung unsupported browser-not-supported checkout offers offer interstitial
    welcome-back collectconsent copyconsent""".split()
)
_GATE_HOSTS = frozenset(
    """login signin auth accounts account myaccount sso consent consents guce cmp subscribe subscription abo idp
    sourcepoint error errors captcha""".split()
)
_LOCALE = re.compile(r"[a-z]{2}(?:[-_][a-z]{2})?", re.IGNORECASE)
_LANGUAGES = frozenset(
    """ar bg bn ca cs da de el en es et eu fa fi fr gl he hi hr hu hy id is it ja ka kk ko lt lv mk ms nl no pl pt ro
    ru sk sl sq sr sv sw th tr uk ur uz vi zh""".split()
)
_PAGE_IN_PATH = re.compile(
    r"/(?:page|seite|pagina|p)[/-]?(\d{1,3})/?$|(?<=[^/\d]{4})/(\d)/?$", re.IGNORECASE
)
_SMALL = re.compile(r"\d{1,3}")
# Platforms whose customers have a name each below theirs: one must not claim what is another's.
_PLATFORMS = frozenset(
    """blogspot.com wordpress.com github.io gitlab.io substack.com medium.com tumblr.com livejournal.com typepad.com
    netlify.app vercel.app pages.dev workers.dev web.app firebaseapp.com herokuapp.com over-blog.com canalblog.com
    hatenablog.com hatenablog.jp hateblo.jp wixsite.com weebly.com ghost.io beehiiv.com squarespace.com blogg.se
    home.blog fc2.com livedoor.blog exblog.jp tistory.com jimdofree.com neocities.org bearblog.dev hashnode.dev
    webnode.com altervista.org overblog.com skyrock.com cdn.ampproject.org""".split()
)


@dataclass(frozen=True, slots=True)
class Keys:
    """What a page's article may be known by.

    Attributes:
        address: The address that the article is named after; can be fetched.
        strong: Keys of addresses that surely lead to it, that of `address` first. Its digest is the article's id.
        weak: Keys of addresses that probably do; the texts have to agree.
    """

    address: str
    strong: tuple[str, ...]
    weak: tuple[str, ...] = ()


def url_keys(
    asked: str, *, final: str | None = None, canonical: str | None = None, og_url: str | None = None
) -> Keys:
    """The keys of a page's article.

    A claim that is also an alias by the form of the address (`feedmill.urls.aliases`) has two witnesses and is strong.

    Args:
        asked: The address that was asked for, or what stands for the article where there is none (`Page.identity`).
        final: The address that answered, after redirects.
        canonical: What the page states as `rel=canonical`, absolute.
        og_url: What it states as `og:url`, absolute.

    Raises:
        ValueError: `asked` cannot be taken apart. The others are strangers' words, and passed over then.
    """
    address = urls.unwrap(final if final and trusted_final(asked, final) else asked)
    sure = list(dict.fromkeys((urls.key(address), urls.key(asked))))
    guessed = list(dict.fromkeys(alias for one in (address, asked) for alias in urls.aliases(one)))
    claims = [claim for claim in (canonical, og_url) if claim and plausible_alias(address, claim)]
    claimed = list(dict.fromkeys(map(urls.key, claims)))
    strong = dict.fromkeys([*sure, *(one for one in claimed if one in guessed)])
    weak = dict.fromkeys(one for one in (*claimed, *guessed) if one not in strong)
    return Keys(address, tuple(strong), tuple(weak))


def trusted_final(asked: str, final: str) -> bool:
    """Whether the address that answered names the article: not where many others may be sent to as well.

    Trusted is what keeps the title's words or an id of what was asked for; and, where there was nothing to keep (a
    short link, a number of the CMS), what looks like an article of its own.
    """
    pair = _both(asked, final)
    if pair is None:
        return False
    before, after = pair
    if urls.key(asked) == urls.key(final):
        return True
    if is_front(after) or is_gate(before, after) or is_other_page(before, after):
        return False
    old, new = signs(before), signs(after)
    if old.words and is_above(before, after):
        return _share_words(old, new)  # a number that is left may be the section's
    if share(old, new):
        return True
    if old.words or (differ(old, new) and is_same_site(before, after)):
        return False  # the title is gone: another article, a topic, or who bought the domain
    return selects(after) and not new.is_list


def plausible_alias(page_url: str, claimed: str) -> bool:
    """Whether the address that a page claims as its own (`rel=canonical`, `og:url`) may be its article's.

    Args:
        page_url: Where the page is.
        claimed: An absolute address.
    """
    pair = _both(page_url, claimed)
    if pair is None:
        return False
    page, claim = pair
    if urls.key(page_url) == urls.key(claimed):
        return True
    if is_front(claim) or not is_same_site(page, claim) or is_gate(page, claim):
        return False
    if is_other_page(page, claim) or is_other_language(page, claim) or drops_id(page, claim):
        return False
    old, new = signs(page), signs(claim)
    if is_above(page, claim) and not (_share_words(old, new) if old.words else share(old, new)):
        return False  # a section above the article
    if not selects(claim):
        return False  # every page of the site may claim it
    return share(old, new) or not differ(old, new)


def is_gate(before: Address, after: Address) -> bool:
    """Whether an address leads to what stands before articles: a login, an offer, a question for consent, an error.

    A part that the first address has as well is no gate: `/account/` may be the name of a desk.
    """
    names = {_bare(part) for part in _segments(after)} & _GATES
    if names - {_bare(part) for part in _segments(before)}:
        return True
    first, _, below = after.host.partition(".")
    return after.host != before.host and "." in below and first in _GATE_HOSTS


def is_same_site(one: Address, other: Address) -> bool:
    """Whether two addresses are of one publisher: the same registrable domain, the same tenant of a platform."""
    return one.host == other.host or _site(one) == _site(other)


def is_other_page(one: Address, other: Address) -> bool:
    """Whether two addresses are different pages of a list or a long article: page 2 has a text of its own.

    Only where both have the rest in common: a number at the end may be an id as well.
    """
    mine, rest = _page_number(one)
    its, other_rest = _page_number(other)
    return mine != its and rest == other_rest


def is_other_language(one: Address, other: Address) -> bool:
    """Whether two addresses begin with different languages: translations are articles of their own."""
    mine, its = _language(one), _language(other)
    return bool(mine and its and mine != its)


def drops_id(page: Address, claim: Address) -> bool:
    """Whether a claim has lost what selects the article: templates often state the script without its query."""
    if page.path.rstrip("/") != claim.path.rstrip("/"):
        return False
    # Of a path that is an article's by itself, what is not called an id says how it is shown: `?print=1`.
    values = selected(page.query, named=signs(page._replace(query="")).is_article)
    return bool(values) and not values & signs(claim).ids


def selects(address: Address) -> bool:
    """Whether an address may be that of one article: by its path, or by a parameter that is called an id.

    Other parameters may hold anything: `/?from=app1` is a front page.
    """
    by_path = signs(address._replace(query="")).is_article
    return by_path or bool(selected(address.query, named=True))


def is_above(page: Address, claim: Address) -> bool:
    """Whether a claim's path is a beginning of the page's own."""
    mine, its = _segments(page), _segments(claim)
    return not claim.query and len(its) < len(mine) and mine[: len(its)] == its


def share(one: Signs, other: Signs) -> bool:
    """Whether two addresses have an id or most words of the title in common."""
    return bool(one.ids & other.ids) or _share_words(one, other)


def differ(one: Signs, other: Signs) -> bool:
    """Whether two addresses say the same kind of thing and not the same: other words, or another id and no words."""
    if one.words and other.words:
        return True
    return bool(one.ids and other.ids) and not (one.words or other.words)


def _share_words(one: Signs, other: Signs) -> bool:
    common = len(one.words & other.words)
    shorter = min(len(one.words), len(other.words))
    return common > 0 and common >= min(shorter, max(_LEAST_SHARED, shorter / 2))


def _both(one: str, other: str) -> tuple[Address, Address] | None:
    """Two addresses in parts, taken out of what wraps them; None if one of them is none of the web."""
    try:
        found = [resolve(address) for address in (read(one), read(other)) if address]
    except ValueError:
        return None
    return (found[0], found[1]) if found[1:] else None


def _site(address: Address) -> str:
    host = address.host.removeprefix("www.")
    site = extract_domain(f"https://{host}/", fast=True) or host
    if site not in _PLATFORMS and not site.startswith("blogspot."):
        return site
    below = host.removesuffix(site).rstrip(".")
    return f"{below.rpartition('.')[2]}.{site}"  # `m.` of a tenant is the tenant


def _segments(address: Address) -> list[str]:
    return [part for part in (address.path + address.route).split("/") if part]


def _bare(segment: str) -> str:
    return segment.lower().partition(".")[0]


def _language(address: Address) -> str:
    first = next(iter(_segments(address)), "").lower()
    if _LOCALE.fullmatch(first) and first[:2] in _LANGUAGES:
        return first
    label, _, below = address.host.partition(".")
    return label if "." in below and label in _LANGUAGES else ""


def _page_number(address: Address) -> tuple[int, tuple[str, str]]:
    """The number of a page of several, 1 if the address has none, and the address without it."""
    number, path = 1, address.path
    if found := _PAGE_IN_PATH.search(path):
        number, path = int(next(filter(None, found.groups()))), path[: found.start()]
    kept = []
    for pair in _pairs(address.query):
        name, _, value = pair.partition("=")
        if name.lower() in PAGES and _SMALL.fullmatch(value):
            number = int(value)
        else:
            kept.append(pair)
    return number, (path.rstrip("/"), "&".join(kept))


def _pairs(query: str) -> Iterable[str]:
    return query.split("&") if query else ()
