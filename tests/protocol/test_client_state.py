from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.client import State
from protocol.client.stream import Stream
from protocol.entities import Document, Message, Participant, Portal, Share, Text
from protocol.queries import PortalItems, ThreadItems
from tests.protocol.far_side import ME, OTHER, PORTAL, event, message, portal, sent, uuid

THREAD = uuid(4)


def fresh(**more: Any) -> State:
    state = State()
    state.start_over(
        {
            "cursor": "c0",
            "me": {"id": ME, "name": "Ada", "role": "member", "email": "ada@firm.example"},
            "firm": {"id": uuid(9), "name": "Firm", "slug": "firm", "time_zone": "UTC"},
            "portals": [portal()],
            "unread": [],
            **more,
        }
    )
    return state


def share(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": uuid(2_000 + number),
        "version": 1,
        "portal": PORTAL,
        "number": number,
        "document": uuid(77),
        "name": "Lease.pdf",
        "size_bytes": 1,
        "media_type": "application/pdf",
        "sharer": OTHER,
        "at": 1,
        **more,
    }


def text(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": uuid(3_000 + number),
        "version": 1,
        "thread": THREAD,
        "number": number,
        "inbound": True,
        **more,
    }


versions = st.lists(st.tuples(st.integers(1, 3), st.integers(1, 5)), max_size=30)


@given(versions)
def test_i7_the_highest_version_of_each_entity_remains_whatever_the_order(
    arrived: list[tuple[int, int]],
) -> None:
    state = fresh()
    for number, version in arrived:
        state.apply(sent(number, version=version, text=f"version {version}"))
    highest = {number: max(version for other, version in arrived if other == number) for number, _ in arrived}
    assert {one["number"]: one["version"] for one in state.all(Message)} == highest


@given(st.lists(st.sampled_from(["sent", "page", "deleted", "read"]), max_size=12))
def test_u1_repeated_events_and_pages_never_count_twice(steps: list[str]) -> None:
    state = fresh()
    for step in ["sent", *steps]:
        if step == "sent":
            state.apply(sent(1))
        elif step == "page":
            state.merge(PortalItems, {"portal": portal(), "messages": [message(1)], "more": False})
        elif step == "deleted":
            state.apply(event("message.deleted", message(1, version=2, deleted=True)))
        else:
            state.apply(event("portal.read", {"scope": PORTAL, "number": 1}))
    gone = "deleted" in steps or "read" in steps
    assert state.unread.of(PORTAL) == ([] if gone else [1])


def test_u1_the_badge_begins_with_the_snapshot_and_follows_the_marker_of_another_device() -> None:
    state = fresh(unread=[{"scope": PORTAL, "read_number": 2, "numbers": [3, 5]}])
    state.apply(sent(6))
    state.apply(sent(2))
    assert state.unread.of(PORTAL) == [3, 5, 6]
    state.apply(event("portal.read", {"scope": PORTAL, "number": 5}))
    state.apply(event("portal.read", {"scope": PORTAL, "number": 3}))
    assert state.unread.of(PORTAL) == [6]


def test_u1_a_text_from_a_contact_is_unread_until_the_thread_is_read() -> None:
    state = fresh()
    state.apply(event("text.queued", text(1, inbound=False)))
    state.apply(event("text.received", text(2)))
    assert state.unread.of(THREAD) == [2]
    state.apply(event("thread.read", {"scope": THREAD, "number": 2}))
    assert state.unread.of(THREAD) == []


def test_a_share_without_a_message_is_an_item_of_its_own() -> None:
    state = fresh()
    state.apply(event("share.added", share(1)))
    state.apply(event("share.added", share(2, message=uuid(1_002))))
    state.apply(event("share.added", share(3, sharer=ME)))
    assert state.unread.of(PORTAL) == [1]
    state.apply(event("share.stopped", share(1, version=2, stopped=True)))
    state.apply(event("share.added", share(1)))
    assert state.unread.of(PORTAL) == []
    assert len(state.all(Share)) == 3


@pytest.mark.parametrize("known", [True, False])
def test_a_tombstone_without_a_body_keeps_a_page_from_bringing_the_text_back(known: bool) -> None:
    state = fresh()
    if known:
        state.apply(sent(1))
    tombstone = event("message.deleted", None, entity=message(1)["id"], version=2, tombstone=True)
    state.apply(tombstone)
    state.merge(PortalItems, {"portal": portal(), "messages": [message(1)]})
    held = state.find(Message, message(1)["id"])
    assert held is not None
    assert held["deleted"]
    assert "text" not in held
    assert state.unread.of(PORTAL) == []


def test_a_portal_that_was_left_is_forgotten_with_all_that_stands_in_it() -> None:
    state = fresh()
    state.apply(sent(1))
    state.apply(event("share.added", share(2)))
    state.apply(event("document.changed", {"id": uuid(77), "version": 1, "name": "Lease.pdf"}))
    state.apply(event("portal.left", {"portal": PORTAL}))
    assert [state.all(one) for one in (Portal, Message, Share)] == [[], [], []]
    assert len(state.all(Document)) == 1
    assert state.unread.of(PORTAL) == []


def test_joining_a_portal_brings_its_people_and_nothing_unread() -> None:
    state = fresh(portals=[])
    person = {"id": uuid(50), "version": 1, "portal": PORTAL, "person": ME, "side": "firm", "name": "Ada"}
    state.apply(sent(1))
    body = {"portal": portal(), "participants": [person]}
    state.apply(event("portal.joined", body))
    assert state.all(Portal) == [portal()]
    assert state.all(Participant) == [person]
    assert state.unread.of(PORTAL) == []


def test_r1_a_reading_moves_the_readers_marker_forward_only() -> None:
    state = fresh()
    page = {"portal": portal(), "markers": [{"portal": PORTAL, "person": OTHER, "number": 4, "at": 1}]}
    state.merge(PortalItems, page)
    for upto in (6, 5):
        fact = {
            "id": uuid(600 + upto),
            "version": 1,
            "portal": PORTAL,
            "number": 6,
            "fact": upto,
            "kind": "message.read",
            "actor": OTHER,
            "at": upto,
            "upto": upto,
        }
        state.apply(event("message.read", {"fact": fact}))
    assert state.read_number(PORTAL, OTHER) == 6
    assert state.read_number(PORTAL, ME) == 0


def test_pages_of_a_thread_merge_wherever_an_entity_stands() -> None:
    state = fresh()
    contact = {"id": THREAD, "version": 3, "name": "Grace"}
    page = {
        "thread": {"id": THREAD, "version": 1},
        "contact": contact,
        "texts": [text(1), text(2)],
        "more": False,
    }
    state.merge(ThreadItems, page)
    assert sorted(one["number"] for one in state.all(Text)) == [1, 2]


async def test_a_reader_who_falls_behind_learns_that_something_is_missing() -> None:
    stream = Stream(3, when_full={"kind": "reset", "reason": "behind"})
    for number in range(5):
        stream.put({"number": number})
    stream.end(LookupError("over"))
    assert [await anext(stream) for _ in range(3)] == [
        {"kind": "reset", "reason": "behind"},
        {"number": 3},
        {"number": 4},
    ]
    with pytest.raises(LookupError):
        await anext(stream)


async def test_signals_that_nobody_reads_are_dropped_oldest_first() -> None:
    stream = Stream(2)
    for number in range(4):
        stream.put({"number": number})
    assert [await anext(stream) for _ in range(2)] == [{"number": 2}, {"number": 3}]
