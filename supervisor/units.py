"""Sizes and times as people write them, with the unit always written out."""

import re
from typing import NewType

Bytes = NewType("Bytes", int)
Seconds = NewType("Seconds", float)

_BYTES = {
    "B": 1,
    "kB": 10**3,
    "KB": 10**3,
    "MB": 10**6,
    "GB": 10**9,
    "TB": 10**12,
    "KiB": 1 << 10,
    "MiB": 1 << 20,
    "GiB": 1 << 30,
    "TiB": 1 << 40,
}
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
# No more digits than a float holds, so that no size or duration is infinite.
_NUMBER = re.compile(r"(\d{1,15}(?:\.\d{1,9})?)\s*([A-Za-z]+)", re.ASCII)


def parse_size(text: object) -> Bytes:
    """Bytes in a size such as ``512MiB`` or ``1.5GB``.

    Raises:
        ValueError: no number, or a unit other than B, kB … TB and KiB … TiB.
    """
    match = _NUMBER.fullmatch(text) if isinstance(text, str) else None
    if match is None or match[2] not in _BYTES:
        raise ValueError(f"{text!r} is not a size like '512MiB'")
    return Bytes(round(float(match[1]) * _BYTES[match[2]]))


def parse_duration(text: object) -> Seconds:
    """Seconds in a duration such as ``90s``, ``5m`` or ``1h30m``.

    Raises:
        ValueError: no number, or a unit other than ms, s, m, h and d.
    """
    parts = _NUMBER.findall(text) if isinstance(text, str) else []
    if not parts or _NUMBER.sub("", str(text)).strip() or any(u not in _SECONDS for _, u in parts):
        raise ValueError(f"{text!r} is not a duration like '10s' or '5m'")
    return Seconds(sum(float(number) * _SECONDS[unit] for number, unit in parts))


def render_bytes(count: int) -> str:
    """Three digits and a decimal unit.

    >>> render_bytes(52_428_800), render_bytes(999)
    ('52.4 MB', '999 B')
    """
    size = float(count)
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if size < 1000 or unit == "TB":  # noqa: PLR2004 - the step between decimal units
            break
        size /= 1000
    return f"{size:.0f} {unit}" if unit == "B" or size >= 100 else f"{size:.1f} {unit}"  # noqa: PLR2004


def render_seconds(seconds: float) -> str:
    """The two largest units that matter.

    >>> render_seconds(0.042), render_seconds(12.34), render_seconds(3723)
    ('42 ms', '12.3 s', '1 h 2 min')
    """
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:  # noqa: PLR2004 - seconds in a minute
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"
