"""Ruby itself, rake and Bundler.

Source: ruby/ruby, error.c, eval_error.c and parse.y; ruby/prism, templates/src; ruby/rake,
lib/rake/application.rb; rubygems/rubygems, bundler/lib/bundler.
"""

import re

from supervisor.analyzer.grammar import Does, Grammar, Rule
from supervisor.analyzer.pattern import Pattern

RUBY = Grammar(
    name="ruby",
    kind="build",
    rules=(
        Rule(
            does=Does.FINDING,
            literal=(":in `", ":in '"),
            pattern=Pattern(
                r"(?P<file>[^\s:][^:]*):(?:(?P<line>\d+):)?in [`'][^']*+': (?P<message>.*)"
                r" \((?P<code>[A-Z]\w*(?:::[A-Z]\w*)*)\)$"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=(":0: syntax error", ".rb:0: "),
            pattern=Pattern(
                r"(?P<file>[^\s:][^:]*):(?P<line>\d+): (?P<message>syntax errors?[, ].*)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=".rb:0: ",
            pattern=Pattern(
                r"(?P<file>[^\s:][^:]*\.rb):(?P<line>\d+): "
                r"(?P<message>(?:class/module name must be|unterminated |dynamic constant"
                r"|unknown regexp|Invalid |formal argument|duplicated"
                r"|embedded document|numeric literal|unmatched |both block arg|void value).*)"
            ),
        ),
        Rule(
            does=Does.FINDING,
            literal=(".rb:0: warning: ", "-:0: warning: "),
            pattern=Pattern(
                r"(?P<file>\S+\.rb|-):(?P<line>\d+): (?P<severity>warning): (?P<message>.*)"
            ),
            opens=False,
        ),
        Rule(
            does=Does.GREEN,
            literal="Syntax OK",
            pattern=Pattern(r"Syntax OK$"),
            opens=False,
        ),
        Rule(
            does=Does.TAIL,
            literal="\tfrom ",
            pattern=Pattern(r"\tfrom \S"),
            opens=False,
        ),
    ),
)

RAKE = Grammar(
    name="rake",
    kind="build",
    rules=(
        Rule(
            does=Does.FINDING,
            literal=("Don't know how to build task", "No Rakefile found"),
            pattern=Pattern(r"(?P<message>Don't know how to build task .*|No Rakefile found .*)"),
        ),
        Rule(
            does=Does.FINDING,
            literal="Error: ",
            pattern=Pattern(r"(?P<code>[A-Z]\w*(?:::\w+)*Error): (?P<message>.*)"),
            before=Pattern(r"rake aborted!$"),
        ),
        Rule(
            does=Does.TAIL,
            literal=("Tasks: TOP => ", "See full trace by running"),
            pattern=Pattern(r"Tasks: TOP => |\(?See full trace by running"),
            opens=False,
        ),
    ),
)

_CANNOT = (
    *("Could not find gem ", "Could not find compatible versions", "Could not locate Gemfile"),
    *("in any of the sources", "in locally installed gems", "Bundler could not find compatible"),
    *("but your Gemfile specified ", "bundler: command not found: ", "and Bundler cannot continue"),
    *("bundler: failed to load command: ", "Failed to build gem native extension"),
    *("Could not find a valid gem ", "Could not reach host ", "Could not fetch specs from"),
    *("There was an error parsing `", "Bundler cannot continue installing"),
)

BUNDLER = Grammar(
    name="bundler",
    kind="packages",
    aliases=("bundle", "gem"),
    at_once=False,
    rules=(
        Rule(
            does=Does.FINDING,
            literal=_CANNOT,
            pattern=Pattern(
                r"\W{0,9}(?:Gem::\S+: )?(?:ERROR:\s+(?:Error installing \S+:\s*)?)?"
                rf"(?P<message>(?:.*?)(?:{'|'.join(map(re.escape, _CANNOT))}).*)"
            ),
        ),
        Rule(
            does=Does.GREEN,
            literal=("Bundle complete! ", "Your bundle is complete!", "Bundle updated!"),
            pattern=Pattern(r"Bundle complete! |Your bundle is complete!|Bundle updated!"),
        ),
    ),
)
