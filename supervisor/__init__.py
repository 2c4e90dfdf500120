"""Runs an LLM coding agent under bounds: nothing it starts outlives it.

PyPI's ``supervisor`` (supervisord) installs a package of the same name; the two cannot share
an environment. The check below makes a mix of both say so instead of failing in odd places.
"""

import os

__version__ = "0.1.0"
__supervise__ = True

if os.path.exists(os.path.join(os.path.dirname(__file__), "supervisord.py")):  # noqa: PTH110, PTH118, PTH120 - pathlib would triple the guardian's start
    raise ImportError(
        "agent-supervise and PyPI's supervisor (supervisord) were installed into one environment"
        " and overwrite each other; install agent-supervise into its own:"
        " uv tool install agent-supervise"
    )
