"""Walks along a tree of places with the events of a document."""

from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from supervisor.analyzer.form import Items
from supervisor.analyzer.json_events import Event
from supervisor.analyzer.long_line import shorten
from supervisor.analyzer.outline import Node

_STARTS = frozenset({"start_map", "start_array"})
_ENDS = frozenset({"end_map", "end_array"})
_MOST_PARTS = 20_000
_STRING_CHARS = 4000


class Visitor(Protocol):
    """Hears of what stands at the places of a tree."""

    def enter(self, node: Node, key: str) -> None:
        """A map or an array begins here."""

    def leave(self, node: Node) -> None:
        """It ended."""

    def value(self, node: Node, key: str, value: Any) -> None:
        """A string, a number, a truth value or nothing stands here."""

    def item(self, items: Items, item: Any) -> None:
        """A finding, whole."""


class Walk:
    """Takes events and tells a visitor of those at places of the tree; builds items."""

    def __init__(self, root: Node, visitor: Visitor) -> None:
        self._visitor = visitor
        self._node = Node()
        self._child: Node | None = root
        self._key = ""
        self._above: list[tuple[Node, Node | None]] = []
        self._skipped = 0
        """How deep we are in what nobody wants."""
        self._item: _Item | None = None

    def take(self, events: Iterable[Event]) -> bool:
        """Walk on; whether the document ended."""
        rest = iter(events)
        if self._item is not None and self._build(self._item, rest):
            return True
        for event, value in rest:
            if self._skipped:
                self._skipped += (event in _STARTS) - (event in _ENDS)
            elif event == "map_key":
                self._key = value
                self._child = self._node.children.get(value) or self._node.others
            elif event in _STARTS:
                self._enter(event)
                if self._item is not None and self._build(self._item, rest):
                    return True
            elif event in _ENDS:
                if self._leave():
                    return True
            elif self._child is not None:
                self._visit(self._child, value)
        return False

    def _enter(self, event: str) -> None:
        child = self._child
        if child is None:
            self._skipped = 1
            return
        self._visitor.enter(child, self._key)
        if child.items is not None and event == "start_map":
            self._item = _Item(child.items)
            return
        self._above.append((self._node, child))
        self._node = child
        self._child = child.many if event == "start_array" else None

    def _leave(self) -> bool:
        """Go up; whether that was the root."""
        self._visitor.leave(self._node)
        self._node, self._child = self._above.pop()
        return not self._above

    def _visit(self, child: Node, value: Any) -> None:
        self._visitor.value(child, self._key, value)
        if child.items is not None and value is not None:
            self._visitor.item(child.items, value)

    def _build(self, item: "_Item", events: Iterator[Event]) -> bool:
        """Put an item together; whether it was the whole document."""
        if not item.take(events):
            return False
        self._item = None
        self._visitor.item(item.items, item.root)
        return not self._above


class _Item:
    """A map that is put together, up to a number of parts; long strings are cut."""

    def __init__(self, items: Items) -> None:
        self.items = items
        self.root: dict[str, Any] = {}
        self._here: Any = self.root
        self._key = ""
        self._above: list[Any] = []
        self._room = _MOST_PARTS

    def take(self, events: Iterator[Event]) -> bool:
        """Add what events tell, up to its end; whether that came."""
        here, key, room = self._here, self._key, self._room
        for event, value in events:
            if event == "map_key":
                key = value
            elif event in _ENDS:
                if not self._above:
                    return True
                here = self._above.pop()
            elif event in _STARTS:
                self._above.append(here)
                here = _put(here, key, {} if event == "start_map" else [], room)
                room -= 1
            elif room > 0:
                room -= 1
                part = value
                if event == "string":
                    part = shorten(value) if self.items.both_ends else value[:_STRING_CHARS]
                if type(here) is not dict:
                    here.append(part)
                elif key not in here:
                    here[key] = part
        self._here, self._key, self._room = here, key, room
        return False


def _put(here: Any, key: str, inner: Any, room: int) -> Any:
    """Put a map or an array where there is room; what follows is in it even where there is none."""
    if room > 0:
        if type(here) is dict:
            here.setdefault(key, inner)
        else:
            here.append(inner)
    return inner
