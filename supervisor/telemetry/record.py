"""An event as a bounded JSON object. Pure, and total: no value makes it raise."""

import datetime as dt
import hashlib
import math
import traceback
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from enum import Enum
from itertools import islice
from operator import attrgetter
from pathlib import PurePath

from supervisor.events import Event

STRING_MOST_BYTES = 500
LIST_MOST_ITEMS = 50
RECORD_MOST_BYTES = 32_768
"""About the most that the strings of one record take together."""

_MOST_DEPTH = 8
_VALUE_BYTES = 8
_INT_MOST = 1 << 63
_CHARACTER_MOST_BYTES = 4
_FINGERPRINT_BYTES = 8
_REST = "…"
_HEAD = frozenset({"time", "seq", "kind", "level"})
_FIELD_NAMES: dict[type, tuple[str, ...]] = {}
"""Of the classes met so far; asking anew takes a tenth of an event's time."""
_READERS: dict[type, tuple[tuple[str, ...], Callable[[Event], tuple[object, ...]]]] = {}
"""Of the events met so far: what their fields are called in a record, and all their values."""


def stamp(time: dt.datetime) -> str:
    """A time as records have it: ISO 8601 in UTC, to the millisecond."""
    return time.astimezone(dt.UTC).isoformat(timespec="milliseconds")


def to_record(event: Event, time: str, seq: int) -> dict[str, object]:
    """What telemetry writes of ``event``, which happened at ``time`` as the ``seq``-th.

    Every string is at most 500 bytes, every list 50 items, at any depth. A nested value of
    ours carries its class as ``type``, so that unions such as ``Ending`` can be told apart.
    """
    record: dict[str, object] = {
        "time": time,
        "seq": seq,
        "kind": event.kind,
        "level": event.level,
    }
    names, read = _READERS.get(type(event)) or _reader(type(event))
    represent = _Representer().represent
    for name, value in zip(names, read(event), strict=True):
        # Numbers of ordinary size take no room that must be watched.
        plain = type(value) is int and -_INT_MOST < value < _INT_MOST
        record[name] = value if plain else represent(value)
    return record


def _reader(cls: type[Event]) -> tuple[tuple[str, ...], Callable[[Event], tuple[object, ...]]]:
    names = _field_names(cls)
    keys = tuple(f"{name}_" if name in _HEAD else name for name in names)
    read = attrgetter(*names) if len(names) > 1 else lambda event: (getattr(event, names[0]),)
    _READERS[cls] = keys, read
    return _READERS[cls]


def _field_names(cls: type) -> tuple[str, ...]:
    names = _FIELD_NAMES.get(cls)
    if names is None:
        names = _FIELD_NAMES[cls] = tuple(field.name for field in fields(cls))
    return names


def _bounded(text: str) -> str:
    """``text``, or its start with the length and the fingerprint of the whole."""
    data = text.encode(errors="replace")
    return text if len(data) <= STRING_MOST_BYTES else _cut(data, data)


def _bounded_bytes(data: bytes) -> str:
    text = data[:STRING_MOST_BYTES].decode(errors="backslashreplace").encode()
    fits = len(data) <= STRING_MOST_BYTES and len(text) <= STRING_MOST_BYTES
    return text.decode() if fits else _cut(text, data)


def _cut(text: bytes, whole: bytes) -> str:
    mark = hashlib.blake2b(whole, digest_size=_FINGERPRINT_BYTES).hexdigest()
    rest = f"{_REST} [{len(whole)} bytes, blake2b:{mark}]"
    return text[: STRING_MOST_BYTES - len(rest.encode())].decode(errors="ignore") + rest


class _Representer:
    """Turns the values of one record into JSON's, within one budget."""

    def __init__(self) -> None:
        self._left_bytes = RECORD_MOST_BYTES
        self._around: list[object] = []
        """The containers around the value at hand."""

    def represent(self, value: object) -> object:
        if self._left_bytes <= 0:
            return _REST
        self._left_bytes -= _VALUE_BYTES
        # Most values are of these; match takes five times as long.
        if value is None or (type(value) is int and -_INT_MOST < value < _INT_MOST):
            return value
        if type(value) is float and math.isfinite(value):
            return value
        if type(value) is str and len(value) * _CHARACTER_MOST_BYTES <= STRING_MOST_BYTES:
            return self._text(value)
        try:
            return self._plain(value)
        except Exception as error:  # noqa: BLE001 - a value's own code may raise anything
            return f"<{type(value).__name__} that cannot be shown: {type(error).__name__}>"

    def _plain(self, value: object) -> object:
        shown: object
        match value:
            case None | bool():
                shown = value
            case Enum():
                shown = self.represent(value.value)
            case str():
                shown = self._text(_bounded(str.__str__(value)))
            case int():
                small = -_INT_MOST < value < _INT_MOST
                # hex(): Python refuses to write out decimals of thousands of digits.
                shown = int(value) if small else self._text(_bounded(hex(value)))
            case float():
                shown = float(value) if math.isfinite(value) else str(float(value))
            case bytes() | bytearray() | memoryview():
                shown = self._text(_bounded_bytes(bytes(value)))
            case dt.date() | dt.time():
                shown = value.isoformat()
            case dt.timedelta():
                shown = value.total_seconds()
            case PurePath():
                shown = self._text(_bounded(str(value)))
            case _:
                shown = self._nested(value)
        return shown

    def _nested(self, value: object) -> object:
        if any(value is container for container in self._around):
            return "<cycle>"
        if len(self._around) >= _MOST_DEPTH:
            return _REST
        self._around.append(value)
        try:
            return self._container(value)
        finally:
            self._around.pop()

    def _container(self, value: object) -> object:
        if isinstance(value, BaseException):
            return self._exception(value)
        if is_dataclass(value) and not isinstance(value, type):
            names = _field_names(type(value))
            shown = {name: self.represent(getattr(value, name)) for name in names}
            return {"type": type(value).__name__, **shown}
        if isinstance(value, Mapping):
            return self._mapping(value)
        if isinstance(value, Sequence | AbstractSet):
            return self._list(value)
        return self._text(_bounded(repr(value)))

    def _list(self, values: Sequence[object] | AbstractSet[object]) -> list[object]:
        shown = [self.represent(value) for value in islice(values, LIST_MOST_ITEMS)]
        if len(values) > LIST_MOST_ITEMS:
            shown.append(f"{_REST} {len(values) - LIST_MOST_ITEMS} more")
        return shown

    def _mapping(self, values: Mapping[object, object]) -> dict[str, object]:
        shown = {
            str(self.represent(key)): self.represent(value)
            for key, value in islice(values.items(), LIST_MOST_ITEMS)
        }
        if len(values) > LIST_MOST_ITEMS:
            shown[_REST] = f"{len(values) - LIST_MOST_ITEMS} more"
        return shown

    def _exception(self, error: BaseException) -> dict[str, object]:
        shown: dict[str, object] = {
            "type": type(error).__name__,
            "message": self.represent(str(error)),
        }
        if frames := traceback.extract_tb(error.__traceback__)[-1:]:
            where = f"{frames[0].filename}:{frames[0].lineno} in {frames[0].name}"
            shown["where"] = self.represent(where)
        if error.__cause__ is not None:
            shown["cause"] = self.represent(error.__cause__)
        return shown

    def _text(self, text: str) -> str:
        self._left_bytes -= len(text)
        return text
