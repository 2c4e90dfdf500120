"""``meson setup`` and ``meson test``.

Source: mesonbuild/meson, mesonbuild/mlog.py (_log_error) and mesonbuild/mtest.py.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

MESON = Grammar(
    name="meson",
    kind="build",
    at_once=False,
    rules=(
        Rule(
            does=Does.FINDING,
            literal=("meson.build:0:0: error", "meson.build:0: warning", "meson.build:0: error"),
            pattern=Pattern(
                r"(?P<file>\S*meson\.(?:build|options)|\S*meson_options\.txt):(?P<line>\d+)"
                r"(?::(?P<column>\d+))?: (?P<severity>ERROR|WARNING): (?P<message>.*)"
            ),
        ),
        Rule(
            does=Does.BROKEN,
            literal="contains a build file meson.build",
            pattern=Pattern(r"ERROR: (?P<message>Neither .*contains a build file meson\.build.*)"),
        ),
        Rule(
            does=Does.TRAILER,
            literal="meson-log.txt",
            pattern=Pattern(r"A full log can be found at .*meson-log\.txt"),
            opens=False,
        ),
        Rule(
            does=Does.GREEN,
            literal="build targets in project: ",
            pattern=Pattern(r"Build targets in project: \d+"),
        ),
    ),
)

MESON_TEST = Grammar(
    name="meson-test",
    kind="tests",
    aliases=("meson",),
    at_once=False,
    rules=(
        Rule(
            does=Does.FINDING,
            literal=("  fail  ", "  timeout  ", "  error  ", "  unexpectedpass  "),
            pattern=Pattern(
                r"\s*\d+/\d+ (?P<code>\S.*?)\s{2,}(?P<message>FAIL|TIMEOUT|ERROR|UNEXPECTEDPASS)\s+"
                r"[\d.]+s"
            ),
            counts_as="failed",
        ),
        Rule(
            does=Does.SUBTOTAL,
            literal="ok:                 0",
            pattern=Pattern(r"Ok:\s+(?P<passed>\d+)\s*$"),
        ),
        Rule(
            does=Does.SUBTOTAL,
            literal=(
                *("fail:               0", "unexpected pass:    0", "timeout:            0"),
                "expected fail:",
            ),
            pattern=Pattern(r"(?:Fail|Unexpected Pass|Timeout|Error):\s+(?P<failed>\d+)\s*$"),
            opens=False,
        ),
        Rule(
            does=Does.SUBTOTAL,
            literal="skipped:            0",
            pattern=Pattern(r"Skipped:\s+(?P<skipped>\d+)\s*$"),
            opens=False,
        ),
        Rule(
            does=Does.TRAILER,
            literal="testlog.txt",
            pattern=Pattern(r"Full log written to .*testlog\.txt"),
            opens=False,
        ),
    ),
)
