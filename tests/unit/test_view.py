"""What a person sees of each event."""

import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from supervisor import events
from supervisor.digests import Call, Digest, Verdict
from supervisor.endings import Ending, Exited, Lost, NotStarted, Signaled, Stopped
from supervisor.view import lines
from supervisor.view.closing import Failure, Totals, render_closing
from supervisor.view.line import Line
from supervisor.view.lines import describe_ending, render
from supervisor.view.screen import Screen, wants_colour
from supervisor.view.words import render_argv

NOON = datetime(2026, 1, 2, 12, 0, 0, tzinfo=UTC)


def test_every_event_has_a_line_or_is_hidden_on_purpose() -> None:
    """A new event cannot be forgotten here."""
    kinds = {
        value
        for value in vars(events).values()
        if isinstance(value, type) and issubclass(value, events.Event)
    }
    assert lines._LINES.keys() | lines.UNSEEN == kinds - {events.Event}


@pytest.mark.parametrize(
    ("ending", "clause"),
    [
        (Exited(0), "finished"),
        (Exited(3), "exited with 3"),
        (Signaled(11), "died of SIGSEGV"),
        (Stopped("wall"), "stopped by the wall-clock limit (limits.wall)"),
        (NotStarted(2, "x: No such file"), "could not start: x: No such file"),
        (Lost(), "lost: the guardian was killed, so everything was ended"),
    ],
)
def test_ending_is_one_clause(ending: Ending, clause: str) -> None:
    assert describe_ending(ending) == clause


def test_control_characters_never_reach_the_terminal() -> None:
    """A member's command line cannot clear the screen of who watches it."""
    assert "\x1b" not in render_argv(["sh", "-c", "printf '\x1b[2J'"])


def test_leftovers_are_named_with_their_owner() -> None:
    """Where nobody was seen with one, nobody is named."""
    seen = events.Leftover(path="/tmp/.a.so", used_bytes=9_000_000, by=("opencode", "run"))
    unseen = events.Leftover(path="/tmp/b\n", used_bytes=0, by=())
    event = events.SharedLeft(
        run="r",
        uid=0,
        user="root",
        count=6,
        used_bytes=9_000_000,
        whole=False,
        left=(seen, unseen),
        crowded=(),
    )
    assert render(event) == Line(
        "shared",
        "at least 6 entries, 9.0 MB, owner root: outside scratch, new since the run began,"
        " not removed: /tmp/.a.so (by opencode run), /tmp/b?, 4 more",
        "warning",
    )
    crowded = replace(event, count=0, left=(), crowded=("/tmp",))
    assert render(crowded) == Line(
        "shared", "too many entries to say what is new in /tmp", "warning"
    )


def test_long_command_is_cut() -> None:
    assert len(render_argv(["x" * 500])) == 60


def test_receipt_names_what_survived() -> None:
    """Only what went wrong, or had to be ended, is worth a line."""
    why = "it waits in the kernel (state D, in folio_wait_bit)"
    member = events.Member(pid=7, argv=("sleep", "9"), why=why)
    quiet = events.Receipt(
        run="r",
        seen=1,
        ended=(),
        ended_count=0,
        survivors=(),
        took_s=0.0,
        scratch_left=0,
        limits={},
    )

    assert render(quiet) is None
    assert "sleep 9" in str(render(receipt_with_survivor(member)))


def receipt_with_survivor(member: events.Member) -> events.Receipt:
    return events.Receipt(
        run="r",
        seen=1,
        ended=(),
        ended_count=0,
        survivors=(member,),
        took_s=0.0,
        scratch_left=0,
        limits={},
    )


def test_what_is_swept_says_whose_it_was() -> None:
    """A run's own, late, or that of dead ones; what stays is no good news."""
    late = events.Swept(run="9c1f", directories=1, freed_bytes=2_000_000, left=0)
    start = events.Swept(run=None, directories=2, freed_bytes=0, left=3)

    assert render(late) == Line("swept", "scratch of run 9c1f, 2.0 MB")
    assert render(start) == Line(
        "swept", "scratch of 2 dead runs, 0 B, 3 files stay for the next sweep", "bad"
    )


def test_repeated_failure_says_how_often_it_was_seen() -> None:
    digest = Digest(
        tool="ruff",
        kind="linter",
        verdict=Verdict.FAILED,
        declared={},
        counted={},
        by_code={},
        files=None,
        fixable=None,
        fix=None,
        first=None,
        causes=(),
        summary="ruff: 3 errors",
        fingerprint="v1:0",
        lines=(1, 2),
    )

    assert render(events.Digested(run="r", digest=digest, seen=3, status="new")) == Line(
        "failed", "ruff: 3 errors (seen 3x)", "bad"
    )
    call = Call(source="stream", command="cd app &&\n  ruff check " + "\x1b[31m" * 20, code=1)
    line = render(events.Digested(run="r", digest=replace(digest, call=call)))
    assert line is not None
    assert line.text.startswith("ruff: 3 errors [stream: cd app && ruff check ?[31m?[31m")
    assert line.text.endswith("…]")
    assert len(line.text) < 90


def test_closing_lines_are_the_receipt() -> None:
    totals = Totals(
        runs=["a1", "b2"],
        wall_s=12.0,
        seen=9,
        survivors=0,
        scratch_left=0,
        shared_left=3,
        output_bytes=52_000_000,
        kept_bytes=1_000_000,
        dropped_bytes=0,
        peak_memory_bytes=1_000_000,
        peak_processes=4,
    )
    failure = Failure("v1:0", "ruff: 3 errors", 2, NOON, NOON)

    assert list(render_closing(totals, [failure])) == [
        "receipt",
        "  members seen 9, survivors 0, scratch left 0, outside scratch 3",
        "  output 52.0 MB → 1.0 MB kept; read it: supervise show b2",
        "  2 runs in 12.0 s; at most 4 processes and 1.0 MB at once",
        "  failures: 1",
        "  2x 12:00:00-12:00:00 ruff: 3 errors [v1:0]",
    ]


def test_screen_prints_in_order() -> None:
    out = io.StringIO()
    with Screen(out, colour=False) as screen:
        screen.show(Line("start", "one"), NOON)
        screen.write("two")

    assert out.getvalue() == "12:00:00 start    one\ntwo\n"


def test_reader_that_is_gone_ends_the_printing_only() -> None:
    """A closed pipe costs lines, never the caller."""
    out = io.StringIO()
    out.close()
    with Screen(out, colour=False) as screen:
        screen.write("nobody reads this")


def test_colour_needs_a_terminal_and_no_objection() -> None:
    assert not wants_colour(io.StringIO(), {})
    assert not wants_colour(io.StringIO(), {"NO_COLOR": "1"})
