"""The tools that we know, one module each; the order decides where two could claim a line."""

from supervisor.analyzer.grammar import Grammar
from supervisor.analyzer.grammars import (
    ecj,
    eslint,
    flake8,
    groovyc,
    java,
    javac,
    javadoc,
    kotlinc,
    mypy,
    pytest,
    python,
    ruff,
    sbt,
    scalac,
    scalastyle,
    tsc,
)

GRAMMARS: tuple[Grammar, ...] = (
    pytest.GRAMMAR,
    python.GRAMMAR,
    ruff.GRAMMAR,
    flake8.GRAMMAR,
    mypy.GRAMMAR,
    tsc.GRAMMAR,
    eslint.GRAMMAR,
    ecj.GRAMMAR,
    javadoc.GRAMMAR,
    javac.GRAMMAR,
    kotlinc.GRAMMAR,
    groovyc.GRAMMAR,
    scalastyle.GRAMMAR,
    sbt.GRAMMAR,
    scalac.GRAMMAR,
    java.GRAMMAR,
)
