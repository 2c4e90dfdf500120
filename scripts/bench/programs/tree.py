"""What tree.c does, for a machine without a C compiler: tree.py READY MARKER."""

import os
import signal
import sys
from typing import NoReturn

_SIZES = (1, 9, 40, 150, 0)
_DEADLINE_S = 60


def be_stubborn(number: int) -> None:
    kind = number % 10
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(_DEADLINE_S)  # Each its own, because a fork does not inherit it.
    signal.signal(signal.SIGTERM, signal.SIG_IGN if kind in (3, 5, 7) else signal.SIG_DFL)
    if kind in (3, 8):
        os.setsid()


def grow(generation: int, place: int, first: int) -> NoReturn:
    be_stubborn(first + place)
    size = _SIZES[generation]
    for child in range(place, _SIZES[generation + 1], size):
        if os.fork() == 0:
            grow(generation + 1, child, first + size)
    with open(sys.argv[1], "ab") as ready:  # noqa: PTH123 - pathlib takes 10 ms to import
        ready.write(b".")
    while True:
        signal.pause()


grow(0, 0, 0)
