from parcels.labels import parse_label, postcode


def test_label_has_its_lines() -> None:
    assert parse_label("to: Ada\npostcode: 10115") == {"to": "Ada", "postcode": "10115"}


def test_labels_do_not_mix() -> None:
    parse_label("to: Ada\nfloor: 3")
    assert parse_label("to: Bob") == {"to": "Bob"}


def test_value_may_hold_a_colon() -> None:
    assert parse_label("open: 9:00")["open"] == "9:00"


def test_postcode_is_text() -> None:
    assert postcode({"postcode": "01067"}) == "01067"
