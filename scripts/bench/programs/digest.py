"""We: chunks of 64 KiB to digests, of which only the last are kept."""

from collections import deque
from functools import partial
from typing import IO

from supervisor.analyzer import Analyzer

_CHUNK_BYTES = 1 << 16
_MOST_SHOWN = 50


def digest(stream: IO[bytes]) -> str:
    """The last digests' summaries, a line each."""
    analyzer = Analyzer()
    last: deque[str] = deque(maxlen=_MOST_SHOWN)
    for chunk in iter(partial(stream.read, _CHUNK_BYTES), b""):
        last += [one.summary for one in analyzer.feed(chunk)]
    last += [one.summary for one in analyzer.close(None)]
    return "\n".join(last)
