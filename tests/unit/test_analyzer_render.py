"""Summaries, fingerprints, JSON and text."""

import json
import re
from pathlib import Path
from typing import Any

from supervisor.analyzer import analyze, render_text, to_json
from supervisor.analyzer.fingerprint import normal
from supervisor.analyzer.text import cut

SCHEMA = Path(__file__).resolve().parents[2] / "configs" / "analysis.schema.json"
RED = "a.py:{}:8: F401 [*] `os` imported but unused\nFound 1 error.\n"
CRASH = 'Traceback (most recent call last):\n  File "{}/a.py", line {}, in f\n    x\n{}\n'


def fingerprint(text: str) -> str:
    """Fingerprint of the first segment."""
    return analyze([text.encode()]).segments[0].fingerprint


def test_line_numbers_do_not_change_a_fingerprint() -> None:
    """The same finding three lines further down is the same finding; another code is not."""
    assert fingerprint(RED.format(1)) == fingerprint(RED.format(99))
    assert fingerprint(RED.format(1)) != fingerprint(RED.format(1).replace("F401", "F811"))
    assert fingerprint(RED.format(1)) != fingerprint(RED.format(1).replace("a.py", "b.py"))


def test_accidents_do_not_change_a_fingerprint() -> None:
    """EA-D5: pids, addresses, times and temp paths are accidents; names and codes are not."""
    one = CRASH.format("/home/a", 3, "OSError: pid 41 at 0x7ffd in /tmp/x1/y: E0308")
    two = CRASH.format("/home/a", 77, "OSError: pid 9 at 0x10 in /tmp/q/z: E0308")
    assert fingerprint(one) == fingerprint(two)
    assert fingerprint(one) != fingerprint(one.replace("E0308", "E0309"))
    assert fingerprint(one) == fingerprint("\n" + one)


def test_host_and_port_are_no_accidents() -> None:
    """Two services that refuse are two failures."""
    text = "connect ECONNREFUSED 127.0.0.1:{}\n"
    assert fingerprint(text.format(5432)) != fingerprint(text.format(3000))


def test_normal_is_idempotent() -> None:
    """Normalising twice changes nothing."""
    text = normal("took 12 ms at 2025-11-23T10:00:00Z, 6f1d0c1e-9a2b-4c3d-8e4f-1234567890ab")
    assert normal(text) == text


def test_cut_keeps_code_points_whole() -> None:
    """A cut never splits a character."""
    for most in range(3, 30):
        assert len(cut("日本語テキスト🚀🚀", most).encode()) <= most


def test_summary_fits_for_long_wide_names() -> None:
    """EA-12: 200 bytes hold whatever the names are."""
    path = "目录/" * 80
    text = f"{path}a.py:1:8: F401 [*] `{'漢' * 300}` imported but unused\nFound 1 error.\n"
    assert len(analyze([text.encode()]).segments[0].summary.encode()) <= 200


def test_text_rendering() -> None:
    """People get the summary, the codes, the first finding and the fix."""
    text = RED.format(3) + "[*] 1 fixable with the `--fix` option.\n"
    shown = render_text(analyze([text.encode()], exit_code=1))
    assert shown.splitlines()[0] == "ruff: 1 error in 1 file: F401 ×1; `ruff check --fix` (1/1)"
    assert "    first: a.py:3 F401 `os` imported but unused" in shown
    assert "    fix: ruff check --fix (1/1)" in shown
    assert shown.endswith("verdict: failed\n")


def conforms(  # noqa: PLR0911 - one for each kind of value
    value: Any, schema: dict[str, Any], root: dict[str, Any]
) -> bool:
    """Whether ``value`` is as ``schema`` says; the few keywords that ours uses."""
    if "$ref" in schema:
        return conforms(value, root["$defs"][schema["$ref"].rpartition("/")[2]], root)
    if "const" in schema or "enum" in schema:
        return value in schema.get("enum", [schema.get("const")])
    kinds: dict[str, type] = {
        "object": dict,
        "array": list,
        "string": str,
        "integer": int,
        "null": type(None),
    }
    names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if not isinstance(value, tuple(kinds[name] for name in names)):
        return False
    if isinstance(value, dict):
        known, more = schema.get("properties", {}), schema.get("additionalProperties")
        return set(schema.get("required", ())) <= set(value) and all(
            conforms(item, known.get(key, more), root) for key, item in value.items()
        )
    if isinstance(value, list):
        return all(conforms(item, schema["items"], root) for item in value)
    if isinstance(value, str):
        return re.search(schema.get("pattern", ""), value) is not None
    return value is None or value >= schema.get("minimum", 0)


def test_json_follows_the_schema() -> None:
    """The published schema describes what is printed, and survives JSON."""
    schema = json.loads(SCHEMA.read_text())
    for text in (RED.format(1), "5 passed in 0.1s\n", "boom\n", "", CRASH.format("a", 1, "E: x")):
        value = json.loads(json.dumps(to_json(analyze([text.encode()], exit_code=1))))
        assert conforms(value, schema, schema)
    assert not conforms({"schema": 2}, schema, schema)


def test_unknown_numbers_are_absent() -> None:
    """What was not counted is not zero."""
    (segment,) = to_json(analyze([b"Found 3 errors.\n"]))["segments"]
    assert segment["declared"] == {"errors": 3}
    assert segment["counted"] == {}
    assert segment["files"] is None
