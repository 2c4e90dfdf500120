"""Runs an LLM coding agent under bounds: nothing it starts outlives it.

PyPI's ``supervisor`` (supervisord) installs a package of the same name; the two cannot share
an environment. The check below makes a mix of both say so instead of failing in odd places.
"""

import os

TYPE_CHECKING = False  # Type checkers take it for true; typing's own would cost an import.
if TYPE_CHECKING:
    from supervisor.scope import Scope
    from supervisor.scope_values import Allowance, Allowances

__all__ = ["Allowance", "Allowances", "Scope"]
__version__ = "0.1.0"
__supervise__ = True

if os.path.exists(os.path.join(os.path.dirname(__file__), "supervisord.py")):  # noqa: PTH110, PTH118, PTH120 - pathlib would triple the guardian's start
    raise ImportError(
        "agent-supervise and PyPI's supervisor (supervisord) were installed into one environment"
        " and overwrite each other; install agent-supervise into its own:"
        " uv tool install agent-supervise"
    )


_HOMES = {
    "Allowance": "supervisor.scope_values",
    "Allowances": "supervisor.scope_values",
    "Scope": "supervisor.scope",
}


def __getattr__(name: str) -> object:
    """Import the library for programs that embed us when it is asked for.

    Whoever starts the guardian does without.
    """
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - only for those who ask

    return getattr(import_module(_HOMES[name]), name)
