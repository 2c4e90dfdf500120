"""What happens to output on its way from a tool to us, without a word of it being changed."""

import re
from collections.abc import Iterable
from itertools import cycle, zip_longest

STAMPS = (b"2026-01-02T03:04:05.1234567Z ", b"[03:04:05] ", b"2026-01-02 03:04:05,678 ")
"""As runners of CI, timestampers and loggers write the time."""
LANES = (b"web:check: ", b"[1] ", b"web-1  | ")
"""As turbo, concurrently and compose name who speaks."""
_BARS = (b" 12% [=>     ]\r", b"\x1b[2K  5/9 files\r", b"")
_NUMBER = re.compile(rb"(?<![\x1b\[\w;.])\d+(?![\w.;\]])")


def coloured(output: bytes) -> bytes:
    """Each line in a colour, and numbers in bold."""
    lines = (_NUMBER.sub(b"\x1b[1m\\g<0>\x1b[22m", line) for line in output.split(b"\n"))
    return b"\n".join(b"\x1b[31m" + line + b"\x1b[0m" if line else line for line in lines)


def with_carriage_returns(output: bytes) -> bytes:
    """Lines that end as those of a terminal do."""
    return re.sub(rb"\r*\n", b"\r\n", output)


def in_front(words: bytes, output: bytes) -> bytes:
    """Each line behind the same words; who writes them ends the lines as he likes."""
    return b"".join(words + line for line in _lines(re.sub(rb"\r+\n", b"\n", output)))


def with_progress(output: bytes) -> bytes:
    """Bars that the next line overwrites; a line's end alone would keep them."""
    return b"".join(
        bar + line if line.strip() else line
        for bar, line in zip(cycle(_BARS), _lines(output), strict=False)
    )


def in_pieces(output: bytes) -> Iterable[bytes]:
    """Byte by byte."""
    return (output[place : place + 1] for place in range(len(output)))


def half(output: bytes) -> bytes:
    """Up to the middle, wherever that is."""
    return output[: len(output) // 2]


def redraws(output: bytes) -> bool:
    """Whether it goes back in a line, which only a terminal can show."""
    return re.search(rb"\r(?!\r*\n)|\x1b\[[0-9]*[A-HJKST]", output) is not None


def interleaved(one: bytes, other: bytes) -> bytes:
    """Line by line of two tools, each in its lane."""
    lanes = (
        _lines(in_front(name, output)) for name, output in ((b"[one] ", one), (b"[other] ", other))
    )
    return b"".join(line for pair in zip_longest(*lanes) for line in pair if line is not None)


def captured(output: bytes) -> bytes:
    """What a test of pytest's has printed that passed."""
    return b"\n".join((_BEFORE, output.rstrip(b"\r\n"), _AFTER, b""))


def _lines(output: bytes) -> list[bytes]:
    return re.findall(rb"[^\n]*\n|[^\n]+", output)


_BEFORE = b"""\
============================= test session starts ==============================
platform linux -- Python 3.11.2, pytest-9.2.0, pluggy-1.6.0
rootdir: /srv/project
collected 1 item

test_shop.py .                                                           [100%]

==================================== PASSES ====================================
__________________________________ test_shop ___________________________________
----------------------------- Captured stdout call -----------------------------"""
_AFTER = b"""\
=========================== short test summary info ============================
PASSED test_shop.py::test_shop
============================== 1 passed in 0.02s ==============================="""
