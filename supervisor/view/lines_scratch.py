"""Events of a run's files as lines of the tail."""

from collections.abc import Callable, Mapping
from typing import Any

from supervisor import events
from supervisor.units import render_bytes, render_seconds
from supervisor.view.line import Line
from supervisor.view.words import count_of, printable, render_argv

_NAMED_LEFTOVERS = 4


def _scratch_passed(event: events.ScratchPassed) -> Line:
    used = f"{render_bytes(event.used_bytes)} in {event.used_files} files"
    quota = f"{render_bytes(event.quota_bytes)} in {event.quota_files} files"
    over = event.used_bytes > event.quota_bytes or event.used_files > event.quota_files
    what = "over its quota" if over else "near its quota"
    if not over and event.full_in_s:
        what = f"at this rate full in {render_seconds(event.full_in_s)}, with a quota"
    return Line("scratch", f"{used}: {what} of {quota}", "bad" if over else "warning")


def _scratch_relieved(event: events.ScratchRelieved) -> Line:
    file = f"{printable(event.path or 'no file')} ({render_bytes(event.file_bytes)})"
    writers = "; ".join(render_argv(one.argv) for one in event.writers) or "nobody"
    text = {
        "frozen": f"held still while it writes {file}: {writers}",
        "cut": f"{render_bytes(event.freed_bytes)} cut out of the middle of {file}",
        "call-stopped": f"stopped the tool call that writes {file}: {writers}",
        "run-stopped": f"nothing but a stop would help; {writers} writes {file}",
    }[event.step]
    return Line("scratch", text, "bad" if event.step.endswith("stopped") else "warning")


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


def _shared_left(event: events.SharedLeft) -> Line:
    crowded = f"too many entries to say what is new in {', '.join(event.crowded)}"
    if not event.count:
        return Line("shared", crowded, "warning")
    entries = "1 entry" if event.count == 1 else f"{event.count} entries"
    least = "" if event.whole else "at least "
    named = [_name_leftover(one) for one in event.left[:_NAMED_LEFTOVERS]]
    if event.count > len(named):
        named.append(f"{event.count - len(named)} more")
    what = f"{least}{entries}, {render_bytes(event.used_bytes)}, owner {printable(event.user)}"
    text = f"{what}: outside scratch, new since the run began, not removed: {', '.join(named)}"
    return Line("shared", f"{text}; {crowded}" if event.crowded else text, "warning")


def _name_leftover(left: events.Leftover) -> str:
    return printable(left.path) + (f" (by {render_argv(left.by)})" if left.by else "")


def _swept(event: events.Swept) -> Line:
    freed = render_bytes(event.freed_bytes)
    left = f", {event.left} files stay for the next sweep" if event.left else ""
    whose = f"run {event.run}" if event.run else count_of(event.directories, "dead run")
    return Line("swept", f"scratch of {whose}, {freed}{left}", "bad" if event.left else "plain")


LINES: Mapping[type[events.Event], Callable[[Any], Line | None]] = {
    events.ScratchPassed: _scratch_passed,
    events.ScratchRelieved: _scratch_relieved,
    events.WatchedPassed: _watched_passed,
    events.DiskPressed: _disk_pressed,
    events.ScratchKept: _scratch_kept,
    events.SharedLeft: _shared_left,
    events.Swept: _swept,
}
