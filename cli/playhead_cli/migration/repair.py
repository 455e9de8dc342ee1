"""Repair: a document with every fault that has one right answer put right; pure, nothing left to do the second time.

No published figure goes down. A figure that cannot be is read as the nearest that can: 140 percent as 100, second 700
of a video of 600 s as 600.
"""

from math import floor
from typing import Any

from playhead.adapters.mongo_client import Document
from playhead.adapters.mongo_documents import is_number
from playhead.domain.progress import COMPLETE_PERCENT
from playhead_cli.migration import readings
from playhead_cli.migration.faults import Fault
from playhead_cli.migration.playback import mend_playback

KEY_FIELDS = ("userId", "courseId", "videoId")
_SECONDS = ("watchedDuration", "totalDuration", "averageWatchTime")
_PERCENTAGES = ("watchedPercentage", "completionPercentage")
_DATES = ("firstWatchedAt", "lastWatchedAt", "completedAt", "createdAt", "updatedAt")
_MOST = dict.fromkeys(_PERCENTAGES, (COMPLETE_PERCENT, Fault.OVER_PERCENT)) | {
    "watchCount": (2**31 - 1, Fault.IMPOSSIBLE_COUNT),  # of the counter that the first merge takes over, and adds to
}
_ROUNDING = 1  # a second, or a percent, that players and rounding may differ by


class Repair:
    """One document on its way: `document` is what it becomes; `faults` were wrong, `notes` are odd and stay."""

    def __init__(self, document: Document, threshold: int, duration: float | None = None) -> None:
        """Take a document, at which percentage a video is completed, and the catalogue's duration (s) if it has one."""
        self.document = dict(document)
        self.faults: set[Fault] = set()
        self.notes: set[Fault] = set()
        self._threshold = threshold
        self._duration = duration or 0
        self._types()
        self._bounds()
        mend_playback(self.document, self.faults)
        self._percentages()
        self._completion()
        self._note_high()

    def _types(self) -> None:
        for name in KEY_FIELDS:
            self._identify(name)
        for name in (*_SECONDS, *_PERCENTAGES, "watchCount"):
            self._convert(name, is_number, lambda value: readings.number(value) or 0)
        for name in _DATES:
            self._convert(name, lambda value: readings.date(value) is value, readings.date)
        self._convert("isCompleted", lambda value: isinstance(value, bool), readings.flag)
        if isinstance(self.document.get("playback"), dict) and self.document.get("watchHistory") is None:
            self._put("watchHistory", [], Fault.WRONG_TYPE)  # a merge adds to what is there
        self._convert("watchHistory", lambda value: isinstance(value, list), lambda _: [])

    def _identify(self, name: str) -> None:
        stored = self.document.get(name)
        meant = readings.identifier(stored)
        if meant is None:
            self.faults.add(Fault.NO_KEY)
        elif meant != stored:
            self._put(name, meant, Fault.ID_TYPE)

    def _convert(self, name: str, is_right: Any, meaning: Any) -> None:  # noqa: ANN401 - two functions of any value
        value = self.document.get(name)
        if value is not None and not is_right(value):
            self._put(name, meaning(value), Fault.WRONG_TYPE)

    def _bounds(self) -> None:
        for name in (*_SECONDS, *_PERCENTAGES, "watchCount"):
            if self._figure(name) < 0:
                self._put(name, 0, Fault.NEGATIVE)
        for name, (most, fault) in _MOST.items():
            if self._figure(name) > most and not (name == "watchCount" and self._knows_coverage()):
                self._put(name, most, fault)
        if not self._knows_coverage():
            self._overshoot()

    def _overshoot(self) -> None:
        total, watched = self._figure("totalDuration"), self._figure("watchedDuration")
        if not 0 < total < watched - _ROUNDING:
            return
        self.faults.add(Fault.OVERSHOOT)
        if self._duration > total:
            self.document["totalDuration"] = total = self._duration
        self.document["watchedDuration"] = min(watched, total)

    def _percentages(self) -> None:
        if self._figure("watchedPercentage") < self._covered() - (0 if self._knows_coverage() else _ROUNDING):
            self._put("watchedPercentage", self._covered(), Fault.PERCENTAGE_LOW)
        if self._figure("completionPercentage") < self._figure("watchedPercentage"):
            self._put("completionPercentage", self.document["watchedPercentage"], Fault.COMPLETION_LOW)

    def _completion(self) -> None:
        reached = self._figure("watchedPercentage") >= self._threshold
        if reached and self.document.get("isCompleted") is not True:
            self.faults.add(Fault.COMPLETION_MISSING)
            self.document["isCompleted"] = True
            when = self.document.get("completedAt") or self.document.get("lastWatchedAt")
            if when is not None:
                self.document["completedAt"] = when
        if self.document.get("isCompleted") is True and self._figure("completionPercentage") < self._threshold:
            self._put("completionPercentage", self._threshold, Fault.COMPLETION_LOW)

    def _note_high(self) -> None:
        old = not self._knows_coverage() and self.document.get("isCompleted") is not True
        if old and self._figure("totalDuration") and self._figure("watchedPercentage") > self._covered() + _ROUNDING:
            self.notes.add(Fault.PERCENTAGE_HIGH)

    def _covered(self) -> int:
        """Return the percentage that the durations say: of seconds watched, or in the old meaning of the playhead."""
        total = self._figure("totalDuration")
        if total <= 0:
            return 0
        if self._knows_coverage():
            seconds: int = self.document["playback"].get("watchedSeconds", 0)
            return floor(min(COMPLETE_PERCENT, COMPLETE_PERCENT * seconds / total))
        return floor(min(COMPLETE_PERCENT, COMPLETE_PERCENT * self._figure("watchedDuration") / total + 0.5))

    def _knows_coverage(self) -> bool:
        return isinstance(self.document.get("playback"), dict)

    def _figure(self, name: str) -> float:
        return self.document.get(name) or 0

    def _put(self, name: str, value: object, fault: Fault) -> None:
        self.faults.add(fault)
        if value is None:
            del self.document[name]
        else:
            self.document[name] = value
