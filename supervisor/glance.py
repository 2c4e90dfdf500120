"""What a running supervisor says about itself; imports no more than that takes."""

import json as values
import os
from collections.abc import Sequence
from pathlib import Path

from supervisor.control.client import NotRunningError, get
from supervisor.state_places import find_state_dir
from supervisor.view.status import render_status


def glance(state: Path, *, json: bool) -> str:
    """The status of the run that has its state in a folder, for a person or for a program.

    Raises:
        NotRunningError: nobody listens there.
        NoAnswerError: it did not answer within 5 s, or refused.
    """
    status = get(state / "run" / "socket", "/status")
    return values.dumps(status) if json else render_status(status)


def glance_at(words: Sequence[str]) -> str | None:
    """The same for what stands behind ``supervise status``; None: there is more to be said."""
    options = {word for word in words if word.startswith("-")}
    files = [word for word in words if word not in options]
    if len(files) != 1 or options - {"--json"}:
        return None
    state = find_state_dir(Path(files[0]), os.environ)
    try:
        return None if state is None else glance(state, json="--json" in options)
    except NotRunningError:
        return None
