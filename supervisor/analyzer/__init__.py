"""Output of tools to digests; knows bytes and exit statuses, no process and no file."""

from supervisor.analyzer.analysis import Analysis, analyze, render_text, to_json
from supervisor.analyzer.stream import Analyzer

__all__ = ["Analysis", "Analyzer", "analyze", "render_text", "to_json"]
