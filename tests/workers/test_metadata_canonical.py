"""The address a page calls its own: believed where it is plausible."""

from __future__ import annotations

import pytest
from lxml.html import fromstring

from tests.workers.samples import html_page
from workers.extract import metadata

URL = "https://www.harbour.co.uk/a/1?utm_source=x"


def canonical(*claims: str, og: str = "", url: str | None = URL) -> str | None:
    links = "".join(f'<link rel="canonical" href="{claim}">' for claim in claims)
    head = links + (f"<meta property=og:url content='{og}'>" if og else "")
    return metadata.read(fromstring(html_page(head=head)), url).canonical_url


@pytest.mark.parametrize(
    "claim",
    [
        *(
            "https://www.harbour.co.uk/a/1",
            "https://news.harbour.co.uk/a/1",
            "http://harbour.co.uk/1.html",
        ),
        "https://www.harbour.co.uk/?id=1",
    ],
)
def test_a_plausible_claim(claim):
    assert canonical(claim) == claim


@pytest.mark.parametrize(
    "claim",
    [
        *("https://www.harbour.co.uk/", "https://www.harbour.co.uk", "/"),
        *(
            "https://other.co.uk/a/1",
            "https://harbour.example/a/1",
            "https://harbour.co.uk.evil.example/a",
        ),
        *("https://127.0.0.1/a", "https://www.harbour.co.uk/" + "x" * 5000),
    ],
)
def test_an_implausible_claim(claim):
    assert canonical(claim) is None


def test_the_first_plausible_claim_is_taken():
    assert canonical("/", "/a/1") == "https://www.harbour.co.uk/a/1"
    assert canonical("https://other.co.uk/x", og="/a/2") == "https://www.harbour.co.uk/a/2"


def test_the_home_page_may_call_itself_so():
    assert (
        canonical("https://harbour.co.uk/", url="https://harbour.co.uk/")
        == "https://harbour.co.uk/"
    )


def test_without_an_address_only_home_pages_are_refused():
    assert canonical("https://harbour.co.uk/a", url=None) == "https://harbour.co.uk/a"
    assert canonical("https://harbour.co.uk/", url=None) is None


def test_addresses_in_numbers_are_compared_as_they_are():
    assert (
        canonical("http://127.0.0.1:8000/b", url="http://127.0.0.1:8000/a")
        == "http://127.0.0.1:8000/b"
    )
    assert canonical("http://127.0.0.2/b", url="http://127.0.0.1/a") is None
