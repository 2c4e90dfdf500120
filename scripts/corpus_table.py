"""Prints, per tool of the corpus: cases, tools recognised, exact counts, false greens."""

import argparse
import sys
from collections import defaultdict
from collections.abc import Sequence

from tests.corpus import CORPUS, Score, cases, false_greens, score

_EXIT_CODES = (0, 1, 2, 137)


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="corpus-table", description=__doc__)
    parser.add_argument("tools", nargs="*", metavar="TOOL", help="only these tools of the corpus")
    parser.add_argument("--misses", action="store_true", help="show each case that is not exact")
    parser.add_argument("--greens", action="store_true", help="look for false greens, too")
    options = parser.parse_args(argv)
    if not cases():
        print(f"NO CORPUS AT {CORPUS}: NOTHING TO SHOW", file=sys.stderr)
        return 1
    by_tool: dict[str, list[Score]] = defaultdict(list)
    greens: dict[str, int] = defaultdict(int)
    for case in cases():
        if options.tools and case.tool not in options.tools:
            continue
        by_tool[case.tool].append(score(case))
        if options.greens:
            greens[case.tool] += len(list(false_greens(case, _EXIT_CODES)))
    print(f"{'tool':20} {'cases':>5} {'right':>5} {'numeric':>7} {'exact':>5} {'greens':>6}")
    for tool, scores in sorted(by_tool.items()):
        _row(tool, scores, greens[tool])
    _row("all", [one for scores in by_tool.values() for one in scores], sum(greens.values()))
    if options.misses:
        for scores in by_tool.values():
            _show_misses(scores)
    return 0


def _row(name: str, scores: list[Score], greens: int) -> None:
    numeric = [one for one in scores if one.case.numeric]
    exact = sum(not one.wrong for one in numeric)
    right = sum(one.right_tool for one in scores)
    print(f"{name:20} {len(scores):5} {right:5} {len(numeric):7} {exact:5} {greens:6}")


def _show_misses(scores: list[Score]) -> None:
    for one in scores:
        if one.wrong or not one.right_tool:
            print(f"\n{one.case.file}: {one.tool}")
            for key, (truth, said) in one.wrong.items():
                print(f"    {key}: {truth}, we said {said}")
            for summary in one.summaries[:5]:
                print(f"    | {summary}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
