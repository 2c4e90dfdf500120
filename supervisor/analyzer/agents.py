"""Agents that print their steps as JSON events: the commands they ran, and how they fared.

What stands in an event's output is the output of a command, and none of the agent's own.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from supervisor.analyzer.commands import unwrap
from supervisor.analyzer.grammar import Grammar
from supervisor.analyzer.records import Reader, Record, RecordForm, RecordParser
from supervisor.analyzer.summary import count
from supervisor.analyzer.tally import Tally

_MOST_OPEN = 200
_KEY_CHARS = 200
_COMMAND_CHARS = 2000
_MOST_CODE = 1 << 16


class Answer(NamedTuple):
    """What came of a command."""

    key: str
    """Of the event that told of the command; empty where this one does itself."""
    output: str
    code: int | None
    command: str = ""
    timed_out: bool = False

    @property
    def failed(self) -> bool:
        """Whether the exit status, or the lack of time, says so."""
        return self.timed_out or self.code not in {None, 0}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Agent:
    """The events of one agent. Its functions throw on nothing that JSON can hold."""

    name: str
    answers: Callable[[Record], Iterable[Answer]]
    """Commands that are over, by an event."""
    ends: Callable[[Record], str | None]
    """How the agent has ended: in words, empty if all is well, None if an event does not say."""
    types: Mapping[str, str] = field(default_factory=dict)
    """What stands under ``type`` in its events, each with another key that such an event has."""
    asks: Callable[[Record], Iterable[tuple[str, str]]] = lambda _record: ()
    """Commands that begin, by an event, each with its key."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AgentForm(RecordForm):
    """The events of one agent as records; such a line may be too long to be held."""

    agent: Agent


class Commands:
    """Pairs commands with what came of them; of those without an answer the last 200 are known."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self._open: dict[str, str] = {}

    def take(self, record: Record) -> Iterator[Answer]:
        """Commands that are over by now, with the command itself."""
        for key, command in self._agent.asks(record):
            if len(self._open) >= _MOST_OPEN:
                del self._open[next(iter(self._open))]
            self._open[key[:_KEY_CHARS]] = command[:_COMMAND_CHARS]
        for answer in self._agent.answers(record):
            command = answer.command or self._open.pop(answer.key[:_KEY_CHARS], "")
            if command:
                yield answer._replace(command=_valid(unwrap(command[:_COMMAND_CHARS])))


def _valid(command: str) -> str:
    """Text that has no halves of characters, which JSON may."""
    return command.encode("utf-8", "replace").decode()


class Diary:
    """What an agent's events say of itself."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self._commands = Commands(agent)
        self._ran = self._failed = 0
        self._end: str | None = None

    def note(self, event: Record) -> list[Answer]:
        """Take in an event; returns the commands that are over."""
        answers = [*self._commands.take(event)]
        self._ran += len(answers)
        self._failed += sum(answer.failed for answer in answers)
        end = self._agent.ends(event)
        self._end = self._end if end is None else end
        return answers

    def settle(self, tally: Tally) -> None:
        """Say how often it ran something, and how it ended."""
        failed = f", {self._failed} failed" if self._failed else ""
        tally.remark(f"{count(self._ran, 'commands')}{failed}")
        tally.green = self._end == ""
        if self._end:
            tally.broken = " ".join(self._end.split())
            tally.identify(self._end)


class _Reader:
    """Reads an agent's events for what they say of itself."""

    def __init__(self, agent: Agent, grammar: Grammar) -> None:
        self.tally = Tally(urgent=grammar.urgent)
        self._diary = Diary(agent)

    def take(self, record: Record) -> bool:
        """Read an event."""
        self._diary.note(record)
        return True

    def take_text(self, _text: str) -> bool:
        """What else it writes belongs to nobody."""
        return False

    def close(self) -> None:
        """Sum up."""
        self._diary.settle(self.tally)


def form_of(agent: Agent) -> AgentForm:
    """How an agent's events are known and read."""

    def knows(record: Record) -> bool:
        return agent.types.get(record.get("type", "")) in record

    def parser(grammar: Grammar) -> RecordParser:
        reader: Reader = _Reader(agent, grammar)
        return RecordParser(reader, knows)

    grammar = Grammar(name=agent.name, kind="agent", rules=(), at_once=False, parser=parser)
    return AgentForm(grammar=grammar, keys=(frozenset({"type"}),), knows=knows, agent=agent)


def table(value: Any, *keys: str) -> Mapping[str, Any]:
    """The map at a path of keys; empty where there is none.

    >>> table({"a": {"b": {"c": 1}}}, "a", "b"), table({"a": []}, "a")
    ({'c': 1}, {})
    """
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def text(value: Any) -> str:
    """A string; empty if it is none."""
    return value if isinstance(value, str) else ""


def status(value: Any) -> int | None:
    """An exit status; None if it is none."""
    return value if type(value) is int and abs(value) < _MOST_CODE else None


def texts(content: Any) -> str:
    """The words of a message: a string, or the texts in a list of parts."""
    parts = content if isinstance(content, list) else ()
    return text(content) or "".join(text(table(part).get("text")) for part in parts)
