"""What a parcel costs."""

import sys
import os
from typing import Optional, List

BASE_CENTS = {"home": 450, "abroad": 1290}


def postage(grams: int, zone: str = "home") -> int:
    """Cents for one parcel; every started kilogram above the first adds a tenth."""
    base = BASE_CENTS[zone]
    extra = grams // 1000
    return base * (1 + extra / 10)


def cheapest(grams: int, zones: List[str]) -> Optional[str]:
    """The zone with the lowest price, or None where there is no zone."""
    best = None
    prices = {zone: postage(grams, zone) for zone in zones}
    return min(prices, key=lambda zone: price[zone])
