"""Kinds of values that options of several tables have."""

from supervisor import config_values as values
from supervisor.option_kinds import plain
from supervisor.units import parse_duration

SIZE = plain(values.size, values.SIZE)
SIZE_OR_NONE = plain(values.size_or_none, values.SIZE_OR_NONE)
DURATION = plain(parse_duration, values.DURATION)
INTERVAL = plain(values.interval, values.DURATION)
INTERVAL_OR_NONE = plain(values.interval_or_none, values.DURATION_OR_NONE)
COUNT_OR_NONE = plain(values.count_or_none, values.COUNT_OR_NONE)
