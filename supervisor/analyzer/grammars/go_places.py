"""Where Go's tools say that they found something, and words by which they are told apart.

Source: golang/go, src/cmd/internal/base and src/cmd/vendor/golang.org/x/tools/go/analysis/passes;
golang/lint, lint.go.
"""

GO_FILE = r"(?P<file>(?:[A-Za-z]:(?=[\\/]))?[^\s:(][^:]*\.(?:go|s|c|h))"
GO_PLACE = rf" ?{GO_FILE}:(?P<line>\d+)(?::(?P<column>\d+))?: "
GO_AT = rf" ?{GO_FILE}:(?P<line>\d+):(?P<column>\d+): "
"""With a column, which log lines do not have."""

LOST = (
    r"undefined: |.* undefined \(|no required module provides package|cannot find package"
    r"|cannot find module|package \S+ is not in |could not import |missing go\.sum entry"
    r"|no Go files in|module \S+: |.*: no such file or directory"
)
"""What the compiler does not find, and what explains other errors."""
COMPILER = (
    r"syntax error: |.*declared (?:and|but) not used|.*imported and not used"
    r"|.*imported as .* and not"
    r"|cannot use |cannot assign|cannot call|cannot convert|cannot infer|cannot refer|cannot range"
    r"|missing return|not enough arguments|too many (?:arguments|return values|errors)|assignment"
    r" mismatch|.* redeclared|.*is not a type|invalid (?:operation|argument|recursive|receiver"
    r"|character|indirect|use|type|import)|non-boolean|non-name|import cycle|.*does not implement"
    r"|duplicate (?:case|method|field|key)|label \S+ defined|.*multiple-value|expected |missing "
    r"|.*other declaration of|first argument to append|.*already declared|unknown field"
    r"|impossible type|break |continue |goto |mixture of|unexpected |.*\(untyped |no new variables"
    r"|.*outside (?:a )?(?:function|loop)|method |type |.*overflows|division by zero|use of "
)
VET = (
    r"(?:printf|copylocks|unusedresult|structtag|loopclosure|lostcancel|composites?|shadow|assign"
    r"|atomic|bools|buildtags?|errorsas|httpresponse|ifaceassert|nilfunc|nilness|shift|sigchanyzer"
    r"|stdmethods|stringintconv|tests|unmarshal|unreachable|unsafeptr|testinggoroutine|slog"
    r"|defers|directive|appends|timeformat|waitgroup): "
    r"|.* format (?:%\S+ )?(?:has|reads|is missing|of)|.*missing argument for|.*wrong type for"
    r"|.*possible formatting directive|.*wrong number of args|unreachable code|.*unkeyed fields"
    r"|self-assignment of|.*captured by func literal|.*should have signature|result of .* call not"
    r"|.*struct field tag|.*copies lock|.*passes lock|.*possible misuse of"
    r"|the \w+ function .* is not"
    r"|.*redundant newline|.*declaration of .* shadows|.*impossible interface|.*non-constant format"
    r"|.*should (?:be|not be) .* pointer|suspect (?:or|and):|redundant (?:or|and):|.*call has arg"
    r"|.*before checking for errors|.*misuse of unbuffered|call of .* copies|.*\+build"
    r"|.*return copies|.*arg .* for printf verb|this result of append is never used"
)
GOLINT = (
    r"exported \w+ .*(?:should have (?:comment|its own declaration)|returns unexported type)"
    r"|comment on exported .*should be of the form|should have a package comment"
    r"|package comment (?:is detached|should)|a blank import should be only"
    r"|should not use (?:dot imports|basic type)|don't use (?:an underscore|MixedCaps|ALL_CAPS"
    r"|underscores|leading k)|.* name will be used as .* that stutters|type name will be used as"
    r"|(?:func|method|var|const|type|struct field|range var|interface method)"
    r"(?: parameter| result)? \w+ should be \w+$|if block ends with a return"
    r"|should omit |should replace .* with "
    r"|should drop .* from declaration|error var .* should have name|error strings should not be"
    r"|receiver name |error should be the last|var \S+ is of type .*unit-specific suffix"
    r"|context\.Context should be the first|avoid meaningless package|.*unused-parameter"
    r"|parameter '.*' seems to be unused|exported: |package-comments: |redefinition of the built-in"
    r"|empty-block: |this block is empty, you can remove it"
)
CONSISTENT = (
    r"(?:unit import|zero value ptr alloc|empty slice|empty map|nil (?:slice|map) decl|hex lit"
    r"|range check|and-not|float lit|label case|untyped const coerce|arg list parens"
    r"|non-zero length test|default case order|octal lit|block|string lit|method expr): "
)
NOT_THE_COMPILERS = (
    rf"(?!{GOLINT}|{CONSISTENT}|.* \((?:[A-Z]{{1,2}}\d{{4}}|[a-z][\w-]*)\)$|warning: )"
)
"""In front of a message that could be a linter's as well."""
