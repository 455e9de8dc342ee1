"""Replay reports: merge what the queue has kept; a message is done when it is merged, refused or kept anew, not before.

While the store is out of reach a message goes back into the queue as a new one, so that only its own faults count as
its tries: after five of those it is put aside for people to look at. What has gone round for a day counts as faulty
itself: it may be what keeps the store from answering, and no outage should last that long unseen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from playhead.domain.deferred import Accepted, Deferred
from playhead.domain.errors import Forbidden, StoreUnavailable
from playhead.domain.progress import Contribution
from playhead.ports import Catalogue, Entitlement, ProgressStore, Queue, ReadMessage
from playhead.usecases.left_out import refusals

POSTPONED_SECONDS = 60
MOST_WAITING_MS = 24 * 3600 * 1000


class WaitedTooLong(Exception):
    """For a day the store has been out of reach whenever this message was there."""


@dataclass(frozen=True, slots=True)
class Message:
    """What the queue hands over: its id, and what was written into it."""

    id: str
    body: str


@dataclass(slots=True)
class Replayed:
    """What became of messages: merged and refused contributions, messages kept anew, and why others failed, by id.

    `longest_ms` is how long ago the oldest of those that still wait for the store was received, 0 where none does.
    """

    merged: list[Contribution] = field(default_factory=list)
    refused: dict[Contribution, str] = field(default_factory=dict)
    postponed: int = 0
    failed: dict[str, Exception] = field(default_factory=dict)
    longest_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayReports:
    """The use case, with the ports it needs."""

    read: ReadMessage
    queue: Queue
    store: ProgressStore
    catalogue: Catalogue
    entitlement: Entitlement

    def __call__(self, messages: Sequence[Message], now: int) -> Replayed:
        """Replay all messages at the time `now` in ms: by one request, or each alone where one of them spoils that."""
        replayed = Replayed()
        found = self._read(messages, replayed)
        try:
            self._merge(list(found.values()), replayed)
        except StoreUnavailable:
            self._postpone(found, now, replayed)
        except Exception:  # noqa: BLE001 - whatever it is, it must not hold the other messages up
            self._merge_each(found, now, replayed)
        return replayed

    def _read(self, messages: Sequence[Message], replayed: Replayed) -> dict[str, Deferred]:
        found: dict[str, Deferred] = {}
        for message in messages:
            try:
                found[message.id] = self.read(message.body)
            except ValueError as error:
                replayed.failed[message.id] = error
        return found

    def _merge_each(self, found: Mapping[str, Deferred], now: int, replayed: Replayed) -> None:
        for message_id, deferred in found.items():
            try:
                self._merge([deferred], replayed)
            except StoreUnavailable:
                self._postpone({message_id: deferred}, now, replayed)
            except Exception as error:  # noqa: BLE001 - it is told, and the message tried again
                replayed.failed[message_id] = error

    def _merge(self, some: Sequence[Deferred], replayed: Replayed) -> None:
        """Merge; what `replayed` then says is said only of what the store has answered to."""
        forbidden = {one for deferred in some if not deferred.entitled for one in self._forbidden(deferred)}
        given = [one for deferred in some for one in deferred.accepted if one not in forbidden]
        durations = self.catalogue.durations({one.key.video_id for one in given})
        contributions = [_known(one, durations).contribution() for one in given]
        left_out = refusals(self.store, self.store.merge_all(contributions) if contributions else ())
        replayed.refused |= {one.contribution(): Forbidden.code for one in forbidden} | left_out
        replayed.merged += [one for one in contributions if one not in left_out]

    def _forbidden(self, deferred: Deferred) -> list[Accepted]:
        return [one for one in deferred.accepted if not self.entitlement.allows(one.key.user_id, one.key.course_id)]

    def _postpone(self, found: Mapping[str, Deferred], now: int, replayed: Replayed) -> None:
        """Keep messages anew that have not waited too long; one that cannot be kept is not done, nor those after it."""
        waited = {message_id: now - deferred.received_at for message_id, deferred in found.items()}
        replayed.longest_ms = max(replayed.longest_ms, *waited.values(), 0)
        tired = {message_id for message_id, ms in waited.items() if ms > MOST_WAITING_MS}
        replayed.failed |= {message_id: WaitedTooLong() for message_id in tired}
        waiting = {message_id: deferred for message_id, deferred in found.items() if message_id not in tired}
        try:
            for message_id in tuple(waiting):
                self.queue.send(waiting[message_id], POSTPONED_SECONDS)
                del waiting[message_id]
                replayed.postponed += 1
        except StoreUnavailable as error:
            replayed.failed |= dict.fromkeys(waiting, error)


def _known(accepted: Accepted, durations: Mapping[str, float]) -> Accepted:
    """Return it with what the catalogue knows now, else what it knew then."""
    return replace(accepted, catalogue_duration=durations.get(accepted.key.video_id, accepted.catalogue_duration))
