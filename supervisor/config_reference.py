"""What options there are, for the reference, for editors and for ``explain``."""

import ast
import inspect
import json
from dataclasses import dataclass
from itertools import pairwise

from supervisor import options


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
        Option(
            f"{table}.{name}",
            None if field.is_required() else field.default,
            docs[model.__name__, name],
        )
        for table, model in options.tables().items()
        for name, field in model.model_fields.items()
    )


def render_schema() -> str:
    """JSON Schema of a config (draft 2020-12), for editors."""
    docs = _docstrings()
    schema = options.Config.model_json_schema()
    for table, model in schema["$defs"].items():
        for name, option in model["properties"].items():
            del option["title"]  # It only repeats the name.
            option["description"] = docs[table, name]
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return json.dumps(dialect | schema, indent=2) + "\n"


def _docstrings() -> dict[tuple[str, str], str]:
    """Docstring below each field, by class and field."""
    return {
        (model.name, field.target.id): inspect.cleandoc(below.value.value)
        for model in ast.parse(inspect.getsource(options)).body
        if isinstance(model, ast.ClassDef)
        for field, below in pairwise(model.body)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant)
        if isinstance(below.value.value, str)
    }
