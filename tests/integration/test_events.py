"""Each function answers its event of events/, as in `sam local invoke`, on a real mongod and an atomic DynamoDB."""

import json
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import pytest
from pymongo.database import Database

from local.ministack import LocalAws
from local.seed import COURSE, LEARNERS, VIDEOS
from local.settings import AUDIENCE, DEVELOPMENT_SECRET, ISSUER
from local.template import ROOT
from tests.builders import LambdaContext
from tests.event_bus import BusProbe

ADA = LEARNERS[0]["_id"]
SECOND_VIDEO = VIDEOS[1]["_id"]

Invoke = Callable[[str], dict[str, Any]]


@pytest.fixture
def settings(
    *,
    mongodb_uri: str,
    mongodb_database: Database[dict[str, Any]],
    throttle_table: str,
    report_queue: str,
    event_bus: BusProbe,
    put_secret: Callable[[str], str],
) -> dict[str, str]:
    """What a deployment chooses, by the template's names; the stores start empty."""
    return {
        "ThrottleTable": throttle_table,
        "ReportQueue": report_queue,
        "EventBus": event_bus.name,
        "MongoDbUriSecretArn": put_secret(mongodb_uri),
        "MongoDbDatabase": mongodb_database.name,
        "JwtSecretArn": put_secret(DEVELOPMENT_SECRET),
        "JwtIssuer": ISSUER,
        "JwtAudience": AUDIENCE,
    }


@pytest.fixture
def invoke(
    aws_environment: LocalAws,
    settings: dict[str, str],
    function_environment: Callable[..., Mapping[str, str]],
    load_handler: Callable[[str], ModuleType],
) -> Invoke:
    """Run functions/<role>/ on events/<role>.json, in the environment that the template gives it."""
    assert aws_environment

    def run(role: str) -> dict[str, Any]:
        function_environment(role.title().replace("_", ""), **settings)
        event = json.loads((ROOT / "events" / f"{role}.json").read_text())
        answer: dict[str, Any] = load_handler(role).handler(event, LambdaContext())
        return answer

    return run


def _body(answer: dict[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(answer["body"])
    return body


def test_a_report_is_applied_and_read_back(invoke: Invoke, mongodb_database: Database[dict[str, Any]]) -> None:
    reported = invoke("report_progress")
    read = invoke("read_progress")

    assert (reported["statusCode"], read["statusCode"]) == (200, 200)
    (result,) = _body(reported)["results"]
    assert result["outcome"] == "applied"
    progress = _body(read)
    assert progress == result["progress"]
    assert (progress["courseId"], progress["videoId"]) == (str(COURSE), str(SECOND_VIDEO))
    assert (progress["position"], progress["watched"], progress["watchedPercentage"]) == (42.5, [[0, 42]], 35)
    assert progress["resume"] == {"position": 39.5, "reason": "continue"}
    assert read["headers"]["ETag"]
    assert mongodb_database["progresses"].count_documents({"userId": ADA}) == 1


def test_a_queued_report_is_replayed_and_read_back(invoke: Invoke) -> None:
    assert invoke("replay_reports") == {"batchItemFailures": []}
    progress = _body(invoke("read_progress"))
    assert (progress["position"], progress["watched"]) == (42.5, [[0, 42]])


def test_before_any_report_there_is_a_zero_state(invoke: Invoke) -> None:
    read = invoke("read_progress")

    assert read["statusCode"] == 200
    assert (_body(read)["position"], _body(read)["watched"], _body(read)["completed"]) == (0, [], False)


def test_a_video_is_completed_by_hand(invoke: Invoke) -> None:
    answer = invoke("change_progress")

    assert answer["statusCode"] == 200
    assert (_body(answer)["completed"], _body(answer)["watchedPercentage"]) == (True, 0)


def test_an_old_client_updates_progress(invoke: Invoke, mongodb_database: Database[dict[str, Any]]) -> None:
    mongodb_database["users"].insert_one({"_id": ADA, "purchasedCourses": [COURSE], "status": "active"})
    mongodb_database["courses"].insert_one({"_id": COURSE, "videos": [SECOND_VIDEO]})
    mongodb_database["videos"].insert_one({"_id": SECOND_VIDEO, "duration": 120})
    answer = invoke("serve_old_api")

    assert answer["statusCode"] == 200
    assert _body(answer)["data"]["videoProgress"]["watchedPercentage"] == 35
    assert _body(answer)["data"]["courseProgress"]["lastWatchedVideo"] == str(SECOND_VIDEO)


def test_a_completion_is_announced(invoke: Invoke, event_bus: BusProbe) -> None:
    invoke("change_progress")

    assert invoke("publish_events") == {"announced": 1, "refused": 0}
    ((kind, detail),) = event_bus.details()
    assert (kind, detail["userId"], detail["courseId"]) == ("video.completed", str(ADA), str(COURSE))
    assert invoke("publish_events") == {"announced": 0, "refused": 0}


def test_retention_is_applied_and_off_by_default(invoke: Invoke) -> None:
    assert invoke("apply_retention") == {"days": 0, "changed": False}


def test_what_is_stored_is_handed_over(invoke: Invoke) -> None:
    invoke("report_progress")
    answer = invoke("manage_data")

    assert answer["statusCode"] == 200
    (document,) = _body(answer)["items"]
    assert (document["userId"], document["videoId"]) == (str(ADA), str(SECOND_VIDEO))
    assert document["playback"]["watched"] == [{"start": 0, "end": 42}]


def test_health_says_that_mongodb_answers(invoke: Invoke) -> None:
    answer = invoke("check_health")

    assert answer["statusCode"] == 200
    assert _body(answer) == {"status": "ok", "checks": {"mongodb": "ok"}}


def test_the_api_describes_itself(invoke: Invoke) -> None:
    answer = invoke("describe_api")

    assert answer["statusCode"] == 200
    assert "/v1/progress" in _body(answer)["paths"]


def test_the_authorizer_says_whose_the_token_is(invoke: Invoke) -> None:
    answer = invoke("authorize")

    assert answer == {"isAuthorized": True, "context": {"userId": str(ADA), "role": "student", "scope": ""}}
