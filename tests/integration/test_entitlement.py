"""Who may track which course, where the deployment asks the old application's users."""

from collections.abc import Callable
from typing import Any

from tests.builders import wire_report, wire_request

USER = "learner-1"


def test_a_course_that_was_not_bought_is_forbidden(make_backend: Callable[..., Any]) -> None:
    with make_backend(Entitlement="collection", UrgentSpacingMs=0) as shop:
        shop.database["users"].insert_one({"_id": USER, "purchasedCourses": ["course-1"]})
        assert shop.report(USER).outcomes == ["applied"]
        assert shop.read(USER).status == 200
        before = shop.snapshot()
        other = wire_report(courseId="course-2")
        for answer in (shop.report(USER, wire_request(other)), shop.read(USER, "course-2")):
            assert (answer.status, answer.body["code"]) == (403, "not_entitled")
        assert shop.snapshot() == before
        mixed = shop.report(USER, wire_request(other, wire_report(videoId="video-2")))
        assert (mixed.status, mixed.outcomes) == (200, ["rejected", "applied"])
        assert mixed.body["results"][0]["error"] == {"code": "not_entitled"}
