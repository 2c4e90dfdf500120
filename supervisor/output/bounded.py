"""Output cut to a few kilobytes for who has little room: its beginning and its end."""

from collections import deque


class Bounded:
    """Passes the beginning on at once and holds the end; what fits as a whole is not cut.

    Of ``most_bytes`` half is for the beginning and a quarter for the end. The rest is left to the
    caller, for what it has to say about the gap.
    """

    def __init__(self, most_bytes: int) -> None:
        self._room = most_bytes // 2
        self._tail_bytes = most_bytes // 4
        self._most_held = most_bytes - self._room
        self._held: deque[tuple[int, bytes]] = deque()
        self._held_bytes = 0
        self.left_out_bytes = 0
        """What the caller does not get to see."""
        self.left_out_lines = 0

    def see(self, stream: int, chunk: bytes) -> bytes:
        """What of it is passed on now."""
        head, rest = chunk[: self._room], chunk[self._room :]
        self._room -= len(head)
        if rest:
            self._held.append((stream, rest))
            self._held_bytes += len(rest)
            self._cut()
        return head

    def rest(self) -> list[tuple[int, bytes]]:
        """The end, by stream; after a gap it begins with a line of its own."""
        held = list(self._held)
        if self.left_out_bytes and held:
            stream, first = held[0]
            cut = first.find(b"\n") + 1
            self._leave_out(first[:cut])
            held[0] = stream, first[cut:]
        return held

    def _cut(self) -> None:
        """Hold the tail alone once it is clear that not all of it will fit."""
        most = self._most_held if not self.left_out_bytes else self._tail_bytes
        if self._held_bytes <= most:
            return
        while (over := self._held_bytes - self._tail_bytes) > 0:
            stream, chunk = self._held.popleft()
            gone, kept = chunk[:over], chunk[over:]
            self._leave_out(gone)
            self._held_bytes -= len(gone)
            if kept:
                self._held.appendleft((stream, kept))

    def _leave_out(self, gone: bytes) -> None:
        self.left_out_bytes += len(gone)
        self.left_out_lines += gone.count(b"\n")
