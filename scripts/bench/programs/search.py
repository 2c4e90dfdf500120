"""What a script would do: one alternation of the usual patterns, line by line."""

import re
from collections import Counter
from typing import IO

from scripts.bench.programs.metered import metered, named

_USUAL = re.compile(
    rb"^(?P<place>[^\s:]+:\d+(?::\d+)?): (?:fatal )?(?:error|warning|note)"
    rb"|^(?P<flake>[^\s:]+\.py:\d+:\d+: [A-Z]+\d+)"
    rb"|^(?P<tsc>\S+\(\d+,\d+\): (?:error|warning) TS\d+)"
    rb"|^(?P<msbuild>\S+\(\d+,\d+\): (?:error|warning) [A-Z]+\d+)"
    rb"|^(?P<rustc>(?:error|warning)(?:\[[A-Z]\d+\])?: )"
    rb"|^(?P<traceback>Traceback \(most recent call last\):)"
    rb"|^(?P<exception>\w+(?:\.\w+)*(?:Error|Exception): )"
    rb"|^(?P<pytest>(?:FAILED|ERROR) \S+)"
    rb"|^(?P<gotest>--- FAIL: )"
    rb"|^(?P<npm>npm (?:ERR!|error) )"
    rb"|^(?P<make>make(?:\[\d+\])?: \*\*\* )"
    rb"|^(?P<maven>\[ERROR\] )"
    rb"|^(?P<gradle>FAILURE: Build failed)"
    rb"|^(?P<panic>panic: |thread '.*' panicked at )"
    rb"|(?P<trailer>\b\d+ (?:errors?|failed|failures?|problems?)\b)"
    rb"|(?P<level>\b(?:ERROR|FATAL|CRITICAL)\b)"
    rb"|(?P<json>\"level\": ?\"(?:error|fatal)\")"
    rb"|(?P<failed>\b[Ff]ailed to \w+)"
    rb"|(?P<segfault>Segmentation fault|core dumped)"
    rb"|(?P<missing>command not found|No such file or directory)"
    rb"|(?P<denied>Permission denied)"
    rb"|(?P<full>No space left on device)"
    rb"|(?P<memory>[Oo]ut of memory)"
    rb"|(?P<network>ECONNREFUSED|ETIMEDOUT|Could not resolve host)"
    rb"|(?P<code>exit(?:ed with)? (?:code|status) [1-9])"
)


def search(lines: IO[bytes]) -> Counter[str]:
    """How many lines each pattern has found."""
    found: Counter[str] = Counter()
    for line in lines:
        if match := _USUAL.search(line):
            found[match.lastgroup or ""] += 1
    return found


with named() as stream:
    metered(search, stream)
