"""Output of tools to digests; knows bytes and exit statuses, no process and no file."""

from supervisor.analyzer.analysis import Analysis, analyze, render_text, to_json
from supervisor.analyzer.errorformat import errorformat
from supervisor.analyzer.fingerprint import forget
from supervisor.analyzer.grammar import Grammar
from supervisor.analyzer.problem_matchers import problem_matchers
from supervisor.analyzer.stream import Analyzer

__all__ = [
    "Analysis",
    "Analyzer",
    "Grammar",
    "analyze",
    "errorformat",
    "forget",
    "problem_matchers",
    "render_text",
    "to_json",
]
