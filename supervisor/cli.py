"""argv to one call; the only print(), the only exit status."""

import argparse
import gc
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

import supervisor

if not getattr(supervisor, "__supervise__", False):
    # Whichever of the two was installed last has overwritten the other's __init__.
    sys.exit(
        "supervise: PyPI's supervisor (supervisord) was installed over agent-supervise;"
        " give each an environment of its own: uv tool install agent-supervise"
    )

from supervisor.arguments import make_parser
from supervisor.errors import (
    ConfigError,
    ExitCode,
    NoInputError,
    SupervisorError,
    UnavailableError,
    UsageError,
)

# Every command imports what it needs when it runs: `exec` and `status` must start quickly.
_READ_BYTES = 1 << 20
_SWITCH_S = 0.0005
"""How long a thread that computes may keep those waiting that drain pipes."""
_T = TypeVar("_T")


def main(argv: Sequence[str]) -> int:
    """Carry out one command line; every error becomes one line per problem and an exit status."""
    _open_standard_streams()
    try:
        arguments = make_parser(supervisor.__version__).parse_args(_with_command(argv))
        return _CALLS[arguments.command](arguments)
    except ConfigError as error:
        _complain(*error.problems)
        return error.exit_code
    except SupervisorError as error:
        _complain(f"supervise: {error}")
        return error.exit_code
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough; what is still buffered has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return ExitCode.OK
    except Exception:  # noqa: BLE001 - a bug of ours, whatever it is, has its own exit status
        traceback.print_exc()
        _complain("supervise: this is a defect of supervise itself; please report the lines above")
        return ExitCode.BUG


def _with_command(argv: Sequence[str]) -> list[str]:
    """``supervise FILE`` is short for ``supervise run FILE``."""
    if argv and not argv[0].startswith("-") and argv[0] not in _CALLS:
        return ["run", *argv]
    return list(argv)


def _open_standard_streams() -> None:
    """Give descriptors 0 to 2 to /dev/null where we were started without them.

    The next files that we open would get these numbers, and a traceback would go into them.
    """
    while (fd := os.open(os.devnull, os.O_RDWR)) <= 2:  # noqa: PLR2004 - stderr
        pass
    os.close(fd)
    # The interpreter left these None where it found the descriptor closed.
    sys.stdout = sys.stdout or os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(2, "w", encoding="utf-8", closefd=False)


def _complain(*lines: str) -> None:
    for line in lines:
        print(line, file=sys.stderr)


def _run(arguments: argparse.Namespace) -> int:
    if sys.platform != "linux":
        raise UnavailableError(
            f"containment: supervise runs programs on Linux only so far, not on {sys.platform}"
        )

    from supervisor.containment.launch import Launch

    # What we import and read stays: looking for garbage in it is in vain, here and later.
    gc.disable()
    # First of all, so that the guardian boots while we import and read; it holds nothing yet.
    with Launch() as launch:
        # What we write is for us alone; the guardian and its programs keep the user's umask.
        os.umask(0o077)
        import anyio

        from supervisor.config import load
        from supervisor.house import open_house
        from supervisor.shift import Shift

        with open_house(load(arguments.config), launch) as house:
            shift = Shift(house)
            gc.freeze()
            gc.enable()
            try:
                sys.setswitchinterval(_SWITCH_S)
                code = anyio.run(shift.work)
            except* SupervisorError as group:
                # What the task group wrapped is still one mistake of the user's, or its like.
                raise _first(group) from None
            finally:
                house.journal.tell_closing(shift.totals())
    return code


def _first(group: BaseExceptionGroup[SupervisorError]) -> SupervisorError:
    inner = group.exceptions[0]
    return _first(inner) if isinstance(inner, BaseExceptionGroup) else inner


def _check(arguments: argparse.Namespace) -> int:
    from supervisor.config import load
    from supervisor.patterns import users_grammars

    config = load(arguments.config)
    users_grammars(config)
    print(f"{config.path}: ok")
    return ExitCode.OK


def _analyze(arguments: argparse.Namespace) -> int:
    import json

    from supervisor.analyzer import analyze, render_text, to_json
    from supervisor.config import load
    from supervisor.patterns import users_grammars

    users = users_grammars(load(arguments.config)) if arguments.config else ()
    for name in arguments.files:
        found = analyze(
            _read(name), tool=arguments.tool, exit_code=arguments.exit_code, users=users
        )
        if arguments.json:
            print(json.dumps({"file": name} | to_json(found), ensure_ascii=False))
            continue
        if len(arguments.files) > 1:
            print(f"{name}:")
        print(found.excerpt if arguments.excerpt else render_text(found))
    return ExitCode.OK


def _read(name: str) -> Iterator[bytes]:
    """A file, or stdin for ``-``, in chunks."""
    try:
        with open(0 if name == "-" else name, "rb", closefd=name != "-") as file:
            while chunk := file.read(_READ_BYTES):
                yield chunk
    except OSError as error:
        raise NoInputError(f"{name}: {error.strerror}; name a file of output, or -") from error


