"""The JSON Schema of the telemetry's records, made from the events; run it to publish it anew."""

import inspect
import json
import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import fields
from enum import Enum
from pathlib import Path
from typing import Any, Literal

from supervisor import events

PUBLISHED = Path(__file__).resolve().parents[1] / "configs" / "telemetry.schema.json"
_PLAIN = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null"}
_REST: dict[str, Any] = {"type": "string", "pattern": "^…"}
_COMMON: dict[str, Any] = {
    "time": {"type": "string", "format": "date-time"},
    "seq": {"type": "integer", "minimum": 0},
}


def render() -> str:
    """The schema, as it is published."""
    definitions: dict[str, Any] = {}
    kinds = sorted(kinds_of_events(), key=lambda one: one.kind)
    for kind in kinds:
        definitions[kind.kind] = _event(kind, definitions)
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A line of telemetry/events.jsonl",
        "description": "Strings have at most 500 bytes; of lists and objects with more than 50"
        " entries the rest is counted in one that begins with …. Other properties may follow.",
        "oneOf": [{"$ref": f"#/$defs/{kind.kind}"} for kind in kinds],
        "$defs": definitions,
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def kinds_of_events() -> Iterator[type[events.Event]]:
    """The classes of all events."""
    for value in vars(events).values():
        if isinstance(value, type) and issubclass(value, events.Event) and "kind" in vars(value):
            yield value


def _event(kind: type[events.Event], definitions: dict[str, Any]) -> dict[str, Any]:
    fixed = {"kind": {"const": kind.kind}, "level": {"const": kind.level}}
    return _object(kind, _COMMON | fixed, definitions)


def _object(cls: Any, first: Mapping[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    hints = typing.get_type_hints(cls)
    names = [field.name for field in fields(cls)]
    own = {name: _type(hints[name], definitions) for name in names}
    properties = {**first, **own}
    description = (inspect.getdoc(cls) or "").partition("\n\n")[0]
    return {
        "description": " ".join(description.split()),
        "type": "object",
        "required": list(properties),
        "properties": properties,
    }


def _type(hint: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    if hint in _PLAIN:
        return {"type": _PLAIN[hint]}
    if typing.get_origin(hint) is not None:
        return _composed(hint, definitions)
    if issubclass(hint, Enum):
        return {"enum": [one.value for one in hint]}
    name = hint.__name__
    if name not in definitions:
        definitions[name] = _object(hint, {"type": {"const": name}}, definitions)
    return {"$ref": f"#/$defs/{name}"}


def _composed(hint: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin is Literal:
        return {"enum": list(inner)}
    if origin in {types.UnionType, typing.Union}:
        return {"anyOf": [_type(one, definitions) for one in inner]}
    if origin is tuple:
        return {"type": "array", "items": {"anyOf": [_type(inner[0], definitions), _REST]}}
    values = {"anyOf": [_type(inner[1], definitions), _REST]}
    return {"type": "object", "additionalProperties": values}


if __name__ == "__main__":
    PUBLISHED.write_text(render(), encoding="utf-8")
