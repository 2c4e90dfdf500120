"""The analyzer of a live stream."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache
from itertools import islice
from types import MappingProxyType

from supervisor.analyzer.agents import Agent, AgentForm, Answer, Commands
from supervisor.analyzer.commands import program_of
from supervisor.analyzer.digesting import digest_of, residue_digest, residue_verdict
from supervisor.analyzer.documents import Documents, FormBook, Part
from supervisor.analyzer.excerpt import Quote
from supervisor.analyzer.forms import AGENT_FORMS, AGENT_RECORDS, FORMS, RECORDS
from supervisor.analyzer.grammar import Grammar
from supervisor.analyzer.grammars import GRAMMARS
from supervisor.analyzer.line import Line, Page, remember
from supervisor.analyzer.lines import Blocks
from supervisor.analyzer.long_line import pieces
from supervisor.analyzer.open_document import Document
from supervisor.analyzer.records import Records
from supervisor.analyzer.segment import Segment
from supervisor.analyzer.segments import Segmenter
from supervisor.analyzer.text import scrub
from supervisor.analyzer.verdicts import BAD, Outcome, judge, overall, parsed
from supervisor.analyzer.witness import Witness
from supervisor.digests import Call, Digest, Verdict

_STREAMS = (1, 2)
_LAST_LINES = 40
_IN_VAIN = 8
"""After so many lines in a row that could not be skimmed, only one in so many is tried."""
_FEWEST_LINES, _MOST_LINES = 64, 1 << 16
_MOST_QUOTES = 40
_MOST_TEXT_BYTES = 500
_MOST_TOOLS = 8
"""Digests of one command; those of failures come first."""


class Analyzer:
    """Reads what a program writes and says what its tools did.

    ``tool`` is the tool's name where argv is known. ``users`` are grammars of the user's own, which
    are asked before ours. ``on_failure`` hears the name of a grammar
    that threw, and why; the generic digest then takes over. Of ``events`` in which an agent tells
    what its commands have printed, each command's output is read for itself. Memory is bounded,
    nothing is raised, and the digests do not depend on how the stream was cut into chunks.
    """

    def __init__(
        self,
        *,
        tool: str | None = None,
        on_failure: Callable[[str, str], None] | None = None,
        users: Iterable[Grammar] = (),
        grammars: Iterable[Grammar] = GRAMMARS,
        events: bool = True,
    ) -> None:
        self._tool = tool
        self._on_failure = on_failure or _ignore
        self._grammars = (*users, *grammars)
        self._book = _book(events=events)
        self._segmenter = Segmenter(self._grammars, tool, self._on_failure)
        self._commands: dict[str, Commands] = {}
        """Of each agent whose events were seen."""
        self._answers: list[Digest] = []
        """Of their commands, not yet handed over."""
        self._documents: dict[int, Documents] = {}
        self._blocks = Blocks()
        self._torn: set[int] = set()
        """Streams of which the next line's beginning was not there to be read."""
        self._history = b""
        self._lines = 0
        self._window = _MOST_LINES
        """How many lines the gate is asked about at once; a streak does not need its answer."""
        self._vain = 0
        """How many lines in a row were read that could not be skimmed."""
        self._verdicts: set[Verdict] = set()
        self._digests = 0
        self._explained = False
        """Whether a tool has said why something failed, not merely that it did."""
        self.verdict = Verdict.UNKNOWN
        """The verdict of the whole; known after ``close``."""
        self.quotes: list[Quote] = []
        """The first lines of each tool that tell of something bad; of many tools the last ones."""
        self.context: list[Quote] = []
        """Lines right above those, the nearest first."""

    def feed(self, chunk: bytes, stream: int = 1) -> list[Digest]:
        """Digests of what is over by now; ``stream`` is the descriptor it came from."""
        documents = self._documents.get(stream)
        if stream in self._torn and not (chunk := self._mend(chunk, stream)):
            return []
        if documents is None:
            documents = Documents(self._book, self._is_aloof, self._on_failure)
            self._documents[stream] = documents
        for part in documents.feed(chunk):
            self._take(part, stream)
        return self._drain()

    def skip(self, lines: int) -> None:
        """Go on behind a stretch with so many newlines, which is not there to be read.

        The lines that it cuts in two are not read; documents that it interrupts are over.
        """
        for stream, documents in sorted(self._documents.items()):
            for part in documents.close():
                self._take(part, stream)
        self._torn = {*_STREAMS, *self._documents}
        self._documents.clear()
        self._blocks = Blocks()
        self._lines += lines
        self._history = b""

    def _mend(self, chunk: bytes, stream: int) -> bytes:
        """What follows the line that a gap has cut in two."""
        end = chunk.find(b"\n") + 1
        if end:
            self._torn.remove(stream)
            self._lines += 1
        return chunk[end:] if end else b""

    def flush(self) -> list[Digest]:
        """Digests of what a quiet stretch of the stream ends."""
        self._segmenter.pause()
        digests = self._drain()
        residue = self._segmenter.residue
        if residue.told:
            digests.append(self._residue_digest(Outcome()))
            self._segmenter.renew_residue()
        return digests

    def close(
        self, exit_code: int | None, *, signum: int | None = None, timed_out: bool = False
    ) -> list[Digest]:
        """The remaining digests; the end of the program applies to the last and to the whole."""
        for stream, documents in sorted(self._documents.items()):
            for part in documents.close():
                self._take(part, stream)
        for block in self._blocks.close():
            self._read(block)
        outcome = Outcome(exit_code, signum, timed_out)
        last = self._segmenter.close()
        digests = self._drain()
        if last is not None:
            explained = bool(self._verdicts & BAD)
            said, closes = parsed(last.parser.tally), last.grammar.closes
            verdict = judge(outcome, said, explained=explained, closes=closes)
            digests.append(self._digest(last, verdict, outcome))
        if self._needs_residue(outcome, last):
            digests.append(self._residue_digest(outcome))
        self.verdict = overall(outcome, self._verdicts)
        if self.verdict is Verdict.OK and self._segmenter.residue.claim:
            self.verdict = Verdict.UNKNOWN
        if self.verdict in BAD:
            self._quote(self._segmenter.residue.witness)
        return digests

    @property
    def repeats(self) -> int:
        """Executions of one line that told what others had told, and have no digest."""
        return self._segmenter.openings.repeats

    def _is_aloof(self) -> bool:
        return self._segmenter.aloof

    def _take(self, part: Part, stream: int) -> None:
        match part:
            case bytes():
                for block in self._blocks.feed(part, stream):
                    self._read(block)
            case Records():
                if isinstance(part.form, AgentForm):
                    self._hear(part.form.agent, part)
                else:
                    self._history = remember(self._history, part.data)
                self._segmenter.read(part.form.grammar, part.records, self._lines + 1)
                self._lines += len(part.records)
            case Document():
                first, last = self._lines + 1, self._lines + max(1, part.lines)
                form = part.parser.form
                if form.agent is not None:
                    self._note(form.agent, part.parser.answers, (first, last))
                self._segmenter.include(Segment(form.grammar, part.parser, first, last))
                self._lines += part.newlines

    def _hear(self, agent: Agent, events: Records) -> None:
        """Read what the commands of an agent have printed."""
        commands = self._commands.setdefault(agent.name, Commands(agent))
        for number, event in enumerate(events.records, self._lines + 1):
            self._note(agent, commands.take(event), (number, number))

    def _note(self, agent: Agent, answers: Iterable[Answer], lines: tuple[int, int]) -> None:
        """Keep the digests of commands; their failures are not the agent's."""
        try:
            digests = [one for answer in answers for one in self._told_by(answer)]
        except Exception as error:  # noqa: BLE001 - the rest of the stream is worth more
            self._on_failure(agent.name, f"{type(error).__name__}: {error}")
            return
        self._answers += [replace(digest, lines=lines) for digest in digests]

    def _told_by(self, answer: Answer) -> list[Digest]:
        """What the output of a command says."""
        tool, grammars = program_of(answer.command), self._grammars
        inner = Analyzer(tool=tool, on_failure=self._on_failure, grammars=grammars, events=False)
        digests: list[Digest] = []
        for text, missing in pieces(answer.output):
            if missing:
                inner.skip(missing)
            digests += inner.feed(text.encode("utf-8", "replace"))
        digests += inner.close(answer.code, timed_out=answer.timed_out)
        worst = sorted(digests, key=lambda one: one.verdict not in BAD)[:_MOST_TOOLS]
        call = Call(source="stream", command=answer.command, code=answer.code)
        return [replace(digest, call=call) for digest in worst]

    def _read(self, block: bytes) -> None:
        page = Page(scrub(block), self._history, self._lines + 1)
        index = self._read_hot(page, 0)
        while index < page.length:
            end = min(index + self._window, page.length)
            self._window = min(2 * self._window, _MOST_LINES)
            index = self._read_lines(page, index, end)
        self._lines += page.length
        self._history = page.remember()

    def _read_hot(
        self, page: Page, index: int, marks: Mapping[int, int] = MappingProxyType({}), end: int = 0
    ) -> int:
        """Read lines from ``index`` on while it is likely, or certain, whose the next are.

        Returns the index of the first that was not read. ``marks`` are the gate's up to ``end``.
        """
        segmenter = self._segmenter
        while index < page.length and ((hot := segmenter.hot(page, index)) or segmenter.rapt):
            if hot:
                index += segmenter.run(page, index)
            if index < page.length:
                mark = marks.get(index, 0) if index < end else segmenter.mark(page, index)
                if mark or segmenter.attentive:
                    segmenter.take(Line(page, index, mark))
                index += 1
        return index

    def _read_lines(self, page: Page, index: int, end: int) -> int:
        """Give the lines from ``index`` to ``end`` to the segmenter, as far as it wants them.

        Returns the index of the first that was not read.
        """
        segmenter = self._segmenter
        marks = segmenter.marks(page, index, end)
        candidates = list(marks)
        many = len(candidates) > (end - index) // 4
        ahead = 0
        while index < end:
            if not segmenter.attentive:
                # Those before were read while every line was wanted.
                ahead = bisect_left(candidates, index, ahead)
                if ahead == len(candidates):
                    return end
                if many and (self._vain < _IN_VAIN or not self._vain % _IN_VAIN):
                    count = segmenter.skim(page, marks, candidates, ahead)
                    self._vain = -1 if count else self._vain
                    ahead += count
                    if ahead == len(candidates):
                        return end
                self._vain += 1
                index = candidates[ahead]
            segmenter.take(Line(page, index, marks.get(index, 0)))
            begin, index = index, self._read_hot(page, index + 1, marks, end)
            if index - begin > _FEWEST_LINES:
                self._window = _FEWEST_LINES
        return index

    def _drain(self) -> list[Digest]:
        answers, self._answers = self._answers, []
        return answers + [
            self._digest(segment, _said_by(segment), Outcome())
            for segment in self._segmenter.drain()
        ]

    def _digest(self, segment: Segment, verdict: Verdict, outcome: Outcome) -> Digest:
        if verdict is not Verdict.UNKNOWN or segment.grammar.closes:
            self._verdicts.add(verdict)
        self._digests += 1
        tally = segment.parser.tally
        if verdict in BAD:
            self._quote(segment.witness)
        self._explained |= verdict in BAD and not (segment.grammar.wraps and tally.silent)
        return digest_of(segment, self._name(segment), verdict, outcome)

    def _quote(self, witness: Witness) -> None:
        self.quotes = [*self.quotes, *witness.quotes][-_MOST_QUOTES:]
        self.context = [*self.context, *witness.context][-_MOST_QUOTES:]

    def _name(self, segment: Segment) -> str:
        """The name by which argv calls the tool, where it is one of the grammar's."""
        grammar = segment.grammar
        if self._tool in grammar.aliases:
            return self._tool
        return segment.parser.tally.name or grammar.name

    def _needs_residue(self, outcome: Outcome, last: Segment | None) -> bool:
        status = outcome.verdict
        if not self._digests or self._segmenter.residue.told:
            return True
        if status in {Verdict.TIMEOUT, Verdict.KILLED}:
            return last is None
        return status is not None and status is not Verdict.OK and not self._explained

    def _residue_digest(self, outcome: Outcome) -> Digest:
        residue = self._segmenter.residue
        last = self._last_lines()
        if outcome.verdict is not Verdict.OK:
            residue.last_words(reversed(last), self._lines)
        self._verdicts.add(residue_verdict(residue, outcome, silent=not last))
        self._digests += 1
        end = max(1, self._lines)
        lines = residue.lines or (max(1, min(end, end - len(last) + 1)), end)
        return residue_digest(self._tool or "output", residue, outcome, last, lines)

    def _last_lines(self) -> tuple[str, ...]:
        end = Page(b"", self._history, self._lines + 1)
        texts = (text.strip()[:_MOST_TEXT_BYTES] for text in end.above(0))
        return tuple(islice((text for text in texts if text), _LAST_LINES))[::-1]


def _said_by(segment: Segment) -> Verdict:
    """The verdict of its own words; what a log tells of need not be a failure of its program."""
    return Verdict.UNKNOWN if segment.grammar.kind == "log" else parsed(segment.parser.tally)


@cache
def _book(*, events: bool) -> FormBook:
    if not events:
        return FormBook(FORMS, RECORDS)
    return FormBook((*FORMS, *AGENT_FORMS), (*RECORDS, *AGENT_RECORDS))


def _ignore(grammar: str, problem: str) -> None:
    """Nobody asked."""
