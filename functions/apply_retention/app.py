"""Apply retention: run by the schedule, lets MongoDB delete what nobody has touched for RetentionDays."""

from typing import Any

from playhead.api.telemetry import logger, tracer
from playhead.bootstrap import apply_retention


@tracer.capture_lambda_handler(capture_response=False)
@logger.inject_lambda_context(clear_state=True)
def handler(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Apply; say for how many days progress is kept, and whether that is new."""
    use_case = apply_retention()
    answer = {"days": use_case.days, "changed": use_case()}
    logger.info("retention", extra=answer)
    return answer
