"""Other linters for PHP: psalm, phpcs with phpcbf, php-cs-fixer.

Source: vimeo/psalm, src/Psalm/Report and IssueBuffer.php; PHPCSStandards/PHP_CodeSniffer,
src/Reports; PHP-CS-Fixer/PHP-CS-Fixer, src/Console/Report/FixReport/TextReporter.php.
"""

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

_FILE = r"(?P<file>(?:[A-Za-z]:[\\/])?[^\s:][^:]*)"

PSALM = Grammar(
    name="psalm",
    kind="types",
    urgent=Pattern(r"ParseError|Undefined\w+|MissingFile|InvalidDocblock"),
    fix="psalm --alter",
    rules=(
        Rule(
            does=Does.FINDING,
            literal=".php:0:0 - ",
            pattern=Pattern(
                r"(?P<severity>ERROR|INFO): (?P<code>[A-Z]\w+) - (?P<file>\S.*?\.php)"
                r":(?P<line>\d+):(?P<column>\d+) - (?P<message>.*?)(?: \(see https://\S+\))?$"
            ),
        ),
        Rule(  # Since release 5 the place stands on the next line.
            does=Does.FINDING,
            literal=".php:0:0",
            pattern=Pattern(r"at (?P<file>\S.*\.php):(?P<line>\d+):(?P<column>\d+)$"),
            before=Pattern(r"(?P<severity>ERROR|INFO): (?P<code>[A-Z]\w+)$"),
        ),
        Rule(  # --output-format=text and emacs
            does=Does.FINDING,
            literal=(":error - ", ":warning - "),
            pattern=Pattern(
                rf"{_FILE}:(?P<line>\d+):(?P<column>\d+):(?P<severity>error|warning) - "
                r"(?:(?P<code>[A-Z][A-Za-z]+): (?P<message>.*)|(?P<remark>.*))$"
            ),
        ),
        Rule(
            does=Does.GREEN,
            literal="No errors found!",
            pattern=Pattern(r"\s*No errors found!\s*$"),
        ),
        Rule(
            does=Does.TRAILER,
            literal="0 errors found",
            pattern=Pattern(r"(?P<errors>\d+) errors found$"),
        ),
        Rule(
            does=Does.FIXABLE,
            literal="Psalm can automatically fix ",
            pattern=Pattern(r"Psalm can automatically fix (?P<safe>\d+) (?:of these )?issues?"),
        ),
        Rule(
            does=Does.TAIL,
            literal=("other issues found.", "--show-info", "Run Psalm again", "--alter --issues"),
            pattern=Pattern(
                r"\d+ other issues found\.|You can display them with --show-info|Run Psalm again"
                r"|--alter --issues"
            ),
            opens=False,
        ),
        Rule(
            does=Does.TAIL,
            pattern=Pattern(r"-{20,}$|to see what it can fix|Checks took |Psalm was able"),
            opens=False,
        ),
        Rule(
            does=Does.BROKEN,
            literal=("Problem parsing ", "Config file ", "Could not locate a config"),
            pattern=Pattern(
                r"(?P<message>Problem parsing .*|Could not locate a config XML file.*)"
            ),
        ),
    ),
)

_ROW = r"\s+\d*\s\|\s+\|\s"

