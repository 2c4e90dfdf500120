"""Subjects measured in turn: several rounds, each in a random order, in one run."""

import random
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from scripts.bench.runner import MeasureError
from scripts.bench.subjects import Subject

Sample = Mapping[str, float]
Measure = Callable[[Subject, Path], Sample]
"""Measures one subject in an empty folder; raises MeasureError for a run without figures."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One column of figures; fewer is better, unless it is a rate."""

    key: str
    title: str
    digits: int = 2
    compared: bool = True
    """It has a ratio; false for what is 0 when all is well."""
    rate: bool = False
    """More is better."""


@dataclass(slots=True)
class Results:
    """What each subject gave in each round."""

    rounds: list[dict[str, Sample]]
    problems: list[str]
    """Runs that gave no figures, and why."""

    def figures(self, name: str, metric: Metric) -> list[float]:
        """The subject's figures, one for each round that gave one."""
        return [taken[name][metric.key] for taken in self.rounds if name in taken]

    def ratio(self, name: str, reference: str, metric: Metric) -> float | None:
        """Median of the ratios within a round, so that a slow minute slows both sides.

        None: no round has both, or the reference's figure is 0.
        """
        pairs = [
            (taken[name][metric.key], taken[reference][metric.key])
            for taken in self.rounds
            if name in taken and reference in taken
        ]
        ratios = [ours / theirs for ours, theirs in pairs if theirs > 0]
        return median(ratios) if ratios else None


def compare(subjects: Sequence[Subject], measure: Measure, count: int, work: Path) -> Results:
    """Measure all ``subjects`` in each of ``count`` rounds, below ``work``."""
    results = Results([], [])
    for number in range(1, count + 1):
        taken: dict[str, Sample] = {}
        for subject in random.sample(subjects, len(subjects)):
            print(f"round {number} of {count}: {subject.name}", file=sys.stderr, flush=True)
            try:
                with folder(work / "run") as place:
                    taken[subject.name] = measure(subject, place)
            except MeasureError as error:
                results.problems.append(f"{subject.name}, round {number}: {error}")
        results.rounds.append(taken)
    return results


@contextmanager
def folder(path: Path) -> Iterator[Path]:
    """An empty directory that is gone afterwards, with whatever a killed subject left in it."""
    path.mkdir()
    try:
        yield path
    finally:
        shutil.rmtree(path)
