"""Tables of options: dataclasses of which each field is one option, read from a document."""

from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar, cast

from supervisor.option_kinds import Fault, FaultsError, Kind, faults_in, shown

_T = TypeVar("_T")
_OPTION = "option"


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a table: what stands in the metadata of its field."""

    kind: Kind[Any]
    default: object
    """As a user would spell it."""
    check: Callable[[Any, Mapping[str, Any]], None] | None
    """Holds a value against the table's options before it; raises ValueError with a sentence."""
    required: bool = False


def option(
    default: object,
    kind: Kind[_T],
    check: Callable[[_T, Mapping[str, Any]], None] | None = None,
) -> _T:
    """A field of a table, which is a dataclass."""
    return cast("_T", field(metadata={_OPTION: Option(kind, default, check)}))


def required(kind: Kind[_T], check: Callable[[_T, Mapping[str, Any]], None] | None = None) -> _T:
    """A field that has no default."""
    return cast("_T", field(metadata={_OPTION: Option(kind, None, check, required=True)}))


def options_of(table: type[Any]) -> dict[str, Option]:
    """The options of a table by name, in the order of its fields."""
    found: tuple[Field[Any], ...] = fields(table)
    return {one.name: one.metadata[_OPTION] for one in found if _OPTION in one.metadata}


def table(of: type[_T]) -> Kind[_T]:
    """A table of options."""
    return Kind(
        lambda value, folder: of(**read_options(of, value, folder)),
        {"$ref": f"#/$defs/{of.__name__}"},
    )


def read_options(of: type[Any], document: object, folder: Path) -> dict[str, Any]:
    """The options of table ``of`` that a document sets, and the defaults of the others.

    Raises:
        FaultsError: with everything that is wrong.
        ValueError: it is no table at all.
    """
    if not isinstance(document, Mapping):
        raise ValueError(f"{shown(document)} is not a table")
    options = options_of(of)
    faults = [
        Fault((name,), "no such option", name, None) for name in document.keys() - options.keys()
    ]
    values: dict[str, Any] = {}
    for name, one in options.items():
        if one.required and name not in document:
            faults.append(Fault((name,), "is required"))
            continue
        try:
            value = one.kind.read(document.get(name, one.default), folder)
            if one.check is not None:
                one.check(value, values)
        except ValueError as error:
            faults += faults_in(name, error)
        else:
            values[name] = value
    if faults:
        raise FaultsError(faults)
    return values
