import pytest

from parcels.rates import cheapest, postage


@pytest.mark.parametrize(
    ("grams", "cents"), [(300, 450), (1000, 450), (1500, 495), (3000, 540)]
)
def test_every_started_kilogram_costs(grams: int, cents: int) -> None:
    assert postage(grams) == cents


def test_cheapest_zone() -> None:
    assert cheapest(300, ["abroad", "home"]) == "home"


def test_no_zone_is_cheapest() -> None:
    assert cheapest(300, []) is None
