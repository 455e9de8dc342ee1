"""The platform's own collections, read only: how long a video is, and who bought which course; each asked rarely."""

from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from math import inf
from time import monotonic
from typing import Any

import pymongo
from bson import ObjectId
from pymongo.database import Database
from pymongo.errors import PyMongoError

from playhead.adapters.mongo_client import Document
from playhead.adapters.mongo_documents import either_id, number, spelt_id, stored_id, to_ms
from playhead.adapters.mongo_progress import unavailable
from playhead.domain.breaker import Breaker
from playhead.domain.course import CatalogueVideo, Course
from playhead.domain.errors import StoreUnavailable

_DURATIONS_SECONDS = 2  # a report waits for them, and can do without
_REMEMBER_SECONDS = 300
_REMEMBER_MOST = 10_000


class MongoCatalogue:
    """The ports Catalogue and CourseCatalogue on the collections `courses` and `videos`."""

    def __init__(self, database: Database[Document], timer: Callable[[], float] = monotonic) -> None:
        """Take the database, and a timer in seconds."""
        self._courses = database["courses"]
        self._videos = database["videos"]
        self._durations = _Memory(timer)
        self._breaker = Breaker(timer, failures=1)
        self._known_courses = _Memory(timer)

    def durations(self, video_ids: Collection[str]) -> Mapping[str, float]:
        """Return durations in seconds, by one query; nothing of videos that the catalogue cannot tell of now."""
        try:
            known = self._durations.recall_all(
                video_ids, lambda ids: self._breaker.run(lambda: self._read_durations(ids))
            )
        except StoreUnavailable:  # the largest reported duration serves until the catalogue is back
            return {}
        return {video_id: duration for video_id, duration in known.items() if duration}

    def course(self, course_id: str) -> Course | None:
        """Return a course with its videos in order, None where the catalogue does not know it."""
        with unavailable():
            course: Course | None = self._known_courses.recall(course_id, lambda: self._read_course(course_id))
        return course

    def _read_durations(self, video_ids: Sequence[str]) -> dict[str, float]:
        wanted = {"_id": {"$in": [stored_id(one) for one in video_ids]}}
        try:
            with pymongo.timeout(_DURATIONS_SECONDS):
                found = list(self._videos.find(wanted, {"duration": 1}))
        except PyMongoError as error:
            message = "The catalogue cannot be asked."
            raise StoreUnavailable(message) from error
        return {spelt_id(video["_id"]): number(video.get("duration")) for video in found}

    def _read_course(self, course_id: str) -> Course | None:
        course = self._courses.find_one({"_id": stored_id(course_id)}, {"title": 1, "videos": 1})
        if course is None:
            return None
        ids = listed_ids(course)
        wanted = [*ids, *(stored_id(one) for one in ids if isinstance(one, str))]
        shown = {"title": 1, "duration": 1, "order": 1, "optional": 1, "createdAt": 1}
        videos = in_order(self._videos.find({"_id": {"$in": wanted}}, shown), ids)
        return Course(course_id, str(course.get("title") or ""), tuple(map(_catalogue_video, videos)))


def listed_ids(course: Document) -> Sequence[object]:
    """Return the ids of a course's videos as the course lists them; none where it lists nothing."""
    return course["videos"] if isinstance(course.get("videos"), list) else []


def in_order(videos: Iterable[Document], ids: Sequence[object]) -> list[Document]:
    """Return a course's videos by their own `order`, then by where the course first lists them."""
    places = {spelt_id(one): place for place, one in reversed(list(enumerate(ids)))}

    def rank(video: Document) -> tuple[float, int]:
        order = video.get("order")
        return order if isinstance(order, int | float) else inf, places[spelt_id(video["_id"])]

    return sorted(videos, key=rank)


def _catalogue_video(video: Document) -> CatalogueVideo:
    made = video["_id"].generation_time if isinstance(video["_id"], ObjectId) else None
    return CatalogueVideo(
        video_id=spelt_id(video["_id"]),
        title=str(video.get("title") or ""),
        duration=number(video.get("duration")),
        optional=video.get("optional") is True,
        added_at=to_ms(video.get("createdAt") or made),
    )


class MongoEntitlement:
    """The port Entitlement on `users.purchasedCourses`."""

    def __init__(self, database: Database[Document], timer: Callable[[], float] = monotonic) -> None:
        """Take the database, and a timer in seconds."""
        self._users = database["users"]
        self._allowed = _Memory(timer)

    def allows(self, user_id: str, course_id: str) -> bool:
        """Tell whether the learner bought the course; a yes is remembered, a no is asked again each time."""
        allowed: bool = self._allowed.recall((user_id, course_id), lambda: self._read(user_id, course_id), keep=bool)
        return allowed

    def _read(self, user_id: str, course_id: str) -> bool:
        bought = {"_id": stored_id(user_id), "purchasedCourses": {"$in": either_id(course_id)}}
        try:
            return self._users.find_one(bought, {"_id": 1}) is not None
        except PyMongoError as error:
            message = "Entitlements cannot be checked; nothing was saved."
            raise StoreUnavailable(message) from error


class _Memory:
    """Answers remembered for some minutes: bounded, per environment."""

    def __init__(self, timer: Callable[[], float]) -> None:
        self._timer = timer
        self._known: OrderedDict[Hashable, tuple[float, Any]] = OrderedDict()

    def recall(self, name: Hashable, ask: Callable[[], Any], keep: Callable[[Any], bool] = lambda _: True) -> Any:  # noqa: ANN401 - whatever `ask` returns
        """Return the remembered answer, else ask, and remember what is worth keeping."""
        if self._knows(name):
            return self._known[name][1]
        answer = ask()
        if keep(answer):
            self._keep(name, answer)
        return answer

    def recall_all(self, names: Collection[str], ask: Callable[[Sequence[str]], Mapping[str, Any]]) -> dict[str, Any]:
        """Return the remembered answers, and ask for all others at once; what has no answer is remembered as None."""
        unknown = [name for name in names if not self._knows(name)]
        answers = ask(unknown) if unknown else {}
        for name in unknown:
            self._keep(name, answers.get(name))
        return {name: self._known[name][1] for name in names}

    def _knows(self, name: Hashable) -> bool:
        return name in self._known and self._known[name][0] > self._timer()

    def _keep(self, name: Hashable, answer: Any) -> None:  # noqa: ANN401 - whatever was answered
        self._known[name] = (self._timer() + _REMEMBER_SECONDS, answer)
        self._known.move_to_end(name)
        if len(self._known) > _REMEMBER_MOST:
            self._known.popitem(last=False)
