"""Another device: asked about where it went on later and elsewhere, not where there is nothing to choose."""

import pytest

from playhead.domain.devices import other_device
from playhead.domain.progress import Progress
from playhead.domain.report import Position
from tests.builders import KEY, MINUTE, NOW


def at(device: str, seconds: float, minutes: int = 0) -> Position:
    """Return where a device was, some minutes after NOW."""
    return Position(NOW + minutes * MINUTE, 1, device, "", seconds)


def asked(*devices: Position, device: str = "tv", attempt_at: int | None = None) -> str | None:
    """Return the name of the device that a player on the TV should ask about."""
    other = other_device(Progress(KEY, devices=devices, attempt_at=attempt_at), device)
    return other.device if other else None


@pytest.mark.parametrize("seconds", [31, 600, 0])
def test_a_device_that_went_on_later_elsewhere_is_told(seconds: float) -> None:
    assert asked(at("tv", 300), at("phone", 300 + seconds if seconds else 0, minutes=1)) == "phone"


@pytest.mark.parametrize("seconds", [270, 300, 330])
def test_thirty_seconds_are_no_difference(seconds: float) -> None:
    assert asked(at("tv", 300), at("phone", seconds, minutes=1)) is None


def test_what_was_before_this_device_is_no_question() -> None:
    assert asked(at("tv", 300, minutes=1), at("phone", 600)) is None


def test_of_several_the_last_one_decides() -> None:
    assert asked(at("tv", 300), at("phone", 600, minutes=1), at("tablet", 900, minutes=2)) == "tablet"
    assert asked(at("tv", 300), at("phone", 600, minutes=1), at("tablet", 310, minutes=2)) is None


def test_a_device_that_never_played_this_has_one_place_to_go_on() -> None:
    assert asked(at("phone", 600), device="tv") is None
    assert asked() is None


def test_places_of_an_attempt_that_is_over_do_not_count() -> None:
    assert asked(at("tv", 300), at("phone", 600, minutes=1), attempt_at=NOW + 2 * MINUTE) is None
    assert asked(at("tv", 300, minutes=3), at("phone", 600, minutes=4), attempt_at=NOW + 2 * MINUTE) == "phone"