PHPCS = Grammar(
    name="phpcs",
    kind="linter",
    aliases=("phpcbf",),
    fix="phpcbf",
    urgent=Pattern(r"Internal\.\w+|Generic\.PHP\.Syntax\.\w+"),
    rules=(
        Rule(
            does=Does.FINDING,
            literal=("0 | ERROR", "0 | WARNING"),
            pattern=Pattern(
                r"\s*(?P<line>\d+) \| (?P<severity>ERROR|WARNING)\s+\| (?:\[[ x]\] )?"
                r"(?:(?P<message>.*\S) \((?P<code>\w+(?:\.\w+)+)\)|(?P<remark>.*))\s*$"
            ),
            continues=Pattern(r"\s+\|\s+\| .*\((?P<code>\w+(?:\.\w+)+)\)\s*$"),
        ),
        Rule(
            does=Does.FILE,
            literal="FILE: ",
            pattern=Pattern(r"FILE: (?P<file>\S.*\.\w+)\s*$"),
        ),
        Rule(
            does=Does.SUBTOTAL,
            literal=("FOUND 0 ERROR", "FOUND 0 ERRORS"),
            pattern=Pattern(
                r"FOUND (?P<errors>\d+) ERROR(?:S|\(S\))?"
                r"(?: AND (?P<warnings>\d+) WARNING(?:S|\(S\))?)? AFFECTING \d+ LINE"
            ),
        ),
        Rule(
            does=Does.SUBTOTAL,
            literal="PHPCBF CAN FIX ",
            pattern=Pattern(r"PHPCBF CAN FIX (?:THE )?(?P<safe>\d+) "),
        ),
        Rule(
            does=Does.SUBTOTAL,
            literal=("A TOTAL OF 0 ERROR", "A TOTAL OF 0 SNIFF"),
            pattern=Pattern(
                r"A TOTAL OF (?P<errors>\d+) (?:ERROR(?:S|\(S\))?(?: AND (?P<warnings>\d+)"
                r" WARNING(?:S|\(S\))?)?|SNIFF VIOLATIONS?) (?:WAS|WERE) FOUND IN (?P<files>\d+)"
            ),
        ),
        Rule(
            does=Does.SUBTOTAL,
            literal=("A TOTAL OF 0 ERROR", "A TOTAL OF 0 ERRORS"),
            pattern=Pattern(
                r"A TOTAL OF (?P<fixed>\d+) ERRORS? (?:WAS|WERE) FIXED IN (?P<files>\d+)"
            ),
        ),
        Rule(
            does=Does.GREEN,
            literal="No fixable errors were found",
            pattern=Pattern(r"No fixable errors were found$"),
            opens=False,
        ),
        Rule(  # --report=emacs
            does=Does.FINDING,
            literal=(": error - ", ": warning - "),
            pattern=Pattern(
                rf"{_FILE}:(?P<line>\d+):(?P<column>\d+): (?P<severity>error|warning) - "
                r"(?:(?P<message>.*) \((?P<code>\w+(?:\.\w+)+)\)|(?P<remark>.*))$"
            ),
        ),
        Rule(
            does=Does.BROKEN,
            literal=("coding standard is not installed", "ERROR: Referenced sniff"),
            pattern=Pattern(
                r"ERROR: (?P<message>the \".*\" coding standard is not installed"
                r"|Referenced sniff .*)"
            ),
        ),
        Rule(
            does=Does.TRAILER,
            literal="; Memory: 0",
            pattern=Pattern(r"Time: .*; Memory: \d"),
            opens=False,
        ),
        Rule(does=Does.TAIL, pattern=Pattern(r"-{20,}\s*$"), opens=False),
    ),
)

PHP_CS_FIXER = Grammar(
    name="php-cs-fixer",
    kind="formatter",
    aliases=("pint",),
    rules=(
        Rule(
            does=Does.FINDING,
            pattern=Pattern(r"\s+\d+\) (?P<file>\S+\.php)(?: \((?P<message>[\w/, ]+)\))?$"),
            opens=False,
        ),
        Rule(
            does=Does.GREEN,
            literal="files that can be fixed in",
            pattern=Pattern(
                r"Found (?P<errors>0) of (?P<checked>[1-9]\d*) files that can be fixed in "
            ),
        ),
        Rule(
            does=Does.TRAILER,
            literal="files that can be fixed in",
            pattern=Pattern(
                r"Found (?P<errors>\d+) of (?P<checked>\d+) files that can be fixed in "
            ),
        ),
        Rule(
            does=Does.GREEN,
            literal=" of 0 files in ",
            pattern=Pattern(r"Fixed (?P<fixed>\d+) of (?P<checked>\d+) files in [\d.]+ seconds"),
        ),
        Rule(
            does=Does.BROKEN,
            literal="Files that were not fixed due to errors reported",
            pattern=Pattern(r"(?P<message>Files that were not fixed due to errors reported)"),
        ),
    ),
)
