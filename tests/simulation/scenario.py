"""One scenario: a world drawn from a seed, run until all is quiet, and what must then be true of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial

from playhead.domain.course import CatalogueVideo, Course
from playhead.domain.report import Key
from tests.builders import HOUR, MINUTE, NOW
from tests.simulation.announcing import Announcer
from tests.simulation.backend import COURSE, Backend, Instance
from tests.simulation.clockwork import Clockwork
from tests.simulation.faults import Occasions, draw
from tests.simulation.players import CLOCK_FAULTS_MS, Device, Truth

DAY = 24 * HOUR
SETTLE_MS = 2 * HOUR


@dataclass
class World:
    """Everything in one scenario."""

    clockwork: Clockwork
    occasions: Occasions
    backend: Backend
    truth: Truth
    devices: list[Device]
    resets: dict[Key, list[int]] = field(default_factory=dict)


def build(seed: int) -> World:
    """Draw a world from a seed."""
    clockwork = Clockwork(seed, NOW)
    random = clockwork.random
    length = random.choice((5 * MINUTE, 20 * MINUTE, 2 * DAY))
    faults = draw(random, NOW, NOW + length)
    occasions = Occasions(clockwork, faults)
    durations = {f"video-{number}": random.randrange(30, 400) for number in range(random.choice((1, 1, 3)))}
    backend = Backend(occasions, {name: float(one) for name, one in durations.items() if random.random() < 1 / 2})
    backend.store.announcer = Announcer(backend, _course(durations))
    world = World(clockwork, occasions, backend, Truth(), [])
    backend.instances += [Instance(backend) for _ in range(random.choice((1, 2, 4)))]
    for number in range(random.choice((1, 1, 2, 3))):
        world.devices.append(_device(world, number))
        _use(world, world.devices[-1], durations, length)
    for video in durations:
        if random.random() < 1 / 5:
            _reset(world, Key("learner-1", COURSE, video), random.randrange(length))
    return world


def run(seed: int) -> World:
    """Run a scenario: its time with faults, then quietly until nothing is left to do."""
    world = build(seed)
    clockwork, quiet_at = world.clockwork, world.occasions.quiet_at
    clockwork.run(until=quiet_at + 10 * MINUTE)
    clockwork.start(lambda: _redrive(world.backend))
    clockwork.run(until=clockwork.now + SETTLE_MS)
    return world


def _course(videos: Iterable[str]) -> Course:
    return Course(COURSE, "A course", tuple(CatalogueVideo(one) for one in videos))


def _redrive(backend: Backend) -> None:
    """Bring back what was put aside, as somebody on call does."""
    dead, backend.dead = backend.dead, []
    for body in dead:
        backend.keep(body)


def _device(world: World, number: int) -> Device:
    random = world.clockwork.random
    quiet_at = world.occasions.quiet_at
    begins = [random.randrange(NOW, quiet_at) for _ in range(random.choice((0, 0, 1)))]
    return Device(
        name=f"device-{number}",
        user_id="learner-1",
        instances=world.backend.instances,
        occasions=world.occasions,
        truth=world.truth,
        clock_offset_ms=random.choice(CLOCK_FAULTS_MS),
        set_right_at=random.choice((None, None, None, random.randrange(NOW, quiet_at))),
        offline=[(one, min(quiet_at, one + random.choice((MINUTE, HOUR, DAY)))) for one in begins],
    )


def _use(world: World, device: Device, durations: dict[str, int], length: int) -> None:
    """Let a learner open a few tabs on a device."""
    random = world.clockwork.random
    for _ in range(random.choice((1, 1, 2, 3))):
        video = random.choice(list(durations))
        key, actions = Key(device.user_id, COURSE, video), random.randrange(1, 8)
        opens = random.randrange(max(1, length - 5 * MINUTE))
        world.clockwork.start(partial(device.watch, key, durations[video], actions), opens)
    world.clockwork.start(partial(device.sync, until=world.occasions.quiet_at + SETTLE_MS))


def _reset(world: World, key: Key, after: int) -> None:
    def reset() -> None:
        now = world.clockwork.now
        world.backend.store.reset(key, now)
        world.resets.setdefault(key, []).append(now)

    world.clockwork.start(reset, after)
