"""Where the command line begins, and where it ends at once for a way into the pool.

What the other commands need is imported only for them: a tool call waits for every import.
"""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn

_HELP = ("-h", "--help")


def entry() -> "NoReturn":
    """Run the command line and leave with its exit status."""
    words = sys.argv[1:]
    if words[:1] in (["exec"], ["shell"]) and len(words) > 1 and words[1] not in _HELP:
        # Without the interpreter's clean-up: there is nothing to flush.
        os._exit(enter_pool(words[0], words[1:]))

    if words[:1] == ["status"]:
        from supervisor.glance import glance_at

        if (status := glance_at(words[1:])) is not None:
            sys.exit(_write(status))

    from supervisor.cli import main

    sys.exit(main(words))


def _write(text: str) -> int:
    """Put text out whole; returns our exit code. Whoever reads it may have seen enough."""
    rest = text.encode(errors="replace") + b"\n"
    try:
        while rest:
            rest = rest[os.write(1, rest) :]
    except BrokenPipeError:
        return 0
    return 0


def enter_pool(command: str, words: "Sequence[str]") -> int:
    """Run a tool, or a command line for the shell, in a slot; returns its exit code."""
    from supervisor.pool.client import Entrance, run_shell, run_tool

    socket = os.environ.get("SUPERVISE_SOCKET", "")
    # The shims are beside it; what one types is the tool itself.
    entrance = Entrance(socket, f"{socket.rpartition('/')[0]}/bin" if socket else "")
    if command == "shell":
        return run_shell(entrance, words)
    return run_tool(entrance, words[1:] if words[0] == "--" else words)
