"""Several documents of one key become one: a join, so in whichever order and however often."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

from bson import ObjectId

from playhead_cli.migration.fold import best_of, fold

WHEN = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)


def _document(number: int, seconds: int, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    at = WHEN + timedelta(days=number)
    position = {"at": at, "seq": 1, "device": f"d{number}", "session": f"s{number}", "seconds": seconds}
    fields: dict[str, Any] = {
        "_id": ObjectId(f"{number:024x}"),
        "watchedDuration": seconds,
        "isCompleted": number == 2,
        "firstWatchedAt": at,
        "lastWatchedAt": at,
        "watchHistory": [position, {"watchedAt": at}],
        "playback": {
            "position": position,
            "furthest": seconds,
            "watched": [{"start": 10 * number, "end": 10 * number + 12}],
            "watchedSeconds": 12,
            "sessions": [f"s{number}"],
            "base": {"watchCount": number, "watchedPercentage": 0},
            "devices": {f"d{number}": position},
            "halfHours": {"2024-05-06T07:00Z": [{"start": number, "end": number + 1}]},
            "attempt": 1,
        },
    }
    return fields | changes


def test_of_each_figure_the_best_the_latest_position_and_all_ranges() -> None:
    one, two, three = _document(1, 500), _document(2, 400, note="kept"), _document(3, 9)
    folded = fold([one, two, three])
    playback = folded["playback"]
    assert (folded["_id"], folded["note"]) == (one["_id"], "kept")
    assert (folded["watchedDuration"], folded["isCompleted"]) == (500, True)
    assert (folded["firstWatchedAt"], folded["lastWatchedAt"]) == (one["firstWatchedAt"], three["lastWatchedAt"])
    assert playback["position"] == three["playback"]["position"]
    assert playback["watched"] == [{"start": 10, "end": 42}]
    assert (playback["watchedSeconds"], playback["furthest"]) == (32, 500)
    assert playback["sessions"] == ["s3", "s2", "s1"]
    assert playback["base"]["watchCount"] == 3
    assert playback["halfHours"] == {"2024-05-06T07:00Z": [{"start": 1, "end": 4}]}
    assert list(playback["devices"]) == ["d3", "d2", "d1"]
    assert [entry.get("session") for entry in folded["watchHistory"]] == [None, None, None, "s1", "s2", "s3"]


def test_it_is_a_join() -> None:
    some = [_document(1, 500), _document(2, 400, outbox=[{"type": "video.completed"}]), _document(3, 9)]
    folded = fold(some)
    assert fold([folded, *some]) == folded
    assert fold([folded, some[2]]) == folded
    for order in permutations(some):
        assert fold(order) | {"_id": 0} == folded | {"_id": 0}


def test_what_is_missing_counts_for_nothing() -> None:
    assert best_of([{"watchCount": None}, {"watchCount": 0}, {}]) == {"watchCount": 0}
