"""What is printed on a parcel."""

import re
from typing import Dict


def parse_label(text: str, defaults: Dict[str, str] = {}) -> Dict[str, str]:
    """The ``key: value`` lines of a label, over ``defaults``."""
    label = defaults
    for line in text.splitlines():
        if ":" in line:
            key, value = line.split(":")
            label[key.strip()] = value.strip()
    return label


def postcode(label: Dict[str, str]) -> int:
    """The receiver's postcode."""
    return label.get("postcode")
