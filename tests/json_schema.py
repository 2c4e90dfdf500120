"""As much of JSON Schema as our own schemas use."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
    "array": list,
    "object": dict,
}


def faults(value: Any, schema: Mapping[str, Any], root: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with a value."""
    if "$ref" in schema:
        yield from faults(value, root["$defs"][schema["$ref"].rpartition("/")[2]], root)
    if "type" in schema and not _is_a(value, schema["type"]):
        yield f"{value!r} is no {schema['type']}"
        return
    yield from _faults_of_value(value, schema)
    for word in ("anyOf", "oneOf"):
        fitting = sum(not list(faults(value, one, root)) for one in schema.get(word, ()))
        if word in schema and (fitting != 1 if word == "oneOf" else not fitting):
            yield f"{value!r} fits {fitting} of {word}"
    if isinstance(value, dict):
        yield from _faults_inside(value, schema, root)
    if isinstance(value, list):
        for one in value:
            yield from faults(one, schema.get("items", {}), root)


def _faults_of_value(value: Any, schema: Mapping[str, Any]) -> Iterator[str]:
    if "const" in schema and value != schema["const"]:
        yield f"{value!r} is not {schema['const']!r}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{value!r} is none of {schema['enum']}"
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{value!r} does not match {schema['pattern']}"
    if "minimum" in schema and value < schema["minimum"]:
        yield f"{value!r} is below {schema['minimum']}"


def _faults_inside(
    value: Mapping[str, Any], schema: Mapping[str, Any], root: Mapping[str, Any]
) -> Iterator[str]:
    properties = schema.get("properties", {})
    yield from (f"{name} is missing" for name in schema.get("required", ()) if name not in value)
    for name, one in value.items():
        rest = schema.get("additionalProperties", {})
        if rest is False and name not in properties:
            yield f"{name} is unknown"
        yield from faults(one, properties.get(name, rest or {}), root)


def _is_a(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, _TYPES[kind])
