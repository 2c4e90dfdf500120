"""Events to lines for a person; pure."""

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, assert_never

from supervisor import events
from supervisor.digests import Digest, Verdict
from supervisor.endings import Ending, Exited, Lost, NotStarted, Signaled, Stopped, signal_name
from supervisor.units import render_bytes, render_seconds

Mood = Literal["good", "bad", "warning", "plain"]
_ARGV_CHARACTERS = 60
_NAMED_MEMBERS = 4
_STOP_REASONS = {
    "operator": "on request",
    "wall": "by the wall-clock limit (limits.wall)",
    "scratch": "by the scratch quota (scratch.quota)",
    "files": "by the number of scratch files (scratch.files)",
    "watched": "by the budget of a watched place (scratch.watch)",
    "disk": "because a disk is nearly full (health.disk_stop)",
    "processes": "by the process limit (limits.processes)",
    "memory": "by the memory limit (limits.memory)",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the tail: what happened, in one word and in one sentence."""

    word: str
    text: str
    mood: Mood = "plain"


def render(event: events.Event) -> Line | None:
    """The line for an event; None: a person need not see it."""
    return _LINES[type(event)](event) if type(event) in _LINES else None


def render_argv(argv: Sequence[str]) -> str:
    """A command line without control characters; where it gets long, paths lose their folders.

    >>> render_argv(["/usr/bin/python3", "/home/somebody/some/where/very/deep/inside/server.py"])
    'python3 server.py'
    """
    line = printable(shlex.join(argv))
    if len(line) > _ARGV_CHARACTERS:
        line = printable(shlex.join(map(_last_name, argv)))
    return line if len(line) <= _ARGV_CHARACTERS else line[: _ARGV_CHARACTERS - 1] + "…"


def _last_name(word: str) -> str:
    is_path = word.startswith("/") and not any(letter.isspace() for letter in word)
    return word.rpartition("/")[2] or word if is_path else word


def printable(text: str) -> str:
    r"""Text that cannot move the cursor or change the terminal's colours.

    >>> printable("a\x1b[31mb\nc")
    'a?[31mb?c'
    """
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def describe_ending(ending: Ending) -> str:
    """One clause on how a run is over."""
    match ending:
        case Exited(code=0):
            return "finished"
        case Exited(code=code):
            return f"exited with {code}"
        case Signaled(signum=signum):
            return f"died of {signal_name(signum)}"
        case Stopped(reason=reason):
            return f"stopped {_STOP_REASONS[reason]}"
        case NotStarted(problem=problem):
            return f"could not start: {problem}"
        case Lost():
            return "lost: the guardian was killed, so everything was ended"
        case _:
            assert_never(ending)


def _run_started(event: events.RunStarted) -> Line:
    again = f", attempt {event.attempt}" if event.attempt > 1 else ""
    weak = [name for name, strength in event.limits.items() if strength == "not"]
    unheld = f"; nobody enforces here: limits.{', limits.'.join(weak)}" if weak else ""
    text = f"run {event.run}{again}: {render_argv(event.argv)} (tier {event.tier}{unheld})"
    return Line("start", text, "warning" if weak else "plain")


def _run_ended(event: events.RunEnded) -> Line:
    kept = f"{render_bytes(event.output_bytes)} of output, {render_bytes(event.kept_bytes)} kept"
    memory = ", out of memory" if event.cause.startswith("oom") else ""
    kept += f", identical to run {event.same_as}" if event.same_as else ""
    text = f"run {event.run} {describe_ending(event.ending)}{memory} after"
    return Line(
        "end",
        f"{text} {render_seconds(event.wall_s)}; {kept}",
        "good" if event.ending == Exited(0) else "bad",
    )


def _adopted(event: events.Adopted) -> Line:
    where = ", in a session of its own" if event.member.escaped else ""
    argv = render_argv(event.member.argv)
    return Line("orphan", f"{argv} (pid {event.member.pid}) lost its parent{where}", "warning")


def _stop_started(event: events.StopStarted) -> Line:
    text = f"{_STOP_REASONS[event.reason]}; what is left after {render_seconds(event.grace_s)}"
    return Line("stop", f"{text} is killed", "warning")


def _receipt(event: events.Receipt) -> Line | None:
    if event.survivors:
        names = "; ".join(map(_name_survivor, event.survivors[:_NAMED_MEMBERS]))
        return Line("SURVIVED", f"{names} could not be ended", "bad")
    if event.scratch_left:
        return Line("LEFT", f"{event.scratch_left} scratch files could not be removed", "bad")
    if event.ended_count:
        names = _name_members(event.ended, event.ended_count)
        took = render_seconds(event.took_s)
        return Line(
            "ended", f"{count_of(event.ended_count, 'leftover process')} in {took}: {names}"
        )
    return None


def count_of(number: int, noun: str) -> str:
    """A number with its noun.

    >>> count_of(1, "failure"), count_of(2, "process")
    ('1 failure', '2 processes')
    """
    plural = f"{noun}es" if noun.endswith("s") else f"{noun}s"
    return f"{number} {noun if number == 1 else plural}"


def _name_survivor(member: events.Member) -> str:
    return f"{render_argv(member.argv)} (pid {member.pid}, {member.why or 'no reason known'})"


def _name_members(members: Sequence[events.Member], count: int) -> str:
    named = members[:_NAMED_MEMBERS]
    text = "; ".join(f"{render_argv(member.argv)} ({member.how})" for member in named)
    return text if count <= len(named) else f"{text}; {count - len(named)} more"


def _digested(event: events.Digested) -> Line | None:
    digest = event.digest
    if digest.kind == "output" and digest.verdict in {Verdict.OK, Verdict.UNKNOWN}:
        return None  # Chatter in which no tool was recognised and nothing went wrong.
    return Line(digest.verdict, printable(digest.summary) + _met_before(event), _mood(digest))


def _met_before(event: events.Digested) -> str:
    if event.status is None:
        return ""
    if event.seen > 1:
        return f" (seen {event.seen}x)"
    return " (known from an earlier start)" if event.status == "known" else ""


def _repeated(event: events.Repeated) -> Line:
    return Line(event.verdict, f"{event.tool}: the same again, {count_of(event.count, 'time')}")


def _flaky(event: events.Flaky) -> Line | None:
    named = ", ".join(printable(test) for test in event.tests[:_NAMED_MEMBERS])
    more = f" and {event.count - _NAMED_MEMBERS} more" if event.count > _NAMED_MEMBERS else ""
    return Line("flaky", f"{event.tool}: fail and pass on one tree: {named}{more}", "warning")


def _fixed(event: events.Fixed) -> Line | None:
    return Line("fixed", f"{event.tool}: {count_of(event.count, 'failure')} gone", "good")


def _mood(digest: Digest) -> Mood:
    if digest.verdict == Verdict.OK:
        return "good"
    return "plain" if digest.verdict == Verdict.UNKNOWN else "bad"


def _grammar_failed(event: events.GrammarFailed) -> Line:
    return Line("bug", f"the {event.grammar} grammar failed: {printable(event.problem)}", "warning")


def _output_dropped(event: events.OutputDropped) -> Line:
    lost = f"{render_bytes(event.dropped_bytes)}, {event.dropped_lines} lines"
    return Line("dropped", f"output not kept: {lost}: {printable(event.problem)}", "warning")


def _analysis_skipped(event: events.AnalysisSkipped) -> Line:
    what = f"{render_bytes(event.skipped_bytes)}, {event.skipped_lines} lines"
    text = f"output not analyzed: {what} came too fast; `supervise show` has what was kept of it"
    return Line("skipped", text, "warning")


def _pipe_held(event: events.PipeHeld) -> Line:
    names = _name_members(event.holders, len(event.holders)) or "an unknown process"
    return Line("held", f"the leader is gone and {names} holds its output", "warning")


def _limit_hit(event: events.LimitHit) -> Line:
    what = {
        "processes": f"{event.times} forks were refused",
        "memory": f"{event.times} members were killed for want of memory",
    }[event.limit]
    if event.stopping:
        what = "the run is over it"
    return Line("limit", f"limits.{event.limit}: {what}", "warning")


def _scratch_passed(event: events.ScratchPassed) -> Line:
    used = f"{render_bytes(event.used_bytes)} in {event.used_files} files"
    quota = f"{render_bytes(event.quota_bytes)} in {event.quota_files} files"
    what = "over its quota" if event.stopping else "near its quota"
    if not event.stopping and event.full_in_s:
        what = f"at this rate full in {render_seconds(event.full_in_s)}, with a quota"
    mood: Mood = "bad" if event.stopping else "warning"
    return Line("scratch", f"{used}: {what} of {quota}", mood)


def _watched_passed(event: events.WatchedPassed) -> Line:
    quota, used = render_bytes(event.quota_bytes), render_bytes(event.used_bytes)
    share = "over" if event.used_bytes > event.quota_bytes else "near"
    if share == "near" and event.full_in_s:
        share = f"at this rate in {render_seconds(event.full_in_s)} over"
    text = f"{printable(event.path)} has {used}: {share} its budget of {quota}"
    return Line("disk", text, "bad" if event.stopping else "warning")


def _disk_pressed(event: events.DiskPressed) -> Line:
    text = (
        f"the disk of {printable(event.path)} is used to {event.used_share:.0%},"
        f" {render_bytes(event.free_bytes)} left: the run is {event.then}"
    )
    return Line("disk", text, "good" if event.then == "resumed" else "bad")


def _scratch_kept(event: events.ScratchKept) -> Line:
    return Line("kept", f"scratch of the failed run: {printable(event.path)}")


def _swept(event: events.Swept) -> Line:
    freed = render_bytes(event.freed_bytes)
    left = f", {event.left} files stay for the next sweep" if event.left else ""
    whose = f"run {event.run}" if event.run else count_of(event.directories, "dead run")
    return Line("swept", f"scratch of {whose}, {freed}{left}", "bad" if event.left else "plain")


def _recovered(event: events.Recovered) -> Line:
    left = _name_members(event.members, len(event.members)) or "nothing"
    text = f"run {event.run} was lost with its supervisor; left of it was {left}"
    return Line("reaped", text, "warning")


def _history_lost(event: events.HistoryLost) -> Line:
    return Line("history", printable(event.problem), "warning")


def _restart_planned(event: events.RestartPlanned) -> Line:
    after = render_seconds(event.after_s)
    return Line("restart", f"in {after}, after failure {event.failures}", "warning")


def _stayed_down(event: events.StayedDown) -> Line:
    return Line("down", event.why, "good" if event.why == "finished" else "plain")


# Keyed by class so that adding an event without a line is a decision, not an accident; a test
# holds this table against the events.
_LINES: dict[type[events.Event], Callable[[Any], Line | None]] = {
    events.RunStarted: _run_started,
    events.RunEnded: _run_ended,
    events.Adopted: _adopted,
    events.StopStarted: _stop_started,
    events.Receipt: _receipt,
    events.Digested: _digested,
    events.Fixed: _fixed,
    events.Repeated: _repeated,
    events.Flaky: _flaky,
    events.GrammarFailed: _grammar_failed,
    events.OutputDropped: _output_dropped,
    events.AnalysisSkipped: _analysis_skipped,
    events.PipeHeld: _pipe_held,
    events.LimitHit: _limit_hit,
    events.ScratchPassed: _scratch_passed,
    events.WatchedPassed: _watched_passed,
    events.DiskPressed: _disk_pressed,
    events.ScratchKept: _scratch_kept,
    events.Swept: _swept,
    events.Recovered: _recovered,
    events.HistoryLost: _history_lost,
    events.RestartPlanned: _restart_planned,
    events.StayedDown: _stayed_down,
}
UNSEEN = {events.Gauged, events.Defect, events.Shed}
"""Events that have no line: nobody needs to see them, and a defect goes to stderr whole."""
