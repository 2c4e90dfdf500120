"""What the tests of the scope share: both event loops, and a look at what a scope has left."""

import os
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from supervisor.scope import Scope
from tests.children import carriers

BACKENDS = [
    "asyncio",
    pytest.param(
        "trio", marks=pytest.mark.skipif(find_spec("trio") is None, reason="TRIO IS NOT INSTALLED")
    ),
]
DAEMON = "(setsid sh -c 'trap \"\" TERM; while :; do sleep 1; done' <&- >&- 2>&- &)"
"""Shell for a grandchild in a session of its own that ignores TERM."""
NOTHING: dict[str, Any] = {"processes": [], "files": []}


class BrokenError(Exception):
    """An error of the block's own."""


class Emitter:
    """Whoever can be listened to, as most libraries have it."""

    def __init__(self) -> None:
        self.heard: list[Callable[..., object]] = []

    def on(self, name: str, callback: Callable[..., object]) -> None:
        assert name == "data"
        self.heard.append(callback)

    def off(self, name: str, callback: Callable[..., object]) -> None:
        assert name == "data"
        self.heard.remove(callback)


def left_by(scope: Scope, base: Path) -> dict[str, Any]:
    """Processes and files of a scope that has ended; empty lists where all went well."""
    return {
        "processes": carriers(scope.cookie),
        "files": sorted(os.listdir(base)) if base.exists() else [],
    }
