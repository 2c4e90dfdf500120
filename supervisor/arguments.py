"""What the command line may say."""

import argparse
from pathlib import Path


def make_parser(version: str) -> argparse.ArgumentParser:
    """The parser; what it finds has the command's name as ``command``."""
    parser = argparse.ArgumentParser(
        prog="supervise",
        description="Run an LLM coding agent under bounds. "
        "`supervise FILE` is short for `supervise run FILE`.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"supervise {version}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")

    run = commands.add_parser("run", help="run the autopilot of a config and tail it")
    run.add_argument("config", type=Path, metavar="FILE", help="an autopilot.toml")

    check = commands.add_parser("check", help="say everything that is wrong with a config")
    check.add_argument("config", type=Path, metavar="FILE")

    _add_readers(commands)

    status = commands.add_parser("status", help="say what a supervised autopilot does")
    status.add_argument("config", type=Path, metavar="FILE")
    status.add_argument("--json", action="store_true")

    stop = commands.add_parser("stop", help="stop a supervised autopilot with grace")
    stop.add_argument("config", type=Path, metavar="FILE")
    stop.add_argument("--dry-run", action="store_true", help="only show what would be ended")

    reap = commands.add_parser("reap", help="end what supervisors that were killed left behind")
    reap.add_argument("--adopt", action="store_true", help="only list it, and leave it alone")

    sweep = commands.add_parser("sweep", help="remove the temp files that dead runs left")
    sweep.add_argument("--dry-run", action="store_true", help="only show what would be removed")
    sweep.add_argument("--config", type=Path, metavar="FILE", help="one with a scratch.base")
    sweep.add_argument("--json", action="store_true")

    execute = commands.add_parser("exec", help="run a tool in a slot of the run's pool")
    execute.add_argument("words", nargs=argparse.REMAINDER, metavar="-- COMMAND")

    shell = commands.add_parser("shell", help="run a line for the shell in a slot of the pool")
    shell.add_argument("words", nargs=argparse.REMAINDER, metavar="LINE | -c LINE | -lc LINE")

    _add_questions(commands)

    doctor = commands.add_parser("doctor", help="say what holds on this machine, and what would")
    doctor.add_argument("--json", action="store_true")
    return parser


def _add_readers(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The commands that read output which is already there."""
    analyze = commands.add_parser("analyze", help="digest saved output of tools")
    analyze.add_argument("files", nargs="*", default=["-"], metavar="FILE", help="- is stdin")
    analyze.add_argument("--tool", help="the tool that printed it, if you know")
    analyze.add_argument("--exit-code", type=int, metavar="N", help="its exit status")
    analyze.add_argument("--config", type=Path, help="read with its [analyzer] patterns, too")
    form = analyze.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON object per file")
    form.add_argument(
        "--excerpt", action="store_true", help="what went wrong in 600 bytes, word for word"
    )

    show = commands.add_parser("show", help="give the output of a run back, byte for byte")
    show.add_argument("run", metavar="RUN", help="a run's id, or how it begins")
    show.add_argument("--lines", metavar="A-B", help="only these lines, counted from 1")
    show.add_argument("--grep", metavar="RE", help="only lines that match, with their numbers")
    only = show.add_mutually_exclusive_group()
    only.add_argument("--stdout", dest="stream", action="store_const", const=1)
    only.add_argument("--stderr", dest="stream", action="store_const", const=2)
    show.add_argument("--config", type=Path, metavar="FILE", help="search its state only")

    raw = commands.add_parser("raw", help="the outputs that are kept")
    listing = raw.add_subparsers(required=True, metavar="ls").add_parser(
        "ls", help="list them, oldest first"
    )
    listing.add_argument("--config", type=Path, metavar="FILE", help="list its state only")
    listing.add_argument("--json", action="store_true")


def _add_questions(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The commands that ask the history."""
    about = argparse.ArgumentParser(add_help=False)
    about.add_argument("--config", type=Path, metavar="FILE", help="needed if several have run")
    about.add_argument("--json", action="store_true")
    since = argparse.ArgumentParser(add_help=False)
    since.add_argument("--since", metavar="TIME", help="a duration like 12h, or a date")

    errors = commands.add_parser(
        "errors", parents=[about, since], help="what failed, and how often"
    )
    only = errors.add_mutually_exclusive_group()
    only.add_argument("--new", action="store_true", help="only what was never seen before")
    only.add_argument("--flaky", action="store_true", help="tests that fail and pass on one tree")

    why = commands.add_parser("why", parents=[about], help="why a run is over")
    why.add_argument("run", nargs="?", default="", metavar="RUN", help="or the last that failed")

    commands.add_parser("killed", parents=[about, since], help="what had to be ended")

    diff = commands.add_parser(
        "diff", parents=[about], help="what failed in one run and not another"
    )
    diff.add_argument("before", metavar="RUN")
    diff.add_argument("after", metavar="RUN")

    rebuild = commands.add_parser("rebuild", help="make the history anew from the telemetry")
    rebuild.add_argument("--config", type=Path, metavar="FILE")
