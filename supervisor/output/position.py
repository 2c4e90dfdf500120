"""Where in a run's output something stands."""

from typing import NamedTuple


class Position(NamedTuple):
    """Counted over the whole output, both streams as captured, dropped bytes included."""

    offset: int = 0
    """Bytes before it."""
    line: int = 0
    """Newlines before it."""

    def after(self, size_bytes: int, lines: int) -> "Position":
        """The position so much further on."""
        return Position(self.offset + size_bytes, self.line + lines)
