"""The event bus on EventBridge: ten announcements a call, each of which may be refused alone."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import batched
from typing import Any

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from playhead.domain.announcement import Announcement
from playhead.domain.times import spelt_time

logger = Logger(child=True)

SOURCE = "playhead"
_AT_ONCE = 10  # as many as PutEvents takes


class EventBridgeBus:
    """The port EventBus on an event bus of EventBridge."""

    def __init__(self, client: Any, bus: str) -> None:  # noqa: ANN401 - a low-level client
        """Take a low-level client (made once per environment) and the bus's name."""
        self._client = client
        self._bus = bus

    def put(self, announcements: Sequence[Announcement]) -> list[Announcement]:
        """Put announcements on the bus and return those that it did not take."""
        return [one for some in batched(announcements, _AT_ONCE, strict=False) for one in self._put(some)]

    def _put(self, some: Sequence[Announcement]) -> Iterator[Announcement]:
        try:
            entries = self._client.put_events(Entries=[self._entry(one) for one in some])["Entries"]
        except (ClientError, BotoCoreError) as error:
            entries = [{"ErrorCode": type(error).__name__}] * len(some)
        for one, entry in zip(some, entries, strict=True):
            if "ErrorCode" in entry:
                logger.warning("not taken by the event bus", extra={"id": one.id, "error": entry["ErrorCode"]})
                yield one

    def _entry(self, one: Announcement) -> dict[str, Any]:
        at = datetime.fromtimestamp(one.at / 1000, UTC)
        return {
            "EventBusName": self._bus,
            "Source": SOURCE,
            "DetailType": one.type,
            "Time": at,
            "Detail": json.dumps(_detail(one) | {"completedAt": spelt_time(at)}),
        }


def _detail(one: Announcement) -> dict[str, Any]:
    of_video = {"videoId": one.video_id, "attempt": one.attempt} if one.video_id else {}
    return {"id": one.id, "userId": one.user_id, "courseId": one.course_id, **of_video}
