"""What the old endpoints cost, by the server's own counters, and what they do while a store is away."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, cast

import pytest

from playhead import bootstrap
from playhead.adapters.mongo_client import connect
from playhead.bootstrap import old_endpoints, shared
from playhead.domain.errors import StoreUnavailable
from playhead.domain.progress import Contribution, Progress
from playhead.ports import ProgressStore
from tests.builders import MINUTE
from tests.handlers import Backend
from tests.old_client import COURSE, VIDEOS, OldUser, give_course


@pytest.fixture(name="shop")
def _shop(make_backend: Callable[..., Any]) -> Iterator[Backend]:
    """A backend with a course to buy and no bucket."""
    with make_backend() as backend:
        give_course(backend.database)
        yield backend


def _commands(shop: Backend, act: Callable[[], object]) -> Counter[str]:
    """Return which commands the server ran on the database while something was done, as its profiler wrote them."""
    shop.database.command("profile", 2)
    act()
    shop.database.command("profile", 0)
    ran = Counter(next(iter(one["command"])) for one in shop.database["system.profile"].find())
    shop.database.drop_collection("system.profile")
    ran.pop("profile", None)
    return ran


def test_an_accepted_update_is_two_round_trips_and_a_skipped_one_is_one(shop: Backend) -> None:
    user = OldUser(shop)
    first = _commands(shop, lambda: user.update(10))
    # The first of a video makes the document, which an erasure may forbid, before and after (docs/adr/0011).
    assert first == {"aggregate": 1, "findAndModify": 2, "find": 2}
    shop.now += MINUTE
    assert _commands(shop, lambda: user.update(70)) == {"aggregate": 1, "findAndModify": 1}
    assert _commands(shop, lambda: user.update(71)) == {"aggregate": 1}
    shop.now += 1
    assert _commands(shop, lambda: user.update(20)) == {"aggregate": 1, "findAndModify": 1}


@pytest.mark.parametrize(
    "path",
    [
        "dashboard",
        f"course/{COURSE}",
        f"video/{COURSE}/{VIDEOS[0]}",
        f"resume/{COURSE}/{VIDEOS[0]}",
        f"next-video/{COURSE}/{VIDEOS[0]}",
    ],
)
def test_a_read_is_one_round_trip(shop: Backend, path: str) -> None:
    user = OldUser(shop)
    user.update(10)
    assert _commands(shop, lambda: user.get(path)) == {"aggregate": 1}


@pytest.mark.parametrize("path", ["dashboard", f"course/{COURSE}"])
def test_each_joined_collection_is_read_by_an_index(shop: Backend, path: str) -> None:
    user = OldUser(shop)
    user.update(10)
    shop.database["progresses"].insert_many([{"userId": n, "courseId": n, "videoId": n} for n in range(500)])
    shop.database["videos"].insert_many([{"_id": n} for n in range(500)])
    shop.database["courses"].insert_many([{"_id": n} for n in range(500)])
    shop.database["users"].insert_many([{"_id": n} for n in range(500)])
    before = shop.database.client.admin.command("serverStatus")["metrics"]["queryExecutor"]
    assert user.get(path).status == 200
    after = shop.database.client.admin.command("serverStatus")["metrics"]["queryExecutor"]
    assert after["scannedObjects"] - before["scannedObjects"] < 30
    assert after["collectionScans"]["total"] == before["collectionScans"]["total"]


def test_one_connection_pool_serves_all_old_endpoints(shop: Backend) -> None:
    user = OldUser(shop)
    user.update(10)
    user.get("dashboard")
    user.post("complete-video", {"courseId": str(COURSE), "videoId": str(VIDEOS[0])})
    assert shared.connected.cache_info().currsize == 1


def test_without_a_bucket_addresses_are_empty(shop: Backend) -> None:
    videos = OldUser(shop).get(f"course/{COURSE}").body["data"]["videos"]
    assert [one["videoUrl"] for one in videos] == ["", "", ""]


def test_with_the_store_away_the_envelope_says_so_and_nothing_is_left(
    shop: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = OldUser(shop)
    monkeypatch.setattr(
        old_endpoints, "database_for", lambda _: connect("mongodb://127.0.0.1:1/?timeoutMS=200")["gone"]
    )
    before = shop.snapshot()
    for answer in (user.update(10), user.get("dashboard")):
        assert (answer.status, answer.body["success"]) == (503, False)
        assert answer.body["message"]
        assert answer.headers["Retry-After"] == "5"
    assert shop.snapshot() == before


class _Gone:
    """A real store that merges nothing for now."""

    def __init__(self, store: ProgressStore) -> None:
        self._store = store

    def merge(self, _: Contribution) -> Progress | None:
        """Fail."""
        message = "gone"
        raise StoreUnavailable(message)

    def __getattr__(self, name: str) -> object:
        """Do everything else as the store does."""
        return getattr(self._store, name)


def test_what_cannot_be_merged_now_is_queued_and_answered_as_it_will_be(shop: Backend) -> None:
    user = OldUser(shop)
    user.update(10)
    shop.now += MINUTE
    update = bootstrap.update_old_progress()
    report = replace(update.report, store=cast("ProgressStore", _Gone(update.report.store)))
    app = shop.apps["serve_old_api"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app, "update_old_progress", lambda: replace(update, report=report))
        told = user.update(95).body["data"]
    assert user.stored()["watchedPercentage"] == 10
    assert (told["videoProgress"]["isCompleted"], told["videoProgress"]["watchedPercentage"]) == (True, 95)
    assert shop.replay() == 1
    assert user.get(f"video/{COURSE}/{VIDEOS[0]}").body["data"]["videoProgress"] == told["videoProgress"]
    assert user.get(f"course/{COURSE}").body["data"]["overallProgress"] == told["courseProgress"]
