"""The promises of the design, asked of a world that has become quiet. What they compare with is counted, not merged."""

from collections.abc import Iterator
from functools import reduce
from random import Random

from playhead.domain.announcement import COURSE_COMPLETED
from playhead.domain.progress import Progress, merge
from playhead.domain.ranges import Ranges
from playhead.domain.report import Key, Outcome
from tests.simulation.backend import COURSE, THRESHOLD
from tests.simulation.scenario import World, run


def judge(seed: int) -> list[str]:
    """Run a scenario and return the promises that were not kept; ending in an error breaks one too."""
    try:
        return broken(run(seed))
    except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to this seed
        return [repr(error)]


def broken(world: World) -> list[str]:
    """Return the promises that were not kept, in words."""
    keys = sorted(set(world.truth.played) | set(world.backend.store.merged))
    everywhere = [*_of_devices(world), *_of_the_queue(world), *_of_the_course(world)]
    return everywhere + [f"{key.video_id}: {said}" for key in keys for said in _of_a_key(world, key)]


def _of_devices(world: World) -> Iterator[str]:
    for device in world.devices:
        if left := [one for one in device.viewings if one.pending]:
            yield f"{device.name} could not bring what it kept: {left}"
    if world.truth.clipped:
        yield f"an honest client was clipped: {world.truth.clipped}"


def _of_the_queue(world: World) -> Iterator[str]:
    if world.backend.queue or world.backend.dead:
        yield f"{len(world.backend.queue)} messages wait, {len(world.backend.dead)} are put aside"


def _of_the_course(world: World) -> Iterator[str]:
    announcer = world.backend.store.announcer
    ids = {one.id for one in announcer.told if one.type == COURSE_COMPLETED}
    videos = [world.backend.store.read(Key("learner-1", COURSE, one.video_id)) for one in announcer.known.videos]
    if not world.resets and len(ids) != all(one.completed for one in videos):
        yield f"the course was announced under {len(ids)} ids"


def _of_a_key(world: World, key: Key) -> Iterator[str]:
    stored = world.backend.store.read(key)
    attempts = [stored, *world.backend.store.ended.get(key, [])]
    kept = {second for one in attempts for second in _seconds(one.watched)}
    yield from _of_seconds(world, key, kept)
    yield from _of_counts(world, key, stored)
    yield from _of_position(world, key, stored)
    yield from _of_order(world, key, stored)
    for one in attempts:
        yield from _of_completion(world, one)


def _of_seconds(world: World, key: Key, kept: set[int]) -> Iterator[str]:
    may_be_over = key in world.resets  # what was queued when a reset came belongs to the attempt that it ended
    for one in world.truth.acknowledged:
        final = one.outcome is Outcome.APPLIED or not may_be_over
        if one.key == key and final and (lost := _seconds(one.watched) - kept):
            yield f"acknowledged as {one.outcome} and lost: {sorted(lost)}"
    if invented := kept - _seconds(world.truth.played.get(key, ())):
        yield f"nobody played: {sorted(invented)}"


def _of_counts(world: World, key: Key, stored: Progress) -> Iterator[str]:
    known = {one.session for one in world.truth.acknowledged if one.key == key and one.outcome is Outcome.APPLIED}
    if not len(known) <= stored.watch_count <= len(world.truth.sessions.get(key, ())):
        yield f"{stored.watch_count} viewings counted, of which {len(known)} were acknowledged"
    if key not in world.resets and stored.watch_count != len(world.truth.sessions.get(key, ())):
        yield f"{stored.watch_count} viewings counted of {len(world.truth.sessions.get(key, ()))}"
    share = 100 * len(_seconds(stored.watched)) / stored.duration if stored.duration else 0
    if stored.percentage != min(100, int(share)):
        yield f"{stored.percentage} % published of {share}"
    if stored.completed != (stored.percentage >= THRESHOLD):
        yield f"completed: {stored.completed} at {stored.percentage} %"


def _of_completion(world: World, attempt: Progress) -> Iterator[str]:
    told = [one for one in world.backend.store.announcer.told if one.video_id == attempt.key.video_id]
    ids = {one.id for one in told if one.attempt == attempt.attempt}
    if len(ids) != attempt.completed:
        yield f"attempt {attempt.attempt}, completed: {attempt.completed}, was announced under {len(ids)} ids"
    if world.backend.store.read(attempt.key).outbox:
        yield "something waits in the outbox"


def _of_position(world: World, key: Key, stored: Progress) -> Iterator[str]:
    reports = [one.playback.position for one in world.backend.store.merged.get(key, [])]
    if not reports:
        return
    if stored.position != max(reports, key=lambda one: (one.at, one.seq, one.device, one.session, one.seconds)):
        yield f"the position is {stored.position}"
    if stored.position and stored.position.at > max(one.received_at for one in world.backend.store.merged[key]):
        yield f"the position is from after its receipt: {stored.position}"
    if any(one.set_right_at for one in world.devices):
        return
    made_at = [world.truth.made_at[one.session, one.seq] for one in reports]
    assert stored.position
    late = max(made_at) - world.truth.made_at[stored.position.session, stored.position.seq]
    if late > LONGEST_WAY_MS:
        yield f"the position was made {late} ms before a later one"


def _of_order(world: World, key: Key, stored: Progress) -> Iterator[str]:
    merged = list(world.backend.store.merged.get(key, []))
    Random(len(merged)).shuffle(merged)
    begun = Progress(key, attempt=stored.attempt, attempt_at=stored.attempt_at)
    if merged and _compared(reduce(merge, [*merged, *merged[:3]], begun)) != _compared(stored):
        yield "another order makes another document"


LONGEST_WAY_MS = 20_000


def _compared(progress: Progress) -> tuple[object, ...]:
    return (
        progress.position,
        progress.furthest,
        progress.watched,
        progress.percentage,
        progress.completed,
        progress.first_at,
        progress.last_at,
        progress.viewings,
        progress.devices,
        progress.half_hours,
    )


def _seconds(watched: Ranges) -> set[int]:
    return {second for start, end in watched for second in range(start, end)}
