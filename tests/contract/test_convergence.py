"""Whatever becomes of reports on their way, the same document: any order, repetition and grouping, on a real mongod."""

from collections.abc import Sequence
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymongo.collection import Collection

from playhead.adapters.mongo_documents import identity, progress_of, to_date
from playhead.adapters.mongo_progress import MongoProgressStore
from playhead.domain.progress import Progress, merge
from playhead.domain.report import Key, Report
from tests.builders import KEY, NOW, contribution, report, session_id
from tests.strategies import reports

Documents = dict[str, Any]
BOOKKEEPING = {"_id", "userId", "createdAt", "updatedAt", "completedAt"}

_SESSIONS = tuple(session_id(NOW - 600_000 + number, number) for number in range(14))
_DURATIONS = st.sampled_from([120.0, 33.333333333333336, 59.96])
_REPORTS = _DURATIONS.flatmap(lambda seconds: st.lists(reports(seconds, _SESSIONS), min_size=1, max_size=10))


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_REPORTS, st.data())
def test_any_way_leads_to_the_same_document(
    collection: Collection[Documents], some: list[Report], data: st.DataObject
) -> None:
    one = _arrive(collection, "learner-1", [[each] for each in some])
    other = _arrive(collection, "learner-2", data.draw(_ways(some)))
    assert one == other
    outbox = [entry | {"at": to_date(NOW)} for entry in one["outbox"]]
    assert progress_of(KEY, one | {"completedAt": None, "outbox": outbox}) == _reference(some)


@st.composite
def _ways(draw: st.DrawFn, some: list[Report]) -> list[list[Report]]:
    """Draw a way of reports to the store: shuffled, some of them more than once, in groups joined in memory first."""
    repeated = draw(st.lists(st.sampled_from(some), max_size=6))
    left = list(draw(st.permutations([*some, *repeated])))
    groups = []
    while left:
        size = draw(st.integers(1, len(left)))
        groups.append(left[:size])
        left = left[size:]
    return groups


def _arrive(collection: Collection[Documents], user: str, groups: Sequence[Sequence[Report]]) -> Documents:
    """Merge groups of reports for a learner: half of them one by one, half in one request; return the document."""
    key = Key(user, *KEY[1:])
    collection.delete_many({"userId": user})
    store = MongoProgressStore(collection)
    mine = [
        contribution(*(report(**(_fields(one) | {"key": key})) for one in group), received_at=NOW + number)
        for number, group in enumerate(groups)
    ]
    half = len(mine) // 2
    for one in mine[:half]:
        store.merge(one)
    store.merge_all(mine[half:])
    document = collection.find_one(identity(key)) or {}
    document["playback"]["base"].pop("completedAt", None)
    document["outbox"] = [one | {"at": None} for one in document.get("outbox", [])]
    return {name: value for name, value in document.items() if name not in BOOKKEEPING}


def _fields(one: Report) -> dict[str, Any]:
    return {name: getattr(one, name) for name in Report.__dataclass_fields__}


def _reference(some: Sequence[Report]) -> Progress:
    progress = Progress(KEY)
    for one in some:
        progress = merge(progress, contribution(one))
    return Progress(
        **{name: getattr(progress, name) for name in Progress.__dataclass_fields__ if name != "completed_at"}
    )
