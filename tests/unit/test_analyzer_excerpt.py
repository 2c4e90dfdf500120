"""What went wrong in 600 bytes: the lines that told of it, word for word."""

from supervisor.analyzer import analyze
from supervisor.analyzer.excerpt import Quote, render


def test_first_lines_of_failing_tools_stand_word_for_word() -> None:
    """A finding of several lines is quoted by its first; colours are gone, stamps are kept."""
    stamp = "2026-01-02T03:04:05.678Z "
    text = (
        "a.c: In function 'f':\n\x1b[1ma.c:7:2: \x1b[31merror: \x1b[0m'x' undeclared\n"
        f"make: *** [Makefile:3: a.o] Error 1\n{stamp}FATAL: the pump is off\n"
    )
    found = analyze([text.encode()], exit_code=2)
    assert "2: a.c:7:2: error: 'x' undeclared" in found.excerpt
    assert f"4: {stamp}FATAL: the pump is off" in found.excerpt


def test_what_is_well_is_not_quoted() -> None:
    """A green tool's noise is no failure, and a green whole has no excerpt."""
    green = "Error: retried\n=== test session starts ===\n=== 3 passed in 0.10s ===\n"
    assert analyze([green.encode()], exit_code=0).excerpt == ""
    failed = analyze([b"F.\n=== 1 failed, 1 passed in 0.10s ===\n"], exit_code=1)
    assert failed.excerpt.splitlines()[0] == failed.segments[0].summary


def test_a_full_disk_explains_a_failed_build() -> None:
    """Wherever the tool says so, even in a warning."""
    text = (
        "[INFO] Scanning for projects...\n[WARNING] cannot write r.txt (No space left on device)\n"
        "[INFO] BUILD FAILURE\n[ERROR] Failed to execute goal a.b:jacoco-maven-plugin:1:report "
        "(default) on project p: An error has occurred -> [Help 1]\n"
    )
    found = analyze([text.encode()], exit_code=1)
    assert "2: [WARNING] cannot write r.txt (No space left on device)" in found.excerpt
    assert "disk full" in found.segments[0].summary


def test_excerpt_keeps_within_its_bytes() -> None:
    """Of many quotes those that fit, the first first; a long one is cut."""
    quotes = [Quote(number, "é" * 400) for number in (3, 1, 2)]
    text = render(["x: 1 error"], quotes, [], 600)
    assert len(text.encode()) <= 600
    assert [line.split(":")[0] for line in text.splitlines()] == ["x", "1"]
    assert text.endswith("…")


def test_room_that_is_left_goes_to_what_stands_above() -> None:
    """From where it went wrong upwards, and never in the place of what went wrong."""
    trace = "Traceback (most recent call last):\n" + "".join(
        f'  File "a.py", line {number}, in f{number}\n    f{number + 1}()\n' for number in range(9)
    )
    found = analyze([f"{trace}KeyError: 'x'\n".encode()], exit_code=1)
    lines = found.excerpt.splitlines()
    assert lines[-9:-1] == [
        *('12: File "a.py", line 5, in f5', "13: f6()", '14: File "a.py", line 6, in f6'),
        *("15: f7()", '16: File "a.py", line 7, in f7', "17: f8()"),
        *('18: File "a.py", line 8, in f8', "19: f9()"),
    ]
    assert lines[-1] == "20: KeyError: 'x'"
    text = render(["x: 1 error"], [Quote(2, "b" * 20)], [Quote(1, "a" * 20)], 40)
    assert text == f"x: 1 error\n2: {'b' * 20}"


def test_lines_of_a_known_shape_are_quoted_as_others_are() -> None:
    """That a line is counted under the cause of one before it does not keep it out."""
    found = analyze(
        [b"ERROR worker 12 failed after 30 ms\nERROR worker 13 failed after 7 ms\n"], exit_code=1
    )
    assert found.excerpt.endswith(
        "1: ERROR worker 12 failed after 30 ms\n2: ERROR worker 13 failed after 7 ms"
    )


def test_the_same_lines_are_quoted_however_they_came() -> None:
    """Errors among a flood of warnings too, which is read in one go where it comes in one."""
    row = "a.py:{0}:1: {1}: something is wrong here (some-message)\n"
    text = "".join(row.format(n, "E0602" if n in {12, 20} else "W0611") for n in range(1, 30))
    text = "************* Module a\n" + text
    whole = analyze([text.encode()], exit_code=1)
    assert "13: a.py:12:1: E0602" in whole.excerpt
    assert analyze([text[n : n + 1].encode() for n in range(len(text))], exit_code=1) == whole
