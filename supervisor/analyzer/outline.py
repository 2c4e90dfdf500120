"""Forms' paths as a tree that is walked along with a document."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache

from supervisor.analyzer.form import Form, Items

_MANY = "*"


@dataclass(slots=True, eq=False)
class Node:
    """A place in documents, and what is wanted there."""

    children: dict[str, "Node"] = field(default_factory=dict)
    many: "Node | None" = None
    """The place of each element of an array."""
    others: "Node | None" = None
    """The place of a map's keys that are not in ``children``."""
    items: Items | None = None
    names: str | None = None
    """What a string here is called in the context."""
    names_key: str | None = None
    """What the key of this place is called in the context."""
    declares: str | None = None
    is_scope: bool = False
    proves: bool = False
    breaks: bool = False
    signs: list[tuple[int, int, str | None]] = field(default_factory=list)
    """Signatures that this place belongs to: which one, its bit, the value that is asked for."""

    def at(self, path: str, *, any_key: bool = False) -> "Node":
        """The place below this one, made where it is new; ``*`` may be any key of a map, too."""
        node = self
        for key in path.split(".") if path else ():
            if key == _MANY:
                node.many = node.many or Node()
                node.others = node.many if any_key else None
                node = node.many
            else:
                node = node.children.setdefault(key, Node())
        return node


@cache
def outline(form: Form) -> Node:
    """What is wanted of a document of this form."""
    root = Node()

    def at(path: str) -> Node:
        return root.at(path, any_key=True)

    for items in (*form.items, *((form.levels,) if form.levels else ())):
        at(items.at).items = items
    for name, path in {**form.context, **({"name": form.name} if form.name else {})}.items():
        if path.endswith("@"):
            at(path.removesuffix("@")).names_key = name
        else:
            at(path).names = name
    if form.scope is not None:
        at(form.scope).is_scope = True
    for path, key in form.declares.items():
        at(path).declares = key
    for path in form.proof:
        at(path).proves = True
    for path in form.breaks:
        at(path).breaks = True
    for path, above in form.loops.items():
        parent, _, key = path.rpartition(".")
        at(parent).children[key] = at(above)
    return root


_KEY = re.compile(rb'"([\w$-]++)"\s*+:')


class Signatures:
    """How documents of many forms are told apart."""

    def __init__(self, forms: Iterable[Form]) -> None:
        self._keys: dict[bytes, set[frozenset[bytes]]] = {}
        """The keys of each signature, by the one that is likely to be the rarest."""
        self.root = Node()
        self._forms: list[Form] = []
        self._bits: list[int] = []
        for form in forms:
            for signature in form.signatures:
                self._add(form, signature)

    def _add(self, form: Form, signature: Sequence[str]) -> None:
        keys = {key for mark in signature for key in mark.partition("=")[0].split(".")}
        named = frozenset(key.encode() for key in keys - {_MANY})
        self._keys.setdefault(max(named, key=len, default=b""), set()).add(named)
        place = len(self._forms)
        for number, mark in enumerate(signature):
            path, _, value = mark.partition("=")
            self.root.at(path).signs.append((place, 1 << number, value or None))
        self._forms.append(form)
        self._bits.append((1 << len(signature)) - 1)

    def may_stand_in(self, line: bytes) -> bool:
        """Whether a line of JSON could have all keys of a signature."""
        if b"\\u" in line:
            return True
        keys = frozenset(_KEY.findall(line))
        return any(named <= keys for key in keys for named in self._keys.get(key, ()))

    def begin(self) -> list[int]:
        """What each signature still lacks before anything is seen."""
        return self._bits.copy()

    def form(self, place: int) -> Form:
        """Whose signature this is."""
        return self._forms[place]
