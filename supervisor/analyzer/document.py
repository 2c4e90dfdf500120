"""Documents, event by event: first whose they are, then what they say."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from supervisor.analyzer.agents import Answer, Diary
from supervisor.analyzer.form import Form, Items
from supervisor.analyzer.grammar import Grammar
from supervisor.analyzer.items import ItemReader, said, whole
from supervisor.analyzer.json_events import Event
from supervisor.analyzer.line import Line
from supervisor.analyzer.outline import Node, Signatures, outline
from supervisor.analyzer.tally import Finding, Tally
from supervisor.analyzer.walk import Walk
from supervisor.digests import Fixable

CUT_SHORT = "cut short"
_ONLY_COUNTED = ("passed", "skipped")
_CONTEXT_CHARS = 1000
_MOST_WAITING = 1000
_MOST_ANSWER_CHARS, _LEAST_ANSWER_CHARS = 1 << 23, 1 << 10


class Recogniser:
    """Finds whose document it is. Of several forms the one that is seen first has it."""

    def __init__(self, signatures: Signatures) -> None:
        self._signatures = signatures
        self._lacking = signatures.begin()
        self._walk = Walk(signatures.root, self)
        self.form: Form | None = None

    def take(self, events: Sequence[Event]) -> bool:
        """Look at more of a document; whether it ended."""
        return self._walk.take(events)

    def enter(self, node: Node, key: str) -> None:
        """See a map or an array."""
        self.value(node, key, None)

    def value(self, node: Node, _key: str, value: Any) -> None:
        """See a value."""
        for place, bit, wanted in node.signs:
            if wanted is not None and said(value) != wanted:
                continue
            self._lacking[place] &= ~bit
            if not self._lacking[place] and self.form is None:
                self.form = self._signatures.form(place)

    def leave(self, node: Node) -> None:
        """Nothing is learnt from an end."""

    def item(self, items: Items, item: Any) -> None:
        """Signatures have no items."""


class DocumentParser:
    """Reads the events of a document of known form into a tally."""

    done = True
    attentive = False

    def __init__(self, form: Form, on_failure: Callable[[str, str], None]) -> None:
        self.tally = Tally(urgent=form.grammar.urgent)
        self.form = form
        self._failed = False
        self._on_failure = on_failure
        self._context: dict[str, str] = {}
        self._levels: dict[str, str] = {}
        self._waiting: list[tuple[Items, Finding]] = []
        self._sums: dict[str, int] = {}
        self._proven = False
        self._walk = Walk(outline(form), self)
        self.answers: list[Answer] = []
        """Commands of an agent, until their output is too much to be held."""
        self._diary = None if form.agent is None else Diary(form.agent)
        self._answer_chars = 0

    def read(self, events: Sequence[Event]) -> bool:
        """Read more of the document; whether it ended."""
        return self._walk.take(events)

    def finish(self, *, complete: bool) -> None:
        """Say what the document as a whole says."""
        self._add_waiting()
        tally = self.tally
        safe, unsafe = self._sums.pop("safe", 0), self._sums.pop("unsafe", 0)
        if safe or unsafe:
            tally.fixable = Fixable(safe=safe, unsafe=unsafe)
        tally.declared.update(self._sums)
        tally.name = self._context.get("name", "").lower() or None
        tally.ended = complete and not self._failed
        if self._diary is not None:
            self._diary.settle(tally)
            tally.green = tally.green and complete
        if not complete:
            tally.remarks.append(CUT_SHORT)
        elif tally.ended:
            try:
                self._settle()
            except Exception as error:  # noqa: BLE001 - a form may be a user's
                self._fail(error)

    def take(self, _line: Line) -> bool:
        """No line of text belongs to a document."""
        return False

    def close(self) -> None:
        """It was finished before."""

    def enter(self, node: Node, key: str) -> None:
        """A map or an array begins."""
        self._proven = self._proven or node.proves
        self._name_key(node, key)

    def leave(self, node: Node) -> None:
        """A map or an array ended."""
        if node.is_scope:
            self._add_waiting()
            self._context.pop("file", None)

    def value(self, node: Node, key: str, value: Any) -> None:
        """A value is given."""
        self._name_key(node, key)
        if node.names is not None and value is not None:
            self._context[node.names] = said(value)[:_CONTEXT_CHARS]
        if node.declares is not None and (number := whole(value)) is not None:
            self._sums[node.declares] = self._sums.get(node.declares, 0) + number
        if node.proves and value:
            self._proven = self._proven or whole(value) != 0
        if node.breaks and (words := said(value)):
            self.tally.broken = self.tally.broken or words

    def item(self, items: Items, item: Any) -> None:
        """A finding is given, or how a test went."""
        if self._failed:
            return
        try:
            if self._diary is None:
                self._item(items, item)
            else:
                self._hear(self._diary, item)
        except Exception as error:  # noqa: BLE001 - a form may be a user's
            self._fail(error)

    def _hear(self, diary: Diary, event: Any) -> None:
        for answer in diary.note(event):
            self._answer_chars += _LEAST_ANSWER_CHARS + len(answer.output)
            if self._answer_chars <= _MOST_ANSWER_CHARS:
                self.answers.append(answer)

    def _name_key(self, node: Node, key: str) -> None:
        if node.names_key is not None:
            self._context[node.names_key] = key[:_CONTEXT_CHARS]

    def _item(self, items: Items, item: Any) -> None:
        reader = item_reader(items, self.form.grammar)
        for key in reader.mended(item):
            self._sums[key] = self._sums.get(key, 0) + 1
        finding = reader.read(item)
        if finding is None:
            return
        if items is self.form.levels:
            if finding.code and len(self._levels) < _MOST_WAITING:
                self._levels[finding.code] = finding.counts_as
        elif self.form.scope is None:
            self._add(items, finding)
        else:
            self._waiting.append((items, finding))
            if len(self._waiting) > _MOST_WAITING:
                self._add_waiting()

    def _add_waiting(self) -> None:
        for items, finding in self._waiting:
            self._add(items, finding)
        self._waiting.clear()

    def _add(self, items: Items, finding: Finding) -> None:
        finding.file = finding.file or self._context.get("file")
        finding.code = finding.code or self._context.get("code")
        if not finding.counts_as:
            level = self._levels.get(finding.code or "")
            reader = item_reader(items, self.form.grammar)
            finding.counts_as = level or reader.key(self._context.get("severity"))
        if finding.counts_as in _ONLY_COUNTED:
            self.tally.counted[finding.counts_as] += finding.times
        else:
            self.tally.add(finding)

    def _settle(self) -> None:
        tally, form = self.tally, self.form
        if form.settle is not None:
            form.settle(tally, self._context)
        if form.grammar.kind == "tests":
            tally.declared = tally.declared or dict(tally.counted)
            self._proven = tally.declared.get("passed", 0) > 0
        if tally.problems or tally.broken:
            return
        if self._proven:
            tally.green = tally.declared.get("errors") == 0 or not tally.counted["warnings"]
        elif not tally.declared.get("errors"):
            tally.declared.pop("errors", None)

    def _fail(self, error: Exception) -> None:
        self._failed = True
        self.tally = Tally(remarks=["not understood"])
        self._on_failure(self.form.grammar.name, f"{type(error).__name__}: {error}")


@cache
def item_reader(items: Items, grammar: Grammar) -> ItemReader:
    """The reader of such items, made once."""
    return ItemReader(items, grammar.severities)
