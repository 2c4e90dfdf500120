"""``gcc``, ``g++``, ``clang``, the assembler and the linkers below them.

Source: gcc-mirror/gcc, gcc/diagnostic.cc and gcc/opts-global.cc; llvm/llvm-project,
clang/lib/Frontend/TextDiagnostic.cpp, lld/Common/ErrorHandler.cpp; binutils, ld/ldmain.c.
"""

import re

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.grammars.c_places import (
    C_COLUMN,
    C_FILE,
    C_LINE,
    C_PLACE,
    ERRORS,
    FRONT,
    NOTES,
    SEVERITIES,
    WARNINGS,
    one_of,
    spoken,
)
from supervisor.analyzer.grammars.doxygen import VOCABULARY
from supervisor.analyzer.pattern import Pattern

# Checkers print the same line with their check's name behind it; XCTest names its test.
_OURS = r"(?!-\[|\w+\.\w+ : )"
_NO_CHECKERS = (
    r"(?!.*\s\[(?:[a-z]\w*|[a-z]\w*(?:-[\w.]+)+(?:,[\w.-]+)*)\]\\?\s*$)"
    r"(?!.*\[[a-z]\w*/\w+\] \[\d\])"
)
_FLAG = r"\[(?:-Werror,)?(?P<code>-[A-Za-z][^\]]*|[a-z]\w*(?:\.\w+)+)\]"
_BRACKET = r"[^\[]*+\["
_SAID = (
    rf"{_OURS}(?:(?={_BRACKET})(?P<message>.*) {_FLAG}"
    rf"|(?:(?!{_BRACKET})|{_NO_CHECKERS})(?P<remark>.*))\s*$"
)
_ERROR, _WARNING, _NOTE = one_of(ERRORS), one_of(WARNINGS), one_of(NOTES)
_CLANG_WORDS = (
    *("(aka '", "[-werror,-w", "use of undeclared identifier '", "' file not found"),
    *("[-wextra-tokens]", "[-wshorten-", "[-wunused-private-field]", "[-wdocumentation"),
    *("[-wobjc-", "[-wnullab", "[-wincomplete-implementation]", "[-wunguarded-availability"),
    *("[-wgnu-", "[-wmicrosoft-", "[-wc++", "[-wunused-lambda-capture]", "[-wself-assign"),
    *("[-winconsistent-missing-override]", "[-wtautological-", "[-wheader-", "; did you mean '"),
    *("null pointer dereference", "dereference of null pointer", "value stored to '"),
    *("garbage or undefined", "potential leak of memory", "c++ object pointer is null"),
    *("[-wreturn-stack-address]", "[-wunreachable-code"),
)
"""What only clang says, and its flags that gcc does not have."""
_CLANG = rf"(?=(?i:.*(?:{'|'.join(map(re.escape, _CLANG_WORDS))})))"
_MISSING = r"(?=.*(?:No such file or directory|file not found))"
_DRIVER = r"(?:[\w./+-]*[/\\-])?(?:cc\d\w*|lto\d|gcc|g\+\+|cc|c\+\+|gfortran|nvcc|collect2|cpp)"
_CLANG_DRIVER = r"(?:[\w./+-]*[/\\-])?(?:clang|emcc|em\+\+|icpx|flang)"
_VERSION = r"(?:\+\+)?(?:-[\d.]+)?(?:\.exe)?"
_LD = r"(?:\S*[/\\-])?(?:ld\d*(?:\.\w+)?|lld(?:-link)?|mold|wasm-ld)(?:\.exe)?"
# What an object or a source says of itself in front of the linker's word.
_IN_OBJECT = (
    rf"{FRONT}(?:{_LD}: )?(?:(?P<file>[^\s:(`']+(?:\([^\s:()]+\))?):)?(?:[^\s:()`']+\.\w+:)?"
    r"(?:(?P<line>\d+):|\(\S*\):|function [^:]*:)?\s?(?:error: )?"
)

