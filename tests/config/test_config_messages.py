"""Every mistake: its line, its column, its path and its sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Folder

A = "https://a.example/feed"

MISTAKES = {
    # the main file
    "no version": (
        "sources: []",
        "1:1: version: is missing; write `version: 1`",
    ),
    "version of the future": (
        "version: 2",
        "1:10: version: expected 1, the only version there is, got 2",
    ),
    "version true is not 1": (
        "version: true",
        "1:10: version: expected 1, the only version there is, got true",
    ),
    "unknown key": (
        "version: 1\n\nprefx: a",
        "3:1: prefx: unknown key (did you mean 'prefix'?)",
    ),
    "unknown key far from all": (
        "version: 1\nzzz: a",
        "2:1: zzz: unknown key",
    ),
    "keys of Settings that are not written": (
        "version: 1\npath: /etc/x",
        "2:1: path: unknown key",
    ),
    "no value": (
        "version: 1\nsources:\n",
        "2:9: sources: has no value; give one, or leave the key out",
    ),
    "no list": (
        "version: 1\nsources: {a: 1}",
        "2:10: sources: expected a list, got keys and values",
    ),
    "text for a mapping": (
        "version: 1\nfetch: fast",
        "2:8: fetch: expected keys and values, got 'fast'",
    ),
    "redis": (
        "version: 1\nredis: localhost:6379",
        "2:8: redis: expected embedded, or a URL that begins with redis:// or rediss:// or unix://",
    ),
    "redis port": (
        "version: 1\nredis: redis://h:port",
        "2:8: redis: the address cannot be understood; check host and port",
    ),
    "redis with a space": (
        'version: 1\nredis: "redis://h /0"',
        "2:8: redis: a Redis URL holds no spaces and no control characters",
    ),
    "prefix": (
        "version: 1\nprefix: a/b",
        "2:9: prefix: expected only letters, digits and : _ { } -, got 'a/b'",
    ),
    "number for text": (
        "version: 1\nprefix: 12",
        "2:9: prefix: expected text, got 12 (put it in quotes)",
    ),
    "home": (
        "version: 1\ndata_dir: ~/x",
        "2:11: data_dir: ~ is not replaced here; write ${HOME}",
    ),
    "no folder": (
        "version: 1\ndata_dir: 3",
        "2:11: data_dir: expected the path of a folder, got 3",
    ),
    # defaults
    "nested unknown key": (
        "version: 1\ndefaults: {per_host: {dealy: 2s}}",
        "2:23: defaults.per_host.dealy: unknown key (did you mean 'delay'?)",
    ),
    "duration": (
        "version: 1\ndefaults:\n  min: soon",
        "3:8: defaults.min: expected a duration such as 30s, 15m or 2h, got 'soon'",
    ),
    "duration that is no text": (
        "version: 1\ndefaults:\n  min: [1]",
        "3:8: defaults.min: expected a duration such as 30s, 15m or 2h, got a list",
    ),
    "duration of zero": (
        "version: 1\ndefaults: {min: 0}",
        "2:17: defaults.min: expected a duration longer than 0s, got 0",
    ),
    "negative duration": (
        "version: 1\ndefaults: {min: -5}",
        "2:17: defaults.min: expected a duration between 0s and 366d, got -5",
    ),
    "endless duration": (
        "version: 1\ndefaults: {max: .inf}",
        "2:17: defaults.max: expected a duration between 0s and 366d, got inf",
    ),
    "duration that is no number": (
        "version: 1\ndefaults: {max: .nan}",
        "2:17: defaults.max: expected a duration between 0s and 366d, got nan",
    ),
    "every": (
        "version: 1\ndefaults: {every: adaptiv}",
        (
            "2:19: defaults.every: expected a duration such as 30s, 15m or 2h, or adaptive, "
            "got 'adaptiv' (did you mean 'adaptive'?)"
        ),
    ),
    "max below min": (
        "version: 1\ndefaults: {min: 2h, max: 1h}",
        "2:26: defaults.max: `max` is shorter than `min`",
    ),
    "min above the max that is not written": (
        "version: 1\ndefaults: {min: 2d}",
        "2:17: defaults.min: `min` is longer than `max`, which is not set here",
    ),
    "at least": (
        "version: 1\ndefaults: {per_host: {concurrency: 0}}",
        "2:36: defaults.per_host.concurrency: expected at least 1, got 0",
    ),
    "no whole number": (
        "version: 1\ndefaults: {per_host: {concurrency: 1.5}}",
        "2:36: defaults.per_host.concurrency: expected a whole number, got 1.5",
    ),
    "quoted number": (
        'version: 1\ndefaults: {per_host: {concurrency: "2"}}',
        "2:36: defaults.per_host.concurrency: expected a whole number, got '2'",
    ),
    # fetch
    "no port": (
        "version: 1\nfetch: {ports: [80, 70000]}",
        "2:21: fetch.ports.1: expected at most 65535, got 70000",
    ),
    "no ports": (
        "version: 1\nfetch: {ports: []}",
        "2:16: fetch.ports: expected a list that is not empty, got an empty list",
    ),
    "size": (
        "version: 1\nfetch: {max_bytes: 10 MB}",
        (
            "2:20: fetch.max_bytes: expected a size of at least one byte, such as 500kB, 10MB or "
            "a number of bytes, got '10 MB'"
        ),
    ),
    "network": (
        "version: 1\nfetch: {allow_networks: [intranet]}",
        (
            "2:26: fetch.allow_networks.0: expected a network such as 10.0.0.0/8 or fd00::/8, "
            "got 'intranet'"
        ),
    ),
    "network from a number": (
        "version: 1\nfetch: {allow_networks: [10]}",
        "2:26: fetch.allow_networks.0: expected a network such as 10.0.0.0/8 or fd00::/8, got 10",
    ),
    "host in a network": (
        "version: 1\nfetch: {allow_networks: [10.1.2.3/8]}",
        (
            "2:26: fetch.allow_networks.0: expected a network such as 10.0.0.0/8 or fd00::/8, "
            "got '10.1.2.3/8' (the network is 10.0.0.0/8)"
        ),
    ),
    "user agent": (
        'version: 1\nfetch: {user_agent: "a\\nX-Evil: b"}',
        "2:21: fetch.user_agent: expected 1 to 200 printable ASCII characters, got 'a\\nX-Evil: b'",
    ),
    "proxy without scheme": (
        "version: 1\nfetch: {proxy: 'proxy:3128'}",
        "2:16: fetch.proxy: expected an address that begins with http:// or https://",
    ),
    "proxy with a path": (
        "version: 1\nfetch: {proxy: 'http://me:secret@proxy:3128/x'}",
        "2:16: fetch.proxy: expected the address of a proxy: http://host:port",
    ),
    "proxy with a space": (
        "version: 1\nfetch: {proxy: 'http://proxy :3128'}",
        "2:16: fetch.proxy: an address holds no spaces and no control characters",
    ),
    "no wait at all": (
        "version: 1\nfetch: {retry_after_max: 0}",
        "2:26: fetch.retry_after_max: expected a duration longer than 0s, got 0",
    ),
    # websub
    "no callback": (
        "version: 1\nwebsub: {listen: 127.0.0.1:8088}",
        "2:9: websub.callback: is missing; where can hubs reach feedmill?",
    ),
    "callback with a query": (
        "version: 1\nwebsub: {callback: 'https://me.example/?x=1'}",
        (
            "2:20: websub.callback: expected an address without ? and #; feedmill appends to its "
            "path"
        ),
    ),
    "callback without scheme": (
        "version: 1\nwebsub: {callback: me.example/hooks}",
        "2:20: websub.callback: expected an address that begins with http:// or https://",
    ),
    "listen without port": (
        "version: 1\nwebsub: {callback: 'https://me.example/', listen: localhost}",
        "2:51: websub.listen: expected host:port, such as 127.0.0.1:8088, got 'localhost'",
    ),
    "listen on no port": (
        "version: 1\nwebsub: {callback: 'https://me.example/', listen: '[::1]:70000'}",
        (
            "2:51: websub.listen: expected host:port, such as 127.0.0.1:8088, got '[::1]:70000' "
            "(ports end at 65535)"
        ),
    ),
    "misspelt key of websub": (
        "version: 1\nwebsub: {callback: 'https://me.example/', lisen: 127.0.0.1:80}",
        "2:43: websub.lisen: unknown key (did you mean 'listen'?)",
    ),
    # sources
    "other scheme": (
        "version: 1\nsources:\n- ftp://a.example/feed",
        "3:3: sources.0: expected an address that begins with http:// or https://",
    ),
    "neither url nor path": (
        "version: 1\nsources:\n- tags: [uk]",
        "3:3: sources.0: a source needs `url` or `path`",
    ),
    "misspelt url is one mistake": (
        f"version: 1\nsources:\n- ulr: {A}",
        "3:3: sources.0.ulr: unknown key (did you mean 'url'?)",
    ),
    "url and path": (
        f"version: 1\nsources:\n- url: {A}\n  path: '*.txt'",
        "4:3: sources.0.path: a source has `url` or `path`, not both",
    ),
    "base is not written": (
        f"version: 1\nsources:\n- url: {A}\n  base: /",
        "4:3: sources.0.base: unknown key",
    ),
    "a number as a source": (
        "version: 1\nsources: [5]",
        "2:11: sources.0: expected an address, a path, or keys and values, got 5",
    ),
    "an empty source": (
        "version: 1\nsources:\n-\n- '*.txt'",
        "3:2: sources.0: has no value; give one, or leave the key out",
    ),
    "password": (
        "version: 1\nsources:\n- https://user:hunter2@a.example/",
        "3:3: sources.0: passwords in URLs are refused; remove the part before the @",
    ),
    "no host": (
        "version: 1\nsources:\n- url: https:///feed",
        "3:8: sources.0.url: the address has no host",
    ),
    "no number as port": (
        "version: 1\nsources:\n- url: https://a.example:x/",
        "3:8: sources.0.url: the address cannot be understood; check host and port",
    ),
    "open bracket": (
        "version: 1\nsources:\n- url: https://[::1/",
        "3:8: sources.0.url: the address cannot be understood; check host and port",
    ),
    "space in an address": (
        "version: 1\nsources:\n- https://a.example/a b",
        "3:3: sources.0: an address holds no spaces and no control characters",
    ),
    "control character in an address": (
        'version: 1\nsources:\n- "https://a.example/\\x01"',
        "3:3: sources.0: an address holds no spaces and no control characters",
    ),
    "long address": (
        f"version: 1\nsources:\n- https://a.example/{'x' * 2048}",
        "3:3: sources.0: the address is longer than 2048 characters",
    ),
    "kind": (
        f"version: 1\nsources:\n- url: {A}\n  kind: feeds",
        (
            "4:9: sources.0.kind: expected one of auto, feed, files, site, page, sitemap, warc, "
            "got 'feeds' (did you mean 'feed'?)"
        ),
    ),
    "a WARC file is no plain file": (
        "version: 1\nsources:\n- path: '*.warc.gz'\n  kind: files\n  enabled: false",
        "4:9: sources.0.kind: files that end in .warc are of the kind warc",
    ),
    "a plain file is no WARC file": (
        "version: 1\nsources:\n- path: '*.txt'\n  kind: warc\n  enabled: false",
        "4:9: sources.0.kind: the kind warc needs a file that ends in .warc or .warc.gz",
    ),
    "kind of a path for a page": (
        f"version: 1\nsources:\n- url: {A}\n  kind: warc",
        "4:9: sources.0.kind: the kind warc needs `path`",
    ),
    "selector of a feed": (
        f"version: 1\nsources:\n- url: {A}\n  kind: feed\n  select: a",
        "5:3: sources.0.select: only the kind page has links to select",
    ),
    "selector that is XPath": (
        f"version: 1\nsources:\n- url: {A}\n  select: //article/a",
        ("4:11: sources.0.select: expected a CSS selector such as main h2 > a, got '//article/a'"),
    ),
    "selector with an open bracket": (
        f"version: 1\nsources:\n- url: {A}\n  select: 'a[href'",
        (
            "4:11: sources.0.select: expected a CSS selector, got 'a[href' "
            "(a bracket is never closed)"
        ),
    ),
    "selector with an open quotation mark": (
        f'version: 1\nsources:\n- url: {A}\n  select: a[href^="x]',
        (
            "4:11: sources.0.select: expected a CSS selector, got 'a[href^=\"x]' "
            "(a quotation mark is never closed)"
        ),
    ),
    "empty selector": (
        f"version: 1\nsources:\n- url: {A}\n  select: ''",
        "4:11: sources.0.select: expected a CSS selector of at most 500 characters, got ''",
    ),
    "kind is a list": (
        f"version: 1\nsources:\n- url: {A}\n  kind: [feed]",
        (
            "4:9: sources.0.kind: expected one of auto, feed, files, site, page, sitemap, warc, "
            "got a list"
        ),
    ),
    "kind of a path for a url": (
        f"version: 1\nsources:\n- url: {A}\n  kind: files",
        "4:9: sources.0.kind: the kind files needs `path`",
    ),
    "kind of a url for a path": (
        "version: 1\nsources:\n- path: '*.txt'\n  kind: feed",
        "4:9: sources.0.kind: the kind feed needs `url`",
    ),
    "id": (
        f"version: 1\nsources:\n- url: {A}\n  id: BBC News",
        "4:7: sources.0.id: expected up to 64 of a-z, 0-9 and -, not - first, got 'BBC News'",
    ),
    "empty id": (
        f"version: 1\nsources:\n- url: {A}\n  id: ''",
        "4:7: sources.0.id: expected up to 64 of a-z, 0-9 and -, not - first, got ''",
    ),
    "id with a line end": (
        f'version: 1\nsources:\n- url: {A}\n  id: "a\\n"',
        "4:7: sources.0.id: expected up to 64 of a-z, 0-9 and -, not - first, got 'a\\n'",
    ),
    "lang": (
        f"version: 1\nsources:\n- url: {A}\n  lang: English",
        "4:9: sources.0.lang: expected a language code such as en or pt-BR, got 'English'",
    ),
    "Norway is text": (
        f"version: 1\nsources:\n- url: {A}\n  enabled: no",
        "4:12: sources.0.enabled: expected true or false, got 'no' (did you mean 'false'?)",
    ),
    "number as tag": (
        f"version: 1\nsources:\n- url: {A}\n  tags: [a, 2024]",
        "4:13: sources.0.tags.1: expected text, got 2024 (put it in quotes)",
    ),
    "tag of two lines": (
        f'version: 1\nsources:\n- url: {A}\n  tags: ["a\\nb"]',
        "4:10: sources.0.tags.0: expected 1 to 200 characters on one line, got 'a\\nb'",
    ),
    "regular expression": (
        f"version: 1\nsources:\n- url: {A}\n  extract: {{drop: ['ok', '(x']}}",
        (
            "4:26: sources.0.extract.drop.1: expected a regular expression, got '(x' "
            "(missing ), unterminated subpattern at character 1)"
        ),
    ),
    "huge regular expression": (
        f"version: 1\nsources:\n- url: {A}\n  extract: {{drop: ['{'x' * 1001}']}}",
        (
            "4:20: sources.0.extract.drop.0: expected a regular expression of at most 1000 "
            f"characters, got '{'x' * 59}..."
        ),
    ),
    "regular expression that overflows": (
        f"version: 1\nsources:\n- url: {A}\n  extract: {{drop: ['x{{99999999999}}']}}",
        (
            "4:20: sources.0.extract.drop.0: expected a regular expression of a sensible size, "
            "got 'x{99999999999}'"
        ),
    ),
    "max of a source below the min of the defaults": (
        f"version: 1\nsources:\n- url: {A}\n  max: 1m",
        "4:8: sources.0.max: `max` is shorter than `min`",
    ),
    "min of a source above the max of the defaults": (
        f"version: 1\nsources:\n- url: {A}\n  min: 2d",
        "4:8: sources.0.min: `min` is longer than `max`, which is not set here",
    ),
    # paths
    "missing file": (
        "version: 1\nsources: [seeds/a.txt]",
        "2:11: sources.0: there is no such file in .",
    ),
    "missing file in the long form": (
        "version: 1\nsources:\n- path: seeds/a.txt",
        "3:9: sources.0.path: there is no such file in .",
    ),
    "name too long for a file": (
        f"version: 1\nsources:\n- {'x' * 300}.txt",
        "3:3: sources.0: there is no such file in .",
    ),
    "other ending": (
        "version: 1\nsources: [paper.pdf]",
        (
            "2:11: sources.0: expected an http(s) address or a file that ends in .txt, .html, .htm, "
            ".md, .warc, or these with .gz, got 'paper.pdf'"
        ),
    ),
    "glob of another ending": (
        "version: 1\nsources: ['*.pdf']",
        (
            "2:11: sources.0: expected an http(s) address or a file that ends in .txt, .html, .htm, "
            ".md, .warc, or these with .gz, got '*.pdf'"
        ),
    ),
    "address as a path": (
        f"version: 1\nsources:\n- path: {A}",
        "3:9: sources.0.path: this is an address; write it as `url`",
    ),
    "NUL in a path": (
        'version: 1\nsources: ["a\\0.txt"]',
        "2:11: sources.0: a path has 1 to 1024 characters, no control characters",
    ),
    "OPML under sources": (
        "version: 1\nsources: [feeds.opml]",
        "2:11: sources.0: a file with sources; list it under `include`",
    ),
    "many double stars": (
        "version: 1\nsources: ['**/**/*.txt']",
        "2:11: sources.0: `**` can stand only once in a pattern",
    ),
    # YAML
    "duplicate key": (
        "version: 1\nprefix: a\nprefix: b",
        "3:1: prefix: this key was already set in line 2",
    ),
    "key that is a list": (
        "version: 1\n? [a]\n: 1",
        "2:3: a key must be plain text",
    ),
    "key with a line end": (
        'version: 1\n"a\\nb": 1',
        "2:1: 'a\\nb': unknown key",
    ),
    "long key": (
        f"version: 1\n? {'k' * 200}\n: 1",
        f"2:3: {'k' * 60}...: unknown key",
    ),
    "tag": (
        "version: 1\nprefix: !foo a",
        "2:9: prefix: tags such as !foo are not allowed",
    ),
    "tag of Python": (
        "version: 1\nsources: !!python/object/apply:os.system [ls]",
        "2:10: sources: tags such as !!python/object/apply:os.system are not allowed",
    ),
    "tag that does not fit": (
        "version: 1\nprefix: !!int a",
        "2:9: prefix: tags such as !!int are not allowed",
    ),
    "long number": (
        f"version: 1\nfetch: {{max_bytes: {'9' * 5000}}}",
        "2:20: fetch.max_bytes: this number is too long",
    ),
}


@pytest.mark.parametrize(("text", "expected"), MISTAKES.values(), ids=MISTAKES)
def test_one_mistake_gives_one_line(
    problems: Callable[..., list[str]], text: str, expected: str
) -> None:
    assert problems(text) == [f"sources.yaml:{expected}"]


def test_every_mistake_is_told_in_one_pass_in_order(problems: Callable[..., list[str]]) -> None:
    text = """\
        redis: localhost
        sources:
          - ftp://a.example/
          - url: https://a.example/
            evry: 10m
            min: soon
          - {path: no.txt, kind: pages}
        """
    assert problems(text) == [
        "sources.yaml:1:1: version: is missing; write `version: 1`",
        (
            "sources.yaml:1:8: redis: expected embedded, or a URL that begins with redis:// or "
            "rediss:// or unix://"
        ),
        "sources.yaml:3:5: sources.0: expected an address that begins with http:// or https://",
        "sources.yaml:5:5: sources.1.evry: unknown key (did you mean 'every'?)",
        "sources.yaml:6:10: sources.1.min: expected a duration such as 30s, 15m or 2h, got 'soon'",
        "sources.yaml:7:12: sources.2.path: there is no such file in .",
        (
            "sources.yaml:7:26: sources.2.kind: expected one of auto, feed, files, site, page, "
            "sitemap, warc, got 'pages' (did you mean 'page'?)"
        ),
    ]


def test_mistakes_inside_and_between_sources_are_told_together(
    problems: Callable[..., list[str]],
) -> None:
    text = """\
        version: 1
        sources:
          - {url: https://a.example/, tags: 3}
          - {url: https://a.example/, evry: 3}
        """
    assert problems(text) == [
        "sources.yaml:3:37: sources.0.tags: expected a list, got 3",
        "sources.yaml:4:11: sources.1.url: this address is already listed at sources.yaml:3:11",
        "sources.yaml:4:31: sources.1.evry: unknown key (did you mean 'every'?)",
    ]


def test_a_mistake_behind_an_anchor_is_told_once(problems: Callable[..., list[str]]) -> None:
    text = """\
        version: 1
        sources:
          - {url: https://a.example/, extract: &e {drop: ["("]}}
          - {url: https://b.example/, extract: *e}
        """
    assert problems(text) == [
        (
            "sources.yaml:3:51: sources.0.extract.drop.0: expected a regular expression, got '(' "
            "(missing ), unterminated subpattern at character 1)"
        ),
    ]


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ("https://a.example/feed", "4:3: sources.1: this address is already listed at {}:3:3"),
        ("HTTPS://A.example:443/feed#x", "4:3: sources.1: this address is already listed at {}:3:3"),
        ("{id: x, url: 'https://a.example/feed'}", "4:16: sources.1.url: this address is already listed at {}:3:3"),
        ("{url: 'https://b.example', id: a-example-feed}", "4:34: sources.1.id: this id is already used at {}:3:3"),
        ("http://a.example/feed", "4:3: sources.1: the id a-example-feed made from it is already used at {}:3:3; add an `id`"),
    ],
)  # fmt: skip
def test_duplicates_name_the_first(
    problems: Callable[..., list[str]], second: str, expected: str
) -> None:
    text = f"version: 1\nsources:\n- https://a.example/feed\n- {second}\n"
    assert problems(text) == ["sources.yaml:" + expected.format("sources.yaml")]


def test_duplicate_ids(problems: Callable[..., list[str]]) -> None:
    text = "version: 1\nsources:\n- {id: a, url: 'https://a.example'}\n- {id: a, url: 'https://b.example'}"
    assert problems(text) == [
        "sources.yaml:4:8: sources.1.id: this id is already used at sources.yaml:3:8"
    ]


def test_columns_count_characters_and_lines_of_windows_count_once(
    problems: Callable[..., list[str]],
) -> None:
    text = 'version: 1\r\ndefaults: {per_host: {}, "é": 1, mni: 3m}\r\n'
    assert problems(text) == [
        "sources.yaml:2:26: defaults.é: unknown key",
        "sources.yaml:2:34: defaults.mni: unknown key (did you mean 'min'?)",
    ]


def test_file_elsewhere_is_named_in_full(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    monkeypatch.setattr("feedmill.config.paths.Path.cwd", lambda: folder.path / "other")
    assert folder.problems("version: 3")[0].startswith(f"{folder.path}/sources.yaml:1:10: ")
