"""HTML, text or neither: the bytes say more than the server."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workers.samples import PROSE, html_page
from workers.extract.kind import Kind, kind_of

TEXT = "\n".join(PROSE).encode()


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        pytest.param(html_page(), None, id="unnamed"),
        pytest.param(html_page(), "text/html; charset=utf-8", id="named"),
        pytest.param(html_page(), "text/plain", id="served as text"),
        pytest.param(b"<!DOCTYPE HTML>\n<title>x</title>", None, id="doctype in capitals"),
        pytest.param(b"\xef\xbb\xbf<html><body>x", None, id="after a byte order mark"),
        pytest.param(b"\n  <!-- made by hand -->\n<html>", None, id="after a comment"),
        pytest.param(b"<p>a</p><p>b</p><p>c</p>", None, id="blocks without a document"),
        pytest.param(b"<p class=x>a</p>", "text/html", id="one block, served as HTML"),
        pytest.param(b"<em>a</em>", "application/xhtml+xml", id="served as XHTML"),
        pytest.param(html_page().decode().encode("utf-16"), None, id="UTF-16"),
        pytest.param("\ufeff<html>".encode("utf-16-be"), None, id="UTF-16, big end first"),
        pytest.param(b"\r\n" * 5000 + html_page(), "text/html", id="after 10 kB of blank lines"),
    ],
)
def test_html(content, content_type):
    assert kind_of(content, content_type) is Kind.HTML


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        pytest.param(TEXT, None, id="unnamed"),
        pytest.param(TEXT, "text/html", id="served as HTML without a tag in it"),
        pytest.param(b"", None, id="nothing"),
        pytest.param(b"# Title\n\n" + TEXT, "text/markdown", id="Markdown"),
        pytest.param(b"if a < b and b > c", "text/plain", id="signs of comparison"),
        pytest.param("Größe".encode("cp1252"), None, id="not UTF-8"),
        pytest.param("\ufeffGröße".encode("utf-16"), None, id="UTF-16"),
        pytest.param(b"a <b>word</b> in bold, and <i>one</i>", "text/plain", id="a little markup"),
    ],
)
def test_text(content, content_type):
    assert kind_of(content, content_type) is Kind.TEXT


@pytest.mark.parametrize(
    "content",
    [
        *(b"%PDF-1.7 x", b"\x89PNG\r\n", b"\xff\xd8\xff\xe0", b"GIF89a", b"PK\x03\x04x"),
        *(b"\x1f\x8b\x08", b"RIFF....WEBP", b"a\x00b", b"<html>\x00\x00\x00"),
    ],
)
@pytest.mark.parametrize("content_type", [None, "text/html"])
def test_neither(content, content_type):
    assert kind_of(content, content_type) is Kind.OTHER


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b'<?xml version="1.0"?><rss><channel><title>x</title></channel></rss>', None),
        (b'<?xml version="1.0"?><urlset><url/></urlset>', "application/xml"),
        (b"body { color: red }", "text/css"),
        (b"var a = 1;", "text/javascript; charset=utf-8"),
        (b'{"a": "some words here"}', "application/json"),
    ],
)
def test_what_is_for_machines_is_no_text_to_read(content, content_type):
    assert kind_of(content, content_type) is Kind.OTHER


@pytest.mark.parametrize("content_type", [None, "text/html", "text/plain"])
def test_random_bytes_are_neither(content_type):
    noise = random.Random(1).randbytes(5_000_000)
    for content in (noise, noise.replace(b"\x00", b"")):
        started = time.process_time()
        assert kind_of(content, content_type) is Kind.OTHER
        assert time.process_time() - started < 0.1


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_what_it_is(codec):
    page = "<!doctype html><html><body><p>Größe</p></body></html>"
    assert kind_of(page.encode(codec), None) is Kind.HTML
    assert kind_of("Größe und kein Ende".encode(codec), None) is Kind.TEXT


def test_japanese_with_its_escapes_is_text():
    assert kind_of(("港は冬の間閉まります。" * 9).encode("iso2022_jp"), None) is Kind.TEXT


def test_a_control_character_by_mistake_is_no_reason():
    assert kind_of(b"Some words\x0b and more, " + b"and more words. " * 9, None) is Kind.TEXT


@settings(max_examples=50)
@given(st.binary(max_size=300), st.none() | st.text(max_size=30))
def test_every_input_has_a_kind(content, content_type):
    assert kind_of(content, content_type) in Kind
