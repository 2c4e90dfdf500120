"""Results as an aligned table: medians, spread, and ratios to one subject."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from scripts.bench.rounds import Metric, Results

_NONE = "-"


@dataclass(frozen=True, slots=True)
class Budget:
    """What we hold ourselves to, against a peer of the same run or as such."""

    subject: str
    metric: Metric
    bound: float
    """A ratio where there is a reference, else a figure; of a rate the least, else the most."""
    reference: str | None = None

    def render(self, results: Results) -> str:
        """One line: what was asked, what was found, and whether it is kept."""
        figure = self._figure(results)
        against = f" x {self.reference}" if self.reference else ""
        relation = ">=" if self.metric.rate else "<="
        asked = f"budget: {self.subject}, {self.metric.title} {relation} {self.bound:g}{against}"
        if figure is None:
            return f"{asked}: NOT MEASURED"
        # A figure below 0 is a time that was cut short, which is no better.
        kept = figure >= self.bound if self.metric.rate else 0 <= figure <= self.bound
        verdict = "kept" if kept else "MISSED"
        return f"{asked}: {_text(figure, 2)}, {verdict}"

    def _figure(self, results: Results) -> float | None:
        if self.reference is not None:
            return results.ratio(self.subject, self.reference, self.metric)
        figures = results.figures(self.subject, self.metric)
        return median(figures) if figures else None


def render(
    names: Sequence[str], metrics: Sequence[Metric], results: Results, reference: str | None
) -> Iterator[str]:
    """The lines of the table; each metric has its median, min-max and, compared, ratio."""
    heads = ["", *(head for metric in metrics for head in _heads(metric))]
    rows = [[name, *_cells(name, metrics, results, reference)] for name in names]
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    for row in [heads, *rows]:
        first, *rest = (
            cell.ljust(width) if at == 0 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join([first, *rest]).rstrip()


def _heads(metric: Metric) -> list[str]:
    return [metric.title, "min-max", *(["ratio"] if metric.compared else [])]


def _cells(
    name: str, metrics: Sequence[Metric], results: Results, reference: str | None
) -> Iterator[str]:
    for metric in metrics:
        figures = results.figures(name, metric)
        if figures:
            low, high = min(figures), max(figures)
            yield _text(median(figures), metric.digits)
            spread = (_text(low, metric.digits), _text(high, metric.digits))
            yield "-".join(spread) if low < high else "="
        else:
            yield from (_NONE, _NONE)
        if metric.compared:
            ratio = results.ratio(name, reference, metric) if reference else None
            yield _NONE if ratio is None else f"x{ratio:.3g}"


def _text(figure: float, digits: int) -> str:
    return "never" if math.isinf(figure) else f"{figure:.{digits}f}"
