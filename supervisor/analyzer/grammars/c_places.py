"""Where C compilers and what checks C sources say that they found something.

Source: gcc-mirror/gcc, gcc/diagnostic.cc (diagnostic_get_location_text) and gcc/po;
llvm/llvm-project, clang/lib/Frontend/TextDiagnostic.cpp.
"""

_SUFFIX = (
    r"(?:[cChHdDiISslLmMyYfF]|cc|cp|cpp|cxx|c\+\+|CPP|hh|hp|hpp|hxx|h\+\+|HPP|ipp|inl|inc|tcc|tpp"
    r"|txx|ixx|cppm|mm|ii|mi|asm|sx|cu|cuh|cl|hip|ino|pde|ll|yy|lex|def|moc|pc|ad[bs]"
    r"|[fF](?:\d\d|or|tn)|upc|ispc)"
)
# What stands in front: ant's task, npm's mark, a progress that was not ended.
FRONT = r"\s*(?:\[[\w.+-]+\] +|npm (?:ERR!|error) +|\d+% +)?"
C_FILE = (
    r"(?P<file>(?:[A-Za-z]:(?=[\\/]))?[^\s:\[({\"'=][^:]*(?::(?=[A-Za-z.])[^:]*)??"
    rf"(?:\.{_SUFFIX}|/include/[^:\s]*|/c\+\+/[^:\s]*)|<[a-z][a-z -]*>)"
)
"""A source of C or of its relatives, a header without suffix, or ``<stdin>``."""
C_PLACE = rf"{FRONT}{C_FILE}:(?P<line>\d+)(?::(?P<column>\d+))?(?::\{{[\d:{{}} -]*\}})*: "
C_LINE = rf"{FRONT}{C_FILE}:(?P<line>\d+): "
C_COLUMN = rf"{FRONT}{C_FILE}:(?P<line>\d+):(?P<column>\d+)(?::\{{[\d:{{}} -]*\}})*: "
"""The same where the column is missing, and where it must be there."""

ERRORS = (
    *("error", "fatal error", "internal compiler error", "sorry, unimplemented"),
    *("fehler", "schwerwiegender fehler", "erreur", "erreur fatale", "error fatal", "errore"),
    *("errore fatale", "erro", "erro fatal", "fout", "fatale fout", "fel", "ödesdigert fel"),
    *("błąd", "błąd krytyczny", "ошибка", "фатальная ошибка", "помилка", "chyba", "hata"),
    *("ölümcül hata", "エラー", "致命的エラー", "错误", "致命错误", "錯誤", "嚴重錯誤", "오류"),
)
WARNINGS = (
    *("warning", "pedwarn", "warnung", "attention", "avertissement", "aviso", "advertencia"),
    *("attenzione", "waarschuwing", "varning", "ostrzeżenie", "предупреждение", "попередження"),
    *("varování", "uyar\u0131", "警告", "경고"),
)
NOTES = (
    *("note", "remark", "anmerkung", "nota", "nota bene", "notera", "opmerking", "uwaga"),
    *("замечание", "примітка", "poznámka", "bilgi", "備考", "附注", "附註", "참고"),
)
"""What the compilers call them, in all the languages that they speak, in lower case."""
SEVERITIES = {
    **dict.fromkeys(ERRORS, "errors"),
    **dict.fromkeys(WARNINGS, "warnings"),
    **dict.fromkeys(NOTES, "notes"),
}


def spoken(words: tuple[str, ...]) -> tuple[str, ...]:
    """Literals for lines with one of these words behind a place."""
    return (*(f"0: {word}" for word in words), f"}}: {words[0]}")


def one_of(words: tuple[str, ...]) -> str:
    """A pattern for one of these words, also capitalised, with its colon as it is set there."""
    # The colon tells where a word ends, so that English may come first, as most of them are.
    either = [f"[{word[0]}{word[0].upper()}]{word[1:]}" for word in words]
    return rf"(?P<severity>{'|'.join(either)})\s?[:\uff1a](?: |(?=\S))"
