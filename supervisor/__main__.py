"""``python -m supervisor``."""

from supervisor.cli import entry

entry()