def _show(arguments: argparse.Namespace) -> int:
    from supervisor.output.reader import RawReader
    from supervisor.stored import find_run, select

    reader = RawReader(find_run(arguments.run, arguments.config))
    out, stream = sys.stdout.buffer, arguments.stream
    whole = arguments.lines is None and arguments.grep is None
    pieces = (
        reader.chunks(stream) if whole else select(reader, arguments.lines, arguments.grep, stream)
    )
    for piece in pieces:
        out.write(piece)
    out.flush()
    for gap in reader.gaps():
        where = f"after byte {gap.after_offset}"
        _complain(f"supervise: {gap.bytes} bytes, {gap.lines} lines {where} were not kept")
    return ExitCode.OK


def _raw(arguments: argparse.Namespace) -> int:
    from supervisor.stored import list_outputs
    from supervisor.view.history import render_outputs

    return _answer(arguments, list_outputs(arguments.config), render_outputs)


def _status(arguments: argparse.Namespace) -> int:
    from supervisor.config import load, state_dir
    from supervisor.glance import glance

    config = load(arguments.config)
    print(glance(state_dir(config, os.environ), json=arguments.json))
    return ExitCode.OK


def _stop(arguments: argparse.Namespace) -> int:
    from supervisor.config import load, state_dir
    from supervisor.control.client import get, post
    from supervisor.view.status import render_members

    socket = state_dir(load(arguments.config), os.environ) / "run" / "socket"
    if arguments.dry_run:
        print(render_members(get(socket, "/members")))
        return ExitCode.OK
    post(socket, "/stop")
    print("stopping")
    return ExitCode.OK


def _reap(arguments: argparse.Namespace) -> int:
    from supervisor.reaping import reap
    from supervisor.view.words import render_argv

    for left in reap(os.environ, adopt=arguments.adopt):
        for member in left.members:
            print(f"{member.pid:>8}  {render_argv(member.argv)}  ({left.state.name}, {member.how})")
        if left.problem:
            _complain(f"supervise: {left.state.name}: {left.problem}")
    return ExitCode.OK


def _sweep(arguments: argparse.Namespace) -> int:
    from supervisor.sweeping import list_dead, scratch_base_of, sweep_dead
    from supervisor.view.status import render_dead, render_swept

    base = scratch_base_of(os.environ, arguments.config)
    if arguments.dry_run:
        return _answer(arguments, list_dead(base), render_dead)
    swept = sweep_dead(base)
    _answer(arguments, swept, render_swept)
    return ExitCode.FAILED if swept["left"] else ExitCode.OK


def _exec(arguments: argparse.Namespace) -> int:
    from supervisor.entry import enter_pool

    if arguments.words in ([], ["--"]):
        raise UsageError("exec: name a command, like: supervise exec -- pytest -q")
    return enter_pool("exec", arguments.words)


def _shell(arguments: argparse.Namespace) -> int:
    from supervisor.entry import enter_pool

    return enter_pool("shell", arguments.words)


def _doctor(arguments: argparse.Namespace) -> int:
    import json

    from supervisor.examining import examine
    from supervisor.view.doctor import render_doctor

    found = examine(os.environ)
    print(json.dumps(found) if arguments.json else render_doctor(found))
    return ExitCode.OK if found["tier"] else ExitCode.UNAVAILABLE


def _errors(arguments: argparse.Namespace) -> int:
    from supervisor.asking import failures, flaky
    from supervisor.view.history import render_failures, render_flaky

    if arguments.flaky:
        return _answer(arguments, flaky(arguments.config, arguments.since), render_flaky)
    return _answer(
        arguments,
        failures(arguments.config, arguments.since, new=arguments.new),
        render_failures,
    )


def _why(arguments: argparse.Namespace) -> int:
    from supervisor.asking import why
    from supervisor.view.history import render_why

    found = why(arguments.config, arguments.run)
    return _answer(arguments, found, lambda one: render_why(one["run"], one["failures"]))


def _killed(arguments: argparse.Namespace) -> int:
    from supervisor.asking import kills
    from supervisor.view.history import render_kills

    return _answer(arguments, kills(arguments.config, arguments.since), render_kills)


def _diff(arguments: argparse.Namespace) -> int:
    from supervisor.asking import compare
    from supervisor.view.history import render_diff

    found = compare(arguments.config, arguments.before, arguments.after)
    return _answer(arguments, found, render_diff)


def _rebuild(arguments: argparse.Namespace) -> int:
    from supervisor.asking import rebuild

    print(f"{rebuild(arguments.config)} events read")
    return ExitCode.OK


def _answer(arguments: argparse.Namespace, found: _T, render: Callable[[_T], Iterable[str]]) -> int:
    """Print what was found, for programs or for people."""
    import json

    for line in [json.dumps(found)] if arguments.json else render(found):
        print(line)
    return ExitCode.OK


_CALLS: dict[str, Callable[[argparse.Namespace], int]] = {
    "run": _run,
    "check": _check,
    "analyze": _analyze,
    "show": _show,
    "raw": _raw,
    "status": _status,
    "stop": _stop,
    "reap": _reap,
    "sweep": _sweep,
    "exec": _exec,
    "shell": _shell,
    "doctor": _doctor,
    "errors": _errors,
    "why": _why,
    "killed": _killed,
    "diff": _diff,
    "rebuild": _rebuild,
}
