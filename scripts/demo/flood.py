"""Fifty megabytes of log lines that say nothing."""

import sys

WANTED_BYTES = 50_000_000
LINES_AT_ONCE = 1000

written = number = 0
while written < WANTED_BYTES:
    lines = (
        f"DEBUG index: document {n:07} of the parcels archive read, 12 fields, nothing new in it\n"
        for n in range(number, number + LINES_AT_ONCE)
    )
    written += sys.stdout.write("".join(lines))
    number += LINES_AT_ONCE
