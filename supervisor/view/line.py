"""One line of the tail."""

from dataclasses import dataclass
from typing import Literal

Mood = Literal["good", "bad", "warning", "plain"]


@dataclass(frozen=True, slots=True)
class Line:
    """What happened, in one word and in one sentence."""

    word: str
    text: str
    mood: Mood = "plain"
