"""The JSON Schema of the file as users write it, for editors and other tools."""

from __future__ import annotations

import json
from typing import Any, Final

from feedmill.config.models import SettingsFile, SourceEntry, Timing

_VARIABLE: Final = {
    "type": "string",
    "pattern": r"\$\{.+\}",
    "description": "Taken from the environment.",
}


def schema() -> dict[str, Any]:
    """Return the JSON Schema of the main file.

    It follows the models, with what a loaded file no longer shows: a source may be a string,
    and `${...}` may stand for any value that is not just text.
    """
    main = SettingsFile.model_json_schema(mode="serialization")  # writes defaults as 15m
    entry = SourceEntry.model_json_schema(mode="serialization")
    definitions = {**main.pop("$defs"), **entry.pop("$defs"), "Source": entry}
    main["properties"]["sources"]["items"] = {
        "anyOf": [{"type": "string"}, {"$ref": "#/$defs/Source"}]
    }
    main["properties"]["include"]["items"] = {"type": "string"}
    main["required"] = ["version"]
    main["properties"]["version"].pop("default")
    main["description"] = "News sources, and how feedmill reads them."
    hooks = definitions["WebSub"]
    hooks["required"] = ["callback"]
    hooks["properties"]["callback"].pop("default")
    entry["oneOf"] = [{"required": ["url"]}, {"required": ["path"]}]
    for name in ("id", *Timing.model_fields):
        entry["properties"][name].pop("default", None)  # depends on the url, or on `defaults`
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "feedmill sources.yaml",
        **{key: value for key, value in _as_written(main).items() if key != "title"},
        "$defs": {
            **{name: _as_written(value) for name, value in sorted(definitions.items())},
            "Variable": _VARIABLE,
        },
    }


def schema_text() -> str:
    """Return the JSON Schema as it stands in docs/schema/sources.schema.json."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _as_written(node: dict[str, Any]) -> dict[str, Any]:
    """Adapt one object of the schema, and those below its properties."""
    adapted = {key: value for key, value in node.items() if key != "title"}
    if "properties" in node:
        adapted["properties"] = {
            name: _value_as_written(value) for name, value in node["properties"].items()
        }
    return adapted


def _value_as_written(node: dict[str, Any]) -> dict[str, Any]:
    """Adapt the schema of one value: no null, no generated title, and `${...}` allowed."""
    about = {key: node[key] for key in ("description", "default") if node.get(key) is not None}
    rules = {key: value for key, value in node.items() if key not in {*about, "title", "default"}}
    choices = [choice for choice in rules.get("anyOf", []) if choice != {"type": "null"}]
    if len(choices) == 1:
        rules = choices[0]
    if "items" in rules:
        rules["items"] = _value_as_written(rules["items"])
    if rules.get("type") in ("array", "object") or "$ref" in rules or _is_free_text(rules):
        return {**rules, **about}
    choices = choices if len(choices) > 1 else [rules]
    return {"anyOf": [*choices, {"$ref": "#/$defs/Variable"}], **about}


def _is_free_text(rules: dict[str, Any]) -> bool:
    text = {"type": "string"}
    return rules == text or text in rules.get("anyOf", [])
