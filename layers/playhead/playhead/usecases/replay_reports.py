"""Replay reports: merge what the queue has kept; a message is done when it is merged, refused or kept anew, not before.

While the store is out of reach a message goes back into the queue as a new one, so that only its own faults count as
its tries: after five of those it is put aside for people to look at.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from playhead.domain.deferred import Accepted, Deferred
from playhead.domain.errors import Forbidden, StoreUnavailable
from playhead.domain.progress import Contribution
from playhead.ports import Catalogue, Entitlement, ProgressStore, Queue, ReadMessage
from playhead.usecases.left_out import refusals

POSTPONED_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Message:
    """What the queue hands over: its id, and what was written into it."""

    id: str
    body: str


@dataclass(slots=True)
class Replayed:
    """What became of messages: merged and refused contributions, messages kept anew, and why others failed, by id."""

    merged: list[Contribution] = field(default_factory=list)
    refused: dict[Contribution, str] = field(default_factory=dict)
    postponed: int = 0
    failed: dict[str, Exception] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayReports:
    """The use case, with the ports it needs."""

    read: ReadMessage
    queue: Queue
    store: ProgressStore
    catalogue: Catalogue
    entitlement: Entitlement

    def __call__(self, messages: Sequence[Message]) -> Replayed:
        """Replay all messages by one request to the store, or each alone where one of them spoils that."""
        replayed = Replayed()
        found = self._read(messages, replayed)
        try:
            self._merge(list(found.values()), replayed)
        except StoreUnavailable:
            self._postpone(found, replayed)
        except Exception:  # noqa: BLE001 - whatever it is, it must not hold the other messages up
            self._merge_each(found, replayed)
        return replayed

    def _read(self, messages: Sequence[Message], replayed: Replayed) -> dict[str, Deferred]:
        found: dict[str, Deferred] = {}
        for message in messages:
            try:
                found[message.id] = self.read(message.body)
            except ValueError as error:
                replayed.failed[message.id] = error
        return found

    def _merge_each(self, found: Mapping[str, Deferred], replayed: Replayed) -> None:
        for message_id, deferred in found.items():
            try:
                self._merge([deferred], replayed)
            except StoreUnavailable:
                self._postpone({message_id: deferred}, replayed)
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

    def _postpone(self, found: Mapping[str, Deferred], replayed: Replayed) -> None:
        """Keep messages anew; one that cannot be kept is not done, nor are those after it."""
        waiting = dict(found)
        try:
            for message_id, deferred in found.items():
                self.queue.send(deferred, POSTPONED_SECONDS)
                del waiting[message_id]
                replayed.postponed += 1
        except StoreUnavailable as error:
            replayed.failed |= dict.fromkeys(waiting, error)


def _known(accepted: Accepted, durations: Mapping[str, float]) -> Accepted:
    """Return it with what the catalogue knows now, else what it knew then."""
    return replace(accepted, catalogue_duration=durations.get(accepted.key.video_id, accepted.catalogue_duration))
