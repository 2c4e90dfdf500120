"""What options there are, for the reference, for editors and for ``explain``."""

import ast
import inspect
import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from supervisor import options, options_pool
from supervisor.option_tables import options_of


@dataclass(frozen=True, slots=True)
class Option:
    """One option, as the reference shows it."""

    path: str
    """Table and name: ``pool.size``."""
    default: object
    """As TOML would have it; None where the option is required."""
    doc: str


def describe_options() -> tuple[Option, ...]:
    """Every option there is, in the order of the reference."""
    docs = _docstrings()
    return tuple(
        Option(f"{name}.{option}", None if one.required else one.default, docs[of.__name__, option])
        for name, of in options.tables().items()
        for option, one in options_of(of).items()
    )


def render_schema() -> str:
    """JSON Schema of a config (draft 2020-12), for editors."""
    docs = _docstrings()
    every = *options.tables().values(), *options.ROWS
    tables = sorted(every, key=lambda of: of.__name__)
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$defs": {of.__name__: _schema_of(of, docs) for of in tables},
        **_schema_of(options.Config, docs),
    }
    return json.dumps(schema, indent=2) + "\n"


def _schema_of(table: type[Any], docs: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    """The JSON Schema of one table; the config is one, too."""
    properties = {}
    for name, one in options_of(table).items():
        default = {} if one.required else {"default": one.default}
        properties[name] = dict(sorted({**one.kind.schema, **default}.items()))
        if (table.__name__, name) in docs:
            properties[name]["description"] = docs[table.__name__, name]
    required = [name for name, one in options_of(table).items() if one.required]
    return {
        "additionalProperties": False,
        "description": table.__doc__,
        "properties": properties,
        **({"required": required} if required else {}),
        "title": table.__name__,
        "type": "object",
    }


def _docstrings() -> dict[tuple[str, str], str]:
    """Docstring below each field, by class and field."""
    return {
        (model.name, field.target.id): inspect.cleandoc(below.value.value)
        for module in (options, options_pool)
        for model in ast.parse(inspect.getsource(module)).body
        if isinstance(model, ast.ClassDef)
        for field, below in pairwise(model.body)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant)
        if isinstance(below.value.value, str)
    }
