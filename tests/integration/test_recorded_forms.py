"""The forms for machines of recorded tools: read by us, they say what they say."""

from collections.abc import Iterator, Mapping

import pytest

from supervisor.analyzer import Analysis, analyze
from supervisor.digests import Digest, Verdict
from tests.recorded import RECORDED, Recorded, recorded

UNREAD = {
    "autoflake/": "a diff is no verdict",
    "clang-tidy/": "its fixes are for clang-apply-replacements",
    "flake8/": "a format of our own",
    "gcc/": "its own JSON gave way to SARIF",
    "go-vet/": "its JSON is for editors",
    "isort/": "a diff is no verdict",
    "markdownlint/": "its JSON is not recognised",
    "prettier/": "a list of files is no verdict",
}
"""Forms that we do not read, or that say too little."""
NOT_ALL = {
    "ava/ava-mixed": "what is to be written has failed",
    "deno/deno-mixed": "steps count as tests",
    "node-test/node-test-mixed": "what contains a failed test is no test",
    "ruff-format/python-syntax": "a file that cannot be read has errors of its own",
    "ty/python-types": "to GitLab an error is something major",
    "unittest/unittest-mixed": "to unittest what failed as expected has passed",
}
"""Forms whose numbers are others than those in the text."""


def _forms() -> Iterator[tuple[str, Recorded, bytes]]:
    seen = set()
    for one in recorded():
        if "machine" in one.about:
            path = RECORDED / one.tool / "machine" / one.about["machine"]
            name = f"{one.tool}/{path.stem}"
            if path not in seen and not name.startswith(tuple(UNREAD)):
                seen.add(path)
                yield name, one, path.read_bytes()


def each(*, but: Mapping[str, str]) -> pytest.MarkDecorator:
    """Every form; some are known to be unlike the text."""
    return pytest.mark.parametrize(
        ("one", "form"),
        [
            pytest.param(
                *read,
                id=name,
                marks=[pytest.mark.xfail(strict=True, reason=but[name])] if name in but else [],
            )
            for name, *read in _forms()
        ],
    )


def _read(one: Recorded, form: bytes) -> Analysis:
    return analyze([form], exit_code=one.exit_code)


@each(but={})
def test_verdict(one: Recorded, form: bytes) -> None:
    """What failed is not ok, and what is ok has not failed."""
    verdict = _read(one, form).verdict
    assert (verdict is Verdict.FAILED) == (one.verdict is Verdict.FAILED)


@each(but=NOT_ALL)
def test_counts(one: Recorded, form: bytes) -> None:
    """No number is wrong."""
    told = [digest for digest in _read(one, form).segments if digest.tool != "output"]
    truth = dict(one.truth)
    # To the forms that tests have in common all of them were passed over.
    truth["skipped"] = sum(truth.get(key, 0) for key in ("skipped", "todo", "xfailed"))
    for key in ("errors", "warnings", "failed", "passed", "skipped"):
        if key in truth:
            assert _numbers(told, key) <= {truth[key]}, key


def _numbers(digests: list[Digest], key: str) -> set[int]:
    """What the digests declare and count, each added up."""
    kinds = ([one.declared for one in digests], [one.counted for one in digests])
    return {
        sum(numbers.get(key, 0) for numbers in kind)
        for kind in kinds
        if any(key in numbers for numbers in kind)
    }
