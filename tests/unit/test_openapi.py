"""The OpenAPI document: every route has an example of what it gives and takes, and each example is of its form."""

import json
from typing import Any

import pytest

from playhead.api import answers, examples, export, health, history, lists, progress, requests
from playhead.api.openapi import document

DOCUMENT: dict[str, Any] = json.loads(document())
OPERATIONS = [
    pytest.param(operation, id=operation["operationId"])
    for methods in DOCUMENT["paths"].values()
    for operation in methods.values()
]


@pytest.mark.parametrize(
    ("model", "example"),
    [
        (requests.ReportRequest, examples.REPORT_REQUEST),
        (answers.ReportAnswer, examples.REPORT_ANSWER),
        (progress.ProgressBody, examples.PROGRESS),
        (lists.CourseProgressBody, examples.COURSE_PROGRESS),
        (lists.ProgressPageBody, examples.PAGE),
        (lists.UnfinishedBody, examples.UNFINISHED),
        (history.HistoryBody, examples.HISTORY),
        (export.LearnerExport, examples.EXPORT),
        (export.ErasureBody, examples.ERASURE),
        (health.HealthBody, examples.HEALTH),
        (answers.Problem, examples.PROBLEM),
    ],
)
def test_an_example_is_of_its_form(model: Any, example: dict[str, Any]) -> None:  # noqa: ANN401 - a model's class
    parsed = model.model_validate(example)
    if isinstance(parsed, requests.ReportRequest):
        assert all(isinstance(one, requests.ReportBody) for one in parsed.reports)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_route_has_examples(operation: dict[str, Any]) -> None:
    bodies = [operation["responses"]["200"], *([operation["requestBody"]] if "requestBody" in operation else [])]
    for body in bodies:
        schema = _resolved(body["content"]["application/json"]["schema"])
        assert schema.get("examples") or operation["operationId"] == "describeApi", schema["title"]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_route_says_what_it_is_and_which_problems_it_answers(operation: dict[str, Any]) -> None:
    assert operation["summary"]
    statuses = operation["responses"].keys()
    assert "500" in statuses
    assert ("401" in statuses) == (operation.get("security") != [])
    assert "422" not in statuses


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    reference = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = DOCUMENT["components"]["schemas"].get(reference, schema)
    return found
