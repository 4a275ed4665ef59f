"""Checks data against a model and says in plain English what does not fit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from feedmill.config.problems import UnexpectedError
from feedmill.config.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pydantic_core import ErrorDetails

    from feedmill.config.problems import Located

    Path = tuple[str | int, ...]

M = TypeVar("M", bound=BaseModel)

_LONGEST_VALUE: Final = 60
_BOOLEANS: Final = {"yes": "true", "on": "true", "no": "false", "off": "false"}
_EXPECTED: Final = {
    "string_type": "expected text",
    "int_type": "expected a whole number",
    "bool_type": "expected true or false",
    "list_type": "expected a list",
    "model_type": "expected keys and values",
    "greater_than_equal": "expected at least {ge}",
    "less_than_equal": "expected at most {le}",
    "too_short": "expected a list that is not empty",
}


def read(model: type[M], data: Any, document: Located, path: Path) -> M | None:
    """Turn data into a model and report every mistake in it to the document.

    What is wrong is left out, so that the rest can still be looked at.

    Args:
        model: What the data should be. All its fields must have defaults.
        data: Plain data.
        document: The file it comes from.
        path: Where in the file it stands.

    Returns:
        The model, or None if nothing of the data can be used.
    """
    try:
        return model.model_validate(data)
    except ValidationError as failure:
        errors = failure.errors(include_url=False)
    for error in errors:
        spot = (*path, *error["loc"])
        unknown = error["type"] == "extra_forbidden"
        document.report(spot, _sentence(error, model, document, spot), at_key=unknown)
    return _rest(model, data, errors)


def _rest(model: type[M], data: Any, errors: Sequence[ErrorDetails]) -> M | None:
    """Validate again without what is wrong, until all of what is left is right."""
    wrong = {error["loc"] for error in errors}
    if () in wrong:
        return None
    data = _without(data, wrong, ())
    try:
        return model.model_validate(data)
    except ValidationError as failure:
        return _rest(model, data, failure.errors(include_url=False))


def _without(data: Any, wrong: set[Path], path: Path) -> Any:
    if isinstance(data, dict):
        pairs = ((key, value, (*path, key)) for key, value in data.items())
        return {key: _without(value, wrong, at) for key, value, at in pairs if at not in wrong}
    if isinstance(data, list):
        items = ((value, (*path, index)) for index, value in enumerate(data))
        return [_without(value, wrong, at) for value, at in items if at not in wrong]
    return data


def _sentence(error: ErrorDetails, model: type[BaseModel], document: Located, spot: Path) -> str:
    if error["type"] == "extra_forbidden":
        return "unknown key" + did_you_mean(spot[-1], _known_keys(model, error["loc"][:-1]))
    context = error.get("ctx", {})
    cause = context.get("error")
    value = error["input"]
    if isinstance(cause, UnexpectedError):
        return unexpected(cause, value, document.written(spot))
    if cause is not None:
        return str(cause)
    if error["type"] == "literal_error":
        choices = re.findall(r"'([^']*)'", context["expected"])
        cause = UnexpectedError("expected one of " + ", ".join(choices), choices=choices)
    else:
        expected = _EXPECTED.get(error["type"], "expected something else")
        cause = UnexpectedError(expected.format_map(context))
    written = document.written(spot)
    hint = "" if written is not None else _hint(error["type"], value)
    return unexpected(cause, value, written) + hint


def unexpected(error: UnexpectedError, value: object, written: str | None) -> str:
    """Write "expected ..., got ...".

    Args:
        error: What was expected.
        value: What was found.
        written: How the file has it, if it came from the environment: then this is shown, and
            nothing that depends on the value.
    """
    if written is not None:
        return f"{error.expected}, got the value of {_short(written)}"
    detail = f" ({error.detail})" if error.detail else ""
    return f"{error.expected}, got {_describe(value)}{detail}{did_you_mean(value, error.choices)}"


def _hint(kind: str, value: object) -> str:
    if kind == "string_type" and isinstance(value, int | float):
        return " (put it in quotes)"
    if kind == "bool_type" and isinstance(value, str) and value.lower() in _BOOLEANS:
        return f" (did you mean '{_BOOLEANS[value.lower()]}'?)"
    return ""


def _describe(value: object) -> str:
    if isinstance(value, dict):
        return "keys and values"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    if isinstance(value, bool):
        return str(value).lower()
    return _short(value)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_VALUE else text[:_LONGEST_VALUE] + "..."


def _known_keys(model: type[BaseModel], path: Sequence[str | int]) -> Iterable[str]:
    """List the keys that the model, or the one at the path below it, knows."""
    for part in path:
        annotation = model.model_fields[str(part)].annotation
        for below in (annotation, *get_args(annotation)):
            if isinstance(below, type) and issubclass(below, BaseModel):
                model = below
    return model.model_fields