_COMPILER = (
    Rule(
        does=Does.FINDING,
        literal=spoken(("fatal error",)),
        pattern=Pattern(rf"{C_PLACE}(?P<severity>fatal error): {_MISSING}{_CLANG}{_SAID}"),
        tool="clang",
        urgent=True,
    ),
    Rule(
        does=Does.FINDING,
        literal=spoken(("fatal error",)),
        pattern=Pattern(rf"{C_PLACE}(?P<severity>fatal error): {_MISSING}{_SAID}"),
        urgent=True,
    ),
    Rule(
        does=Does.FINDING,
        literal=_CLANG_WORDS,
        pattern=Pattern(rf"{C_PLACE}(?P<severity>(?:fatal )?error|warning): {_CLANG}{_SAID}"),
        tool="clang",
    ),
    Rule(
        does=Does.BROKEN,
        literal="internal compiler error",
        pattern=Pattern(
            rf"(?:{C_PLACE}|{_DRIVER}{_VERSION}: )(?P<message>internal compiler error: .*)"
        ),
    ),
    Rule(
        does=Does.FINDING,
        literal=spoken(ERRORS),
        pattern=Pattern(rf"{C_PLACE}{_ERROR}{_SAID}"),
    ),
    Rule(
        does=Does.FINDING,
        literal=spoken(WARNINGS),
        pattern=Pattern(rf"{C_COLUMN}{_WARNING}{_SAID}"),
    ),
    Rule(  # Without a column it could be doxygen's.
        does=Does.FINDING,
        literal=spoken(WARNINGS),
        pattern=Pattern(rf"{C_LINE}{_WARNING}(?!.*(?:{VOCABULARY})){_SAID}"),
    ),
    Rule(
        does=Does.FINDING,
        literal=spoken(NOTES),
        pattern=Pattern(rf"{C_PLACE}{_NOTE}{_SAID}"),
        opens=False,
    ),
    Rule(  # A file with an unknown suffix; nobody else's flags begin so.
        does=Does.FINDING,
        literal=(" [-w", "[-fpermissive]"),
        pattern=Pattern(
            rf"{FRONT}(?P<file>[^\s:][^:]*):(?P<line>\d+)(?::(?P<column>\d+))?: "
            rf"(?P<severity>error|warning): (?P<message>.*) {_FLAG}\s*$"
        ),
    ),
    Rule(  # -fmessage-length breaks the line behind a long place.
        does=Does.FINDING,
        literal=("warning: ", "error: "),
        pattern=Pattern(r"\s*(?P<severity>warning|error): (?P<message>.*)"),
        before=Pattern(rf"{FRONT}{C_FILE}:(?P<line>\d+)(?::(?P<column>\d+))?:$"),
    ),
    Rule(  # The preprocessor of gcc 3 had no word for it.
        does=Does.FINDING,
        literal=(": no such file or directory", "invalid preprocessing directive #"),
        pattern=Pattern(
            rf"{C_PLACE}(?P<message>\S+: No such file or directory"
            r"|invalid preprocessing directive #.*)$"
        ),
        urgent=True,
    ),
)
_DRIVERS = (
    Rule(
        does=Does.TAIL,
        literal=("collect0: error: ld returned", "linker command failed with exit code"),
        pattern=Pattern(rf"{_DRIVER}{_VERSION}: error: ld returned"),
        opens=False,
    ),
    Rule(
        does=Does.BROKEN,
        literal="clang frontend command failed",
        pattern=Pattern(
            rf"{_CLANG_DRIVER}{_VERSION}: error: (?P<message>clang frontend command failed .*)"
        ),
        tool="clang",
    ),
    Rule(
        does=Does.BROKEN,
        literal=("unable to execute command", " terminated program "),
        pattern=Pattern(
            rf"(?:{_DRIVER}|{_CLANG_DRIVER}){_VERSION}: (?:fatal )?error: "
            r"(?P<message>unable to execute command: .*|Killed signal terminated program .*)"
        ),
    ),
    Rule(
        does=Does.TAIL,
        literal="linker command failed with exit code",
        pattern=Pattern(rf"{_CLANG_DRIVER}{_VERSION}: error: linker command failed"),
        tool="clang",
        opens=False,
    ),
    Rule(
        does=Does.FINDING,
        literal=("cc: error: ", "++: error: ", "clang: error: ", "cc: fatal error: ", "cc0: error"),
        pattern=Pattern(
            rf"{FRONT}{_DRIVER}{_VERSION}: (?P<severity>(?:fatal )?error): (?P<message>.*)"
        ),
    ),
    Rule(
        does=Does.FINDING,
        literal=(
            "cc0plus: ",
            "cc0: warning: ",
            "++: fatal error: ",
            "cc0obj: ",
            "f000: error: ",
            "cc-00: error: ",
        ),
        pattern=Pattern(
            rf"{FRONT}{_DRIVER}{_VERSION}: "
            r"(?P<severity>(?:fatal )?error|warning): (?P<message>.*)"
        ),
    ),
    Rule(
        does=Does.FINDING,
        literal=("clang: ", "clang++: ", "clang-00: ", "emcc: ", "em++: ", "flang: "),
        pattern=Pattern(
            rf"{FRONT}{_CLANG_DRIVER}{_VERSION}: (?P<severity>(?:fatal )?error|warning): {_SAID}"
        ),
        tool="clang",
    ),
    Rule(
        does=Does.SUBTOTAL,
        literal=("s generated.", "warning generated.", "error generated."),
        pattern=Pattern(
            rf"{FRONT}(?:(?P<warnings>\d+) warnings?)?(?: and )?(?:(?P<errors>\d+) errors?)?"
            r" generated\.\s*$"
        ),
        tool="clang",
        opens=False,
    ),
    Rule(
        does=Does.TAIL,
        literal=("too many errors emitted", "being treated as errors", "compilation terminated"),
        pattern=Pattern(
            r"fatal error: too many errors emitted|\S+: (?:all|some) warnings being treated"
            r"|compilation terminated"
        ),
        opens=False,
    ),
)
_LINKER = (
    Rule(
        does=Does.FINDING,
        literal=(
            *(
                "undefined reference to ",
                "nicht definierter verweis auf",
                "への定義されていない参照",
            ),
            *(
                "référence indéfinie vers",
                "referencia a `",
                "未定义的引用",
                "неопределённая ссылка",
            ),
        ),
        pattern=Pattern(
            rf"{_IN_OBJECT}(?P<message>(?:undefined reference to|[Nn]icht definierter Verweis auf"
            r"|référence indéfinie vers|referencia a|неопределённая ссылка на) .*"
            r"|.* ?(?:への定義されていない参照|未定义的引用).*)"
        ),
    ),
    Rule(
        does=Does.FINDING,
        literal=("multiple definition of ", "can not be used when making a", "truncated to fit:"),
        pattern=Pattern(rf"{_IN_OBJECT}(?P<message>multiple definition of .*|relocation .*)"),
    ),
    Rule(
        does=Does.FINDING,
        literal=("is dangerous, better use", "in statically linked applications"),
        pattern=Pattern(
            rf"{_IN_OBJECT}(?P<severity>warning): (?P<message>the use of .*|Using '.*)"
        ),
    ),
    Rule(
        does=Does.FINDING,
        literal=("is referenced by dso", "dangerous relocation", "is not defined"),
        pattern=Pattern(
            rf"{_IN_OBJECT}(?P<message>hidden symbol .* is referenced by DSO.*"
            r"|dangerous relocation.*|hidden symbol .* is not defined.*)"
        ),
    ),
    Rule(
        does=Does.FINDING,
        literal="ld: cannot find ",
        pattern=Pattern(rf"{FRONT}{_LD}: (?P<message>cannot find .*)"),
        urgent=True,
    ),
    Rule(
        does=Does.TAIL,
        literal="s emitted, stopping now",
        pattern=Pattern(rf"{_LD}: error: too many errors emitted, stopping"),
        opens=False,
    ),
    Rule(
        does=Does.FINDING,
        literal=(
            *("ld: error: ", "lld: error: ", "ld: warning: ", "lld: warning: ", "gold: error: "),
            *("link: error: ", "mold: error: ", "mold: fatal", "ld00: error: "),
        ),
        pattern=Pattern(
            rf"{FRONT}{_LD}: (?P<severity>(?:fatal )?error|warning|fatal): (?P<message>.*)"
        ),
    ),
    Rule(
        does=Does.FINDING,
        literal=", referenced from:",
        pattern=Pattern(r"\s+(?P<message>\S.*, referenced from:)\s*$"),
        before=Pattern(
            r"\s*Undefined symbols(?: for architecture \w+)?:|\s+.* in \S+\.(?:o|a|dylib|tbd)\b"
        ),
    ),
    Rule(
        does=Does.FINDING,
        literal=("not found for -l", "ld: framework not found", "ld: file not found"),
        pattern=Pattern(r"ld: (?P<message>(?:library|framework|file) not found.*)"),
        urgent=True,
    ),
    Rule(
        does=Does.FINDING,
        literal=("duplicate symbol ", "file format not recognized", ": cannot open "),
        pattern=Pattern(
            rf"(?:{_LD}: )?(?:(?P<file>[^\s:]+): )?(?P<message>duplicate symbol .* in:"
            r"|file (?:format )?not recognized.*|cannot open (?:output|linker) .*)"
        ),
    ),
)

GRAMMAR = Grammar(
    name="gcc",
    kind="build",
    aliases=("g++", "cc", "c++", "clang", "clang++", "ld", "gfortran"),
    at_once=False,  # It is called once for each source.
    closes=False,
    severities=SEVERITIES,
    rules=(*_COMPILER, *_DRIVERS, *_LINKER),
)
