"""The hall: what one tool call prints, on its way to the caller, kept, analyzed and told."""

import shlex
from collections.abc import Sequence
from dataclasses import replace
from types import TracebackType
from typing import Protocol, Self, assert_never

import anyio

from supervisor import events
from supervisor.digests import Call, Digest
from supervisor.endings import CallEnding, Exited
from supervisor.house import House
from supervisor.options_pool import Show
from supervisor.output.bounded import Bounded
from supervisor.output.relay import Relay, pass_on
from supervisor.output.store import Kept, RawStore
from supervisor.pool.calls import CallRequest
from supervisor.reading import Expected, Reader, drop_teller
from supervisor.units import render_bytes

_QUOTA_SHARE = 4
"""What one call may keep, of what a run may."""
_MOST_DIGESTS = 8
_FINDINGS_SHARE = 5
_COMMAND_CHARACTERS = 2000
_CALLER_S = 30.0
"""How long a caller that reads slowly has for the last words."""


class View(Protocol):
    """What of a call's output its caller sees."""

    def see(self, stream: int, chunk: bytes) -> bytes:
        """What of a chunk is passed on now."""

    def end(self, digests: Sequence[Digest], findings: str, show: str) -> list[tuple[int, bytes]]:
        """What comes at the end, by stream; ``show`` is the command that has all of it."""


class Whole:
    """Every byte, and nothing else."""

    def see(self, _: int, chunk: bytes) -> bytes:
        """All of it."""
        return chunk

    def end(self, *_: object) -> list[tuple[int, bytes]]:
        """Nothing."""
        return []


class Short:
    """Beginning, findings and end, within so many bytes."""

    def __init__(self, most_bytes: int) -> None:
        self._bounded = Bounded(most_bytes)

    def see(self, stream: int, chunk: bytes) -> bytes:
        """The beginning, and at the end what fits as a whole."""
        return self._bounded.see(stream, chunk)

    def end(self, _: Sequence[Digest], findings: str, show: str) -> list[tuple[int, bytes]]:
        """What is left out is said where it is left out."""
        rest = self._bounded.rest()
        if not self._bounded.left_out_bytes:
            return rest
        left_out = render_bytes(self._bounded.left_out_bytes)
        marker = (
            f"\n[supervise: {left_out}, {self._bounded.left_out_lines} lines left out: {show}]\n"
        )
        words = marker + (f"{findings}\n[…]\n" if findings else "")
        return [(rest[0][0] if rest else 1, words.encode()), *rest]


class Summed:
    """A line for each tool that was recognised."""

    def see(self, _stream: int, _chunk: bytes) -> bytes:
        """Nothing yet."""
        return b""

    def end(self, digests: Sequence[Digest], _: str, show: str) -> list[tuple[int, bytes]]:
        """What was found, and where the rest is."""
        lines = [digest.summary for digest in digests[:_MOST_DIGESTS]]
        return [(1, "".join(f"{line}\n" for line in (*lines, f"[supervise: {show}]")).encode())]


class ToolOutput:
    """The output of one call. The block lasts as long as its tool may write.

    Nothing is opened before the first output: most calls of a build print nothing.
    """

    def __init__(self, house: House, run: str, request: CallRequest, show: Show) -> None:
        self._house = house
        self._run = run
        self._tell_dropped = drop_teller(house.journal, run)
        self._request = request
        self._callers = dict(zip(request.streams, request.fds, strict=True))
        seen = {stream: fd for stream, fd in self._callers.items() if stream in {1, 2}}
        self._relay = None if request.nested or 1 not in seen else Relay(seen)
        self._store: RawStore | None = None
        self._reader: Reader | None = None
        self._digests: list[Digest] = []
        self._command = shlex.join(request.argv)[:_COMMAND_CHARACTERS]
        self._code: int | None = None
        self._show = show
        self._view = _view(show, house.config.pool.show_bytes)

    def __enter__(self) -> Self:
        if self._relay is not None:
            try:
                self._relay.__enter__()
            except OSError:  # Descriptors have run out: better unseen than not at all.
                self._relay = None
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._relay is not None:
            self._relay.__exit__(kind, error, traceback)

    @property
    def child_fds(self) -> tuple[int, ...]:
        """What the tool has open, in the order of the request's streams."""
        own = {} if self._relay is None else self._relay.child_fds
        return tuple((self._callers | own).values())

    @property
    def seen_bytes(self) -> int:
        """What the tool has written, as far as it comes by here."""
        return 0 if self._relay is None else self._relay.seen_bytes

    @property
    def is_narrowed(self) -> bool:
        """Whether the caller hears more when all is over."""
        return self._show != "raw" and self._relay is not None and self._relay.sees

    def start(self) -> None:
        """Pass on from now on; the tool has its descriptors."""
        if self._relay is not None:
            self._relay.close_child_fds()
            self._relay.start(self._see, self._pause)

    async def pass_on_rest(self) -> None:
        """Wait until the caller has everything; who else holds the pipe open does not hold us."""
        relay = self._relay
        while relay is not None:
            with anyio.move_on_after(self._house.config.output.drain) as patience:
                await anyio.wait_readable(relay.ended_fd)
            if not (patience.cancelled_caught and relay.waits_for_caller):
                return

    def close(self, ending: CallEnding) -> Kept | None:
        """Have the rest read and summed up, after the block; None: nothing was printed."""
        if self._relay is not None and self._relay.failure is not None:
            # Threads have run out, say; what came then was passed on and not kept.
            self._tell_dropped(self._relay.seen_bytes, 0, str(self._relay.failure))
        if self._reader is None or self._store is None:
            return None
        self._code = ending.code if isinstance(ending, Exited) else None
        self._reader.close(ending)
        return self._store.close()

    def tell_caller(self) -> None:
        """Give the caller the last words; only after ``close``."""
        most_bytes = self._house.config.pool.show_bytes // _FINDINGS_SHARE
        findings = "" if self._reader is None else self._reader.findings(most_bytes)
        show = f"supervise show {self._request.call_id}"
        for stream, words in self._view.end(self._digests, findings, show):
            pass_on(self._callers[stream], words, _CALLER_S)

    def _see(self, stream: int, chunk: bytes) -> bytes:
        if self._reader is None:
            self._reader = self._open()
        self._reader.take(stream, chunk)
        return self._view.see(stream, chunk)

    def _pause(self) -> None:
        if self._reader is not None:
            self._reader.pause()

    def _open(self) -> Reader:
        house = self._house
        directory = house.places.raw / self._request.call_id
        quota_bytes = house.config.output.quota // _QUOTA_SHARE
        self._store = RawStore.open(directory, quota_bytes, self._tell_dropped)
        patience_s = house.config.analyzer.patience
        expected = Expected(house.users_grammars, patience_s, self._request.tool)
        return Reader(self._run, self._store, self, expected)

    def tell(self, event: events.Event) -> None:
        """Pass on what the reader tells."""
        self._house.journal.tell(event)

    def tell_digest(self, run: str, digest: Digest) -> None:
        """Pass on what the reader tells, as of this call, and remember it for the caller."""
        call = Call(source="pool", command=self._command, code=self._code)
        self._digests.append(digest)
        self._house.journal.tell_digest(run, replace(digest, call=call))


def _view(show: Show, most_bytes: int) -> View:
    match show:
        case "raw":
            return Whole()
        case "bounded":
            return Short(most_bytes)
        case "digest":
            return Summed()
        case _:
            assert_never(show)
