"""The tail: bounded, and never more than what an entity is now."""

from __future__ import annotations

from server.hub.tail import TAIL_BYTES, TAIL_ENTRIES, Tail
from storage.log import Cursor, Entry

LOG_START = 40


def _entry(seq: int, entity: str = "", kind: str = "message.sent") -> Entry:
    return Entry(
        seq=seq,
        tag=seq * 7,
        event_id=f"event {seq}",
        kind=kind,
        scope="a portal",
        entity=entity or f"entity {seq}",
        version=1,
        actor="somebody",
        at=0,
        number=seq,
        person=None,
    )


def _tail(*entries: Entry) -> Tail:
    tail = Tail(Cursor(LOG_START, 1))
    if entries:
        tail.extend(entries)
    return tail


def test_it_answers_for_what_it_holds_and_for_nothing_before() -> None:
    tail = _tail(_entry(41), _entry(42), _entry(43))
    assert [entry.seq for entry in tail.after(40) or []] == [41, 42, 43]
    assert [entry.seq for entry in tail.after(41, 1) or []] == [42]
    assert tail.after(43) == []
    assert tail.after(39) is None
    assert (tail.tag_at(40), tail.tag_at(41), tail.tag_at(44)) == (None, 41 * 7, None)
    assert tail.end == Cursor(43, 43 * 7)


def test_p5_a_later_entry_evicts_the_bytes_of_its_entity() -> None:
    said = _entry(41, "message")
    tail = _tail(said)
    tail.keep(said, "json", b"what was said")
    tail.extend([_entry(42, "message", "message.deleted")])
    assert tail.bytes_of(said, "json") is None


def test_p5_bytes_that_were_made_before_a_deletion_are_not_kept_after_it() -> None:
    said, deleted = _entry(41, "message"), _entry(42, "message", "message.deleted")
    tail = _tail(said, deleted)
    tail.keep(said, "json", b"what was said")  # its rendering began before the deletion was read
    tail.keep(deleted, "json", b"a tombstone")
    assert tail.bytes_of(said, "json") is None
    assert tail.bytes_of(deleted, "json") == b"a tombstone"


def test_it_holds_a_bounded_number_of_entries_and_bytes() -> None:
    tail = _tail()
    entries = [_entry(seq) for seq in range(LOG_START + 1, LOG_START + 1 + 5 * TAIL_ENTRIES)]
    for entry in entries:
        tail.extend([entry])
        tail.keep(entry, "msgpack", bytes(TAIL_BYTES // 100))
    assert len(tail.after(tail.end.seq - TAIL_ENTRIES) or []) == TAIL_ENTRIES
    assert tail.after(LOG_START + TAIL_ENTRIES) is None
    assert sum(len(data) for data in tail._bytes.values()) <= TAIL_BYTES
    assert tail._size_bytes == sum(len(data) for data in tail._bytes.values())
    assert len(tail._newest) <= 2 * TAIL_ENTRIES
    assert tail.bytes_of(entries[-1], "msgpack") is not None
