"""The ports Catalogue and Entitlement, the same promises of the fakes and of the platform's own collections."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest
from bson import ObjectId
from pymongo.database import Database

from local.processes import free_port
from playhead.adapters.mongo_client import answers, connect
from playhead.adapters.mongo_enrolments import MongoEnrolments
from playhead.adapters.mongo_platform import MongoCatalogue, MongoEntitlement
from playhead.domain.errors import StoreUnavailable
from playhead.ports import Catalogue, Entitlement
from playhead.usecases.entitled import OpenEntitlement
from tests.fakes import FakeCatalogue, FakeEntitlement

Documents = dict[str, Any]
USER, COURSE, VIDEO = ("65f00000000000000000000" + digit for digit in "123")


@pytest.fixture
def nowhere() -> Iterator[Database[Documents]]:
    uri = f"mongodb://127.0.0.1:{free_port()}/?directConnection=true&timeoutMS=300"
    with closing(connect(uri)) as client:
        yield client["playhead"]


@pytest.fixture(params=["fake", "mongodb"])
def catalogue(request: pytest.FixtureRequest) -> Callable[[Mapping[str, float]], Catalogue]:
    """Return what makes a catalogue of durations by video id."""
    if request.param == "fake":
        return lambda durations: FakeCatalogue(dict(durations))
    database: Database[Documents] = request.getfixturevalue("database")

    def make(durations: Mapping[str, float]) -> Catalogue:
        documents = [
            {"_id": ObjectId(name) if len(name) == 24 else name, "duration": seconds, "title": "A video"}
            for name, seconds in durations.items()
        ]
        database["videos"].insert_many(documents)
        return MongoCatalogue(database)

    return make


@dataclass(frozen=True)
class Kind:
    """One kind of entitlement: what makes one of the courses that learners bought, and one that cannot be reached."""

    of: Callable[[Mapping[str, set[str]]], Entitlement]
    unreachable: Entitlement


@pytest.fixture(params=["fake", "mongodb"])
def entitlement(request: pytest.FixtureRequest) -> Kind:
    if request.param == "fake":
        return Kind(lambda bought: FakeEntitlement(dict(bought)), FakeEntitlement(reachable=False))
    database: Database[Documents] = request.getfixturevalue("database")

    def make(bought: Mapping[str, set[str]]) -> Entitlement:
        documents = [
            {"_id": _stored(user), "purchasedCourses": [_stored(course) for course in courses]}
            for user, courses in bought.items()
        ]
        database["users"].insert_many(documents)
        return MongoEntitlement(database)

    return Kind(make, MongoEntitlement(request.getfixturevalue("nowhere")))


def _stored(text: str) -> str | ObjectId:
    return ObjectId(text) if len(text) == 24 else text


def test_a_duration_is_what_the_catalogue_says(catalogue: Callable[[Mapping[str, float]], Catalogue]) -> None:
    known = catalogue({VIDEO: 612.5, "video-1": 60})
    assert known.durations([VIDEO, "video-1", "video-2"]) == {VIDEO: 612.5, "video-1": 60}
    assert known.durations(["video-2", VIDEO]) == {VIDEO: 612.5}
    assert known.durations([]) == {}


def test_who_bought_a_course_may_track_it(entitlement: Kind) -> None:
    allows = entitlement.of({USER: {COURSE, "course-2"}, "learner-2": set()}).allows
    assert allows(USER, COURSE)
    assert allows(USER, "course-2")
    assert not allows(USER, VIDEO)
    assert not allows("learner-2", COURSE)
    assert not allows("nobody", COURSE)


@pytest.mark.parametrize("course", ["$$ROOT", "$purchasedCourses", "", ".", "course"])
def test_an_odd_course_is_nobodys(entitlement: Kind, course: str) -> None:
    assert not entitlement.of({USER: {COURSE, "course-2"}}).allows(USER, course)


def test_an_entitlement_out_of_reach_allows_nothing_and_says_so(entitlement: Kind) -> None:
    with pytest.raises(StoreUnavailable):
        entitlement.unreachable.allows(USER, COURSE)


# --- what only the platform's collections have to bear


def test_a_catalogue_out_of_reach_does_not_say(nowhere: Database[Documents]) -> None:
    assert MongoCatalogue(nowhere).durations([VIDEO, "video-1"]) == {}


@pytest.mark.parametrize("duration", [0, -5, None, "612", "10:12", float("nan"), float("inf"), True, [600], {"s": 1}])
def test_a_duration_that_is_none_does_not_say(database: Database[Documents], duration: object) -> None:
    database["videos"].insert_one({"_id": "video-1", "duration": duration})
    assert MongoCatalogue(database).durations(["video-1"]) == {}


def test_ids_may_be_stored_as_text(database: Database[Documents]) -> None:
    course_id = ObjectId()
    database["users"].insert_one({"_id": ObjectId(USER), "purchasedCourses": [str(course_id)]})
    database["courses"].insert_one({"_id": course_id, "title": "A course", "videos": [VIDEO, "video-1"]})
    database["videos"].insert_many([{"_id": ObjectId(VIDEO)}, {"_id": "video-1"}])
    assert MongoEntitlement(database).allows(USER, str(course_id))
    course = MongoCatalogue(database).course(str(course_id))
    assert course
    assert [one.video_id for one in course.videos] == [VIDEO, "video-1"]


@pytest.mark.parametrize("videos", [None, "none", 5, {}, [None, {"a": 1}]])
def test_a_course_without_a_list_of_videos_has_none(database: Database[Documents], videos: object) -> None:
    course_id = ObjectId()
    database["courses"].insert_one({"_id": course_id, "title": None, "videos": videos})
    course = MongoCatalogue(database).course(str(course_id))
    assert course
    assert (course.title, course.videos) == ("", ())


def test_answers_are_remembered_for_some_minutes_and_a_no_is_asked_again(database: Database[Documents]) -> None:
    time = [0.0]
    catalogue = MongoCatalogue(database, timer=lambda: time[0])
    entitlement = MongoEntitlement(database, timer=lambda: time[0])
    database["videos"].insert_one({"_id": "video-1", "duration": 60})
    assert catalogue.durations(["video-1"]) == {"video-1": 60}
    assert not entitlement.allows("learner-1", "course-1")
    database["videos"].update_one({"_id": "video-1"}, {"$set": {"duration": 90}})
    database["users"].insert_one({"_id": "learner-1", "purchasedCourses": ["course-1"]})
    assert catalogue.durations(["video-1"]) == {"video-1": 60}
    assert entitlement.allows("learner-1", "course-1")
    database["users"].delete_many({})
    assert entitlement.allows("learner-1", "course-1")
    time[0] = 301
    assert catalogue.durations(["video-1"]) == {"video-1": 90}
    assert not entitlement.allows("learner-1", "course-1")


def test_an_open_course_is_everybodys() -> None:
    assert OpenEntitlement().allows("anybody", "anything")


def test_a_ping_tells_whether_the_server_answers(database: Database[Documents], nowhere: Database[Documents]) -> None:
    assert answers(database)
    assert not answers(nowhere)


@pytest.mark.parametrize("course", ["$note", "$$ROOT.note", "$purchasedCourses", "$_id"])
def test_a_course_called_like_a_path_was_bought_by_nobody(mongodb_database: Database[Documents], course: str) -> None:
    """What a user's entry holds elsewhere is not compared: the name of a course is a text, not a path."""
    entry = {"_id": ObjectId(USER), "purchasedCourses": ["course-2", USER], "note": "course-2"}
    mongodb_database["users"].insert_one(entry)
    enrolments = MongoEnrolments(mongodb_database)
    asked = [enrolments.of_course(USER, one, USER) for one in (course, "course-2")]
    assert [one.enrolments[0].bought for one in asked if one] == [False, True]
