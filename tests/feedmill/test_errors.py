"""The exception tree: survives processes, and its kinds can be metric labels."""

from __future__ import annotations

import ast
import copy
import importlib
import pickle
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import feedmill
import service
import workers
from feedmill.errors import ConfigError, FeedmillError, FetchError
from service.http import Hop

KIND = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


def all_classes(root: type[FeedmillError] = FeedmillError) -> list[type[FeedmillError]]:
    """The whole tree, with what all three programs add to it."""
    for package in (feedmill, service, workers):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    found = [root]
    for child in root.__subclasses__():
        found += all_classes_below(child)
    return found


def all_classes_below(root: type[FeedmillError]) -> list[type[FeedmillError]]:
    return [root, *(c for child in root.__subclasses__() for c in all_classes_below(child))]


def one_of(cls: type[FeedmillError]) -> FeedmillError:
    """An error of the class with every attribute different from its default."""
    if issubclass(cls, ConfigError):
        return cls(["a.yaml:1:2: no", "a.yaml:3:4: neither"])
    if issubclass(cls, FetchError):
        return cls(
            "no",
            kind="http-status",
            retryable=True,
            status=503,
            final_url="https://a.example/",
            retry_after=90.0,
            hops=(Hop("https://a.example/", 503, None, 0.5, "1.1.1.1"),),
        )
    return cls("no: ü \u2028", kind="special", retryable=True)


@pytest.mark.parametrize("cls", all_classes(), ids=lambda cls: cls.__name__)
def test_every_class_survives_pickling_with_all_attributes(cls):
    error = one_of(cls)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(error, protocol))
        assert type(again) is cls
        assert again.__dict__ == error.__dict__
        assert (str(again), again.args) == (str(error), error.args)


@pytest.mark.parametrize("cls", all_classes(), ids=lambda cls: cls.__name__)
def test_every_class_has_a_kind_of_its_own_and_an_answer_on_retrying(cls):
    assert KIND.fullmatch(cls.default_kind)
    assert isinstance(cls.default_retryable, bool)
    kinds = [other.default_kind for other in all_classes()]
    assert kinds.count(cls.default_kind) == 1


def test_notes_and_copies_survive():
    error = FetchError("no", status=404)
    error.add_note("while reading the list of ports")
    assert pickle.loads(pickle.dumps(error)).__notes__ == error.__notes__
    assert copy.copy(error).__dict__ == error.__dict__


def test_defaults_of_the_class_hold_and_can_be_overruled():
    assert (FetchError("no").kind, FetchError("no").retryable) == ("fetch", False)
    assert FetchError("no", retryable=False).retryable is False
    assert FetchError("no", kind="").kind == "fetch"


def test_the_kinds_of_fetch_errors_are_all_listed():
    told = FetchError.__doc__ or ""
    http = Path(service.__file__).parent / "http"
    for path in sorted(http.rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for keyword in call.keywords if isinstance(call, ast.Call) else ():
                if keyword.arg == "kind" and isinstance(keyword.value, ast.Constant):
                    assert f"`{keyword.value.value}`" in told, f"{path.name}:{call.lineno}"


def test_kinds_are_fixed_strings_in_the_source():
    """A kind made of other text would carry a stranger's words into the metrics."""
    for where, kind in stated_kinds():
        assert isinstance(kind, ast.Constant), f"{where}: a kind that is put together"
        assert KIND.fullmatch(str(kind.value)), where


def stated_kinds() -> Iterator[tuple[str, ast.expr]]:
    names = {cls.__name__ for cls in all_classes()}
    root = Path(feedmill.__file__).parents[1]
    for package in ("feedmill", "workers"):
        for path in sorted((root / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                    for argument in node.keywords:
                        if node.func.id in names and argument.arg == "kind":
                            yield f"{path.relative_to(root)}:{node.lineno}", argument.value
