"""``python -m supervisor``."""

from supervisor.entry import entry

entry()
