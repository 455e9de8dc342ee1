"""Report progress: for each key claim a turn, merge, and say of each report what became of it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from playhead.domain.claim import Claim, Granted, Overtaken, TooSoon, Turn, Unguarded
from playhead.domain.deferred import Accepted, Deferred
from playhead.domain.errors import Forbidden, StoreUnavailable
from playhead.domain.interval import Interval
from playhead.domain.late import is_late
from playhead.domain.plausibility import believe
from playhead.domain.progress import Contribution, Progress
from playhead.domain.ranges import hull, union
from playhead.domain.report import Key, Outcome, Report
from playhead.ports import Burst, Catalogue, Entitlement, ProgressStore, Queue, Throttle
from playhead.usecases.left_out import refusals
from playhead.usecases.reported import Part, Reported, Result, held


@dataclass(frozen=True, slots=True)
class _Bid:
    """The reports of one key, the turn that they got together, and the claim made for it; late reports need none."""

    reports: Sequence[Report]
    turn: Turn
    claim: Claim | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportProgress:
    """The use case, with the ports and rules it needs. `random` returns numbers in [0, 1)."""

    throttle: Throttle
    burst: Burst
    store: ProgressStore
    queue: Queue
    catalogue: Catalogue
    entitlement: Entitlement
    interval: Interval
    spacing_ms: int
    max_playback_rate: float
    random: Callable[[], float]

    def __call__(self, reports: Sequence[Report], now: int) -> Reported:
        """Report at the time `now` in ms. Raises StoreUnavailable, the queue being away too: no claim is left."""
        if not reports:
            return Reported((), self.interval.base_ms)
        groups = _by_key(reports)
        refused, outage = self._refused(groups)
        results = {one: Result(Outcome.REJECTED, reason=Forbidden.code) for key in refused for one in groups[key]}
        window_ms = self._window_ms(max(reports, key=lambda one: one.playhead), now)
        bids = self._bids([one for one in reports if one.key not in refused], now, window_ms)
        for bid in bids:
            if isinstance(bid.turn, TooSoon | Overtaken):
                results |= dict.fromkeys(bid.reports, held(bid.turn))
        results |= self._settle([bid for bid in bids if isinstance(bid.turn, Granted | Unguarded)], now, outage)
        return Reported(tuple(results[one] for one in reports), window_ms)

    def _refused(self, keys: Iterable[Key]) -> tuple[set[Key], StoreUnavailable | None]:
        """Return the keys in courses that the learner may not track; none, and why, where that cannot be asked now."""
        try:
            return {key for key in keys if not self.entitlement.allows(key.user_id, key.course_id)}, None
        except StoreUnavailable as outage:
            return set(), outage

    def _window_ms(self, newest: Report, now: int) -> int:
        return self.interval.next_update_ms(newest, now, store_is_slow=self.store.is_slow(), random=self.random)

    def _bids(self, reports: Sequence[Report], now: int, window_ms: int) -> list[_Bid]:
        """Claim a turn for each key, and book one for all late reports of the learner together."""
        late = [one for one in reports if is_late(one, now)]
        prompt = [one for one in reports if not is_late(one, now)]
        bids: list[_Bid] = []
        for group in _by_key(prompt).values():
            claim = self._claim(group, now, window_ms)
            # Each key that waits for a throttle out of reach would cost seconds, and a request may hold a hundred.
            unreachable = any(isinstance(bid.turn, Unguarded) for bid in bids)
            bids.append(_Bid(group, Unguarded() if unreachable else self.throttle.claim(claim), claim))
        if late:
            turn: Turn = self.burst.book(late[0].key.user_id, now) or Granted("", None)
            bids += [_Bid(group, turn) for group in _by_key(late).values()]
        return bids

    def _claim(self, reports: Sequence[Report], now: int, window_ms: int) -> Claim:
        newest = max(reports, key=lambda one: one.playhead)
        return Claim(
            key=newest.key,
            session=newest.session,
            seq=max(one.seq for one in reports if one.session == newest.session),  # a clock may have gone back
            urgent=any(one.event.urgent for one in reports),
            now=now,
            window_ms=window_ms,
            spacing_ms=self.spacing_ms,
            watched=hull(union(*(one.watched for one in reports))),
        )

    def _settle(self, bids: Sequence[_Bid], now: int, outage: StoreUnavailable | None) -> dict[Report, Result]:
        """Merge each session of each key, or queue them; whatever keeps us from both ends the claims."""
        try:
            durations = {} if outage else self.catalogue.durations({bid.reports[0].key.video_id for bid in bids})
            parts = [self._part(bid, one, durations, now) for bid in bids for one in _by_session(bid.reports)]
            return self._queue(parts, outage, entitled=False) if outage else self._merge_or_queue(parts)
        except BaseException:
            self._release(bids)
            raise

    def _merge_or_queue(self, parts: Sequence[Part]) -> dict[Report, Result]:
        try:
            return self._merge(parts)
        except StoreUnavailable as outage:  # perhaps after it was merged: merging it once more changes nothing
            return self._queue(parts, outage, entitled=True)

    def _merge(self, parts: Sequence[Part]) -> dict[Report, Result]:
        """Merge all parts in one request to the store."""
        progress, left_out = self._store([part.contribution for part in parts])
        refused = refusals(self.store, left_out)
        results: dict[Report, Result] = {}
        for part in parts:
            results |= part.merged(progress, refused.get(part.contribution))
        return results

    def _queue(self, parts: Sequence[Part], outage: StoreUnavailable, *, entitled: bool) -> dict[Report, Result]:
        """Queue all parts in one message."""
        if parts:
            self.queue.send(Deferred(tuple(part.accepted for part in parts), entitled))
        return {report: result for part in parts for report, result in part.queued(outage).items()}

    def _part(self, bid: _Bid, session: Sequence[Report], durations: Mapping[str, float], now: int) -> Part:
        last = bid.turn.last if isinstance(bid.turn, Granted) else None
        believed = believe(session, last, now, self.max_playback_rate)
        unguarded = isinstance(bid.turn, Unguarded)
        accepted = Accepted(
            reports=believed.reports,
            received_at=now,
            threshold=self.interval.threshold,
            catalogue_duration=durations.get(session[0].key.video_id),
            unverified_seconds=believed.unverified_seconds,
        )
        contribution = accepted.contribution()
        return Part(
            reports=session, believed=believed, accepted=accepted, contribution=contribution, unguarded=unguarded
        )

    def _store(self, contributions: Sequence[Contribution]) -> tuple[Progress | None, Sequence[Contribution]]:
        """Merge; return the progress where there is one contribution, and those of which the attempt is over."""
        if len(contributions) == 1:
            progress = self.store.merge(contributions[0])
            return progress, () if progress else contributions
        return None, self.store.merge_all(contributions) if contributions else ()

    def _release(self, bids: Iterable[_Bid]) -> None:
        for bid in bids:
            if bid.claim and isinstance(bid.turn, Granted):
                self.throttle.release(bid.claim, bid.turn)


def _by_key(reports: Iterable[Report]) -> dict[Key, list[Report]]:
    groups: dict[Key, list[Report]] = defaultdict(list)
    for report in reports:
        groups[report.key].append(report)
    return groups


def _by_session(reports: Iterable[Report]) -> Iterable[list[Report]]:
    groups: dict[str, list[Report]] = defaultdict(list)
    for report in reports:
        groups[report.session].append(report)
    return groups.values()
