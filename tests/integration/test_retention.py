"""The function that applies retention, in the environment that the template gives it."""

from collections.abc import Callable
from typing import Any

import pytest

from playhead.adapters.mongo_retention import NAME
from tests.builders import LambdaContext
from tests.handlers import Output


@pytest.mark.parametrize(("days", "seconds"), [(400, 400 * 86_400), (0, None)])
def test_progress_is_kept_as_long_as_the_template_says(
    make_backend: Callable[..., Any], request: pytest.FixtureRequest, days: int, seconds: int | None
) -> None:
    with make_backend(RetentionDays=days) as backend:
        output: Output = request.getfixturevalue("output")  # which needs the environment
        changed = [backend.apps["apply_retention"].handler({}, LambdaContext())["changed"] for _ in range(2)]
        assert changed == [bool(days), False]
        made = backend.database["progresses"].index_information().get(NAME, {})
        assert made.get("expireAfterSeconds") == seconds
        assert [(line["days"], line["changed"]) for line in output.lines] == [(days, bool(days)), (days, False)]
