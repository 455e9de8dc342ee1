"""Update progress as the old application's clients ask for it: read once, then report like everybody else."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from playhead.domain.claim import Claim, Granted, Turn, Unguarded
from playhead.domain.deferred import Accepted
from playhead.domain.enrolment import Enrolment, Published
from playhead.domain.errors import AttemptOver, FieldError, InvalidRequest
from playhead.domain.identity import Identity
from playhead.domain.old_report import may_not_wait, old_report
from playhead.domain.progress import Contribution, merge
from playhead.domain.report import Event, Key, Outcome, Report
from playhead.ports import Burst, Enrolments
from playhead.usecases.admitted import admit
from playhead.usecases.entitled import OpenEntitlement
from playhead.usecases.report_progress import ReportProgress
from playhead.usecases.reported import Result

_ACCEPTED = {Outcome.APPLIED, Outcome.QUEUED}
_HELD = {Outcome.THROTTLED, Outcome.STALE}


@dataclass(frozen=True, slots=True)
class OldUpdate:
    """An update of the old kind; seconds, `at` in ms, None where the client does not say when."""

    course_id: str
    video_id: str
    watched_duration: float
    total_duration: float
    at: int | None


@dataclass(frozen=True, slots=True)
class Updated:
    """What became of an update, and the enrolment as it is then; None where the update was skipped."""

    report: Report
    result: Result
    enrolment: Enrolment | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateOldProgress:
    """The use case: the ports it needs, and the one way to report."""

    enrolments: Enrolments
    report: ReportProgress

    def __call__(self, identity: Identity, update: OldUpdate, now: int) -> Updated:
        """Update at the time `now` in ms.

        Raises InvalidRequest, Unauthorized, NotFound, Forbidden, and StoreUnavailable: then no claim is left behind.
        """
        enrolment = admit(self.enrolments, identity, update.course_id)
        stored = enrolment.of_video(update.video_id)
        report = _report(identity, update, enrolment, stored, now)
        if stored.progress.attempt_at is not None and report.session_at < stored.progress.attempt_at:
            return Updated(report, Result(Outcome.REJECTED, reason=AttemptOver.code), None)
        urgent = may_not_wait(report, stored.progress, self.report.interval.threshold, self.report.max_playback_rate)
        report = replace(report, event=Event.MANUAL if urgent else Event.TIMEUPDATE)
        durations = enrolment.course.durations()
        result = self._report(report, durations, now)
        if result.outcome not in _ACCEPTED:
            return Updated(report, result, None)
        progress = result.progress or merge(stored.progress, self._queued(report, durations, now))
        return Updated(report, result, enrolment.with_video(stored.grown_to(progress)))

    def _report(self, report: Report, durations: Mapping[str, float], now: int) -> Result:
        """Report; one that may not wait and got no turn is booked on the learner's burst limit instead."""
        known = replace(self.report, entitlement=OpenEntitlement(), catalogue=_Known(durations))
        (result,) = known([report], now).results
        if result.outcome in _HELD and report.event.urgent:
            (result,) = replace(known, throttle=_Booked(self.report.burst))([report], now).results
        return result

    def _queued(self, report: Report, durations: Mapping[str, float], now: int) -> Contribution:
        """Return what a queued report will contribute, to answer with what will be published."""
        duration = durations.get(report.key.video_id)
        return Accepted((report,), now, self.report.interval.threshold, duration).contribution()


def _report(identity: Identity, update: OldUpdate, enrolment: Enrolment, stored: Published, now: int) -> Report:
    """Return the update as a report. Raises InvalidRequest where nobody knows how long the video is."""
    known = enrolment.course.durations().get(update.video_id) or stored.progress.duration
    duration = update.total_duration or known
    if not duration:
        raise InvalidRequest((FieldError("totalDuration", "must be more than 0 where the course does not tell it"),))
    at = now if update.at is None else min(update.at, now)
    key = Key(identity.user_id, update.course_id, update.video_id)
    return old_report(key, update.watched_duration, duration, at)


@dataclass(frozen=True, slots=True)
class _Known:
    """The port Catalogue on durations that have been read already."""

    known: Mapping[str, float]

    def durations(self, video_ids: Collection[str]) -> Mapping[str, float]:
        """Return the known of these durations."""
        return {name: duration for name, duration in self.known.items() if name in video_ids}


@dataclass(frozen=True, slots=True)
class _Booked:
    """The port Throttle for what may not wait: a turn is booked on the limit that late reports have."""

    burst: Burst

    def claim(self, claim: Claim) -> Turn:
        """Give a turn while the learner's burst lasts."""
        return self.burst.book(claim.key.user_id, claim.now) or Granted("", None)

    def release(self, claim: Claim, granted: Granted) -> Unguarded | None:
        """Do nothing: a booking is no claim, and the next one needs no turn back."""
