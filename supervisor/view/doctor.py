"""What holds on this machine, for a person; pure."""

import errno
from collections.abc import Iterator, Mapping
from typing import Any

from supervisor.view.words import printable

_NAME_WIDTH = 17
_STRENGTH_WIDTH = 8


def render_doctor(found: Mapping[str, Any]) -> str:
    """A line per capability, per reason against a stronger tier and per way out of all tiers."""
    return "\n".join(
        [
            f"tier: {found['tier'] or 'none: nothing can be contained here'}",
            *_capabilities(found),
            *_refusals(found),
            *_escapes(found),
            f"on PATH: {found['command'] or 'no supervise; agents cannot use `supervise exec`'}",
        ]
    )


def _capabilities(found: Mapping[str, Any]) -> Iterator[str]:
    for one in found["capabilities"]:
        name, strength = one["name"].ljust(_NAME_WIDTH), one["strength"].ljust(_STRENGTH_WIDTH)
        yield f"  {name}  {strength}  {one['how']}"


def _refusals(found: Mapping[str, Any]) -> Iterator[str]:
    """Each reason once, for the weakest of the stronger tiers that it stands against too."""
    probes = {probe["name"]: probe for probe in found["probes"]}
    for refused in found["refused"]:
        needs = ", ".join(refused["needs"])
        yield f"not {refused['tier']}: lacks {needs}"
    told: set[tuple[str, int | None]] = set()
    for name in dict.fromkeys(name for one in found["refused"] for name in one["needs"]):
        probe = probes[name]
        if (probe["step"], probe["errno"]) in told:
            continue  # It was not even tried, for want of the one before.
        told.add((probe["step"], probe["errno"]))
        yield f"  {name}: {describe_failure(probe)}"
        yield f"    fix: {probe['remedy']}"


def describe_failure(probe: Mapping[str, Any]) -> str:
    """The step that failed, and how.

    >>> describe_failure({"step": "write uid_map", "errno": 1})
    'write uid_map: EPERM'
    """
    step = printable(probe["step"])
    if probe["errno"] is None:
        return f"could not {step}"
    return f"{step}: {errno.errorcode.get(probe['errno'], probe['errno'])}"


def _escapes(found: Mapping[str, Any]) -> Iterator[str]:
    yield "no tier sees what these start (ssh to this machine was not looked for):"
    if not found["escapes"]:
        yield "  none found"
    for escape in found["escapes"]:
        yield f"  {escape['name']} ({printable(escape['path'])}): {escape['remedy']}"
