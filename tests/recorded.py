"""Outputs of real tools over our own sample projects, with the truth from their form for machines.

`scripts/record-fixtures` makes them.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest

from supervisor.analyzer import Analysis, analyze
from supervisor.digests import Digest, Verdict

RECORDED = Path(__file__).resolve().parent / "fixtures/recorded"
COUNTS = ("errors", "warnings", "failed", "passed", "skipped")


@dataclass(frozen=True, slots=True)
class Recorded:
    """One output as it was printed."""

    path: Path
    about: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Tool, case and variant."""
        return str(self.path.relative_to(RECORDED).with_suffix(""))

    @property
    def tool(self) -> str:
        """The tool that was run."""
        return self.path.parent.name

    @property
    def coloured(self) -> bool:
        """It was printed on a terminal."""
        return self.path.suffixes[0] == ".colour"

    @property
    def exit_code(self) -> int:
        """How the tool ended."""
        return int(self.about["exit_code"])

    @property
    def says(self) -> str:
        """What the digest calls the tool."""
        return str(self.about["says"])

    @property
    def verdict(self) -> Verdict:
        """What the digest is to say."""
        return Verdict(self.about["verdict"])

    @property
    def beside(self) -> frozenset[str]:
        """Other tools whose lines stand in the output."""
        return frozenset(self.about.get("beside", ()))

    @property
    def unsaid(self) -> frozenset[str]:
        """Keys of the truth that the text does not tell."""
        return frozenset(self.about.get("unsaid", ()))

    @property
    def truth(self) -> Mapping[str, Any]:
        """What the tool's form for machines says."""
        return dict(self.about.get("truth", {}))

    @property
    def data(self) -> bytes:
        """The output."""
        return self.path.read_bytes()

    @property
    def analysis(self) -> Analysis:
        """What the analyzer says about it, found out once."""
        return _analysis(self.path, self.exit_code)

    def digests(self, analysis: Analysis) -> list[Digest]:
        """The digests that are the tool's own."""
        return [one for one in analysis.segments if one.tool == self.says]


@cache
def _analysis(path: Path, exit_code: int) -> Analysis:
    return analyze([path.read_bytes()], exit_code=exit_code)


@cache
def recorded() -> tuple[Recorded, ...]:
    """Every output, plain and coloured."""
    return tuple(
        Recorded(path, about)
        for cases in sorted(RECORDED.glob("*/cases.json"))
        for name, about in json.loads(cases.read_text()).items()
        for path in sorted(cases.parent.glob(f"{name}*.txt"))
        if path.name in {f"{name}.txt", f"{name}.colour.txt"}
    )


def each(outputs: Iterable[Recorded]) -> Callable[[Callable[[Recorded], None]], Any]:
    """Make a check of one output a test for each tool; a test for each output costs far more."""
    tools = {tool: tuple(own) for tool, own in groupby(outputs, attrgetter("tool"))}

    def decorate(check: Callable[[Recorded], None]) -> Any:
        @pytest.mark.parametrize("own", tools.values(), ids=tools)
        def test(own: tuple[Recorded, ...]) -> None:
            for one in own:
                try:
                    check(one)
                except AssertionError as error:
                    error.add_note(one.name)
                    raise

        test.__doc__ = check.__doc__
        return test

    return decorate
