"""Who follows a log, found by what could concern them: an event costs only its audience."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass, field

from protocol.codec import Encoding
from protocol.events import EVENTS
from server.access import Person, Sight
from server.hub.batches import empty_part
from server.hub.wire import Part, Wire
from storage.log import Cursor, Entry

START = Cursor(0, 0)
NOBODY: frozenset[Follower] = frozenset()
LAST_NUMBER = 2**63
"""Above the number of any item."""


@dataclass(eq=False, slots=True)
class Follower:
    """One socket as the delivery of a log knows it.

    ``told`` is the cursor that the client was last given, ``considered`` how far entries were looked at for
    it; what lies between is not for this person. ``current`` followers stand where their log's delivery
    stands, so for them ``considered`` is not kept up.
    """

    id: str
    person: Person
    wire: Wire
    end: Callable[[str], None]
    """Closes the socket with the close code of this name."""
    sight: Sight
    told: Cursor = START
    considered: Cursor = START
    live: bool = False
    current: bool = False
    events_sent: int = 0

    def give(self, part: Part) -> bool:
        """Send a frame of events, behind an empty one where ``told`` trails; False where it does not fit."""
        if self.told is part.after or self.told == part.after:
            fits = self.wire.offer(part)
        else:
            fits = self.wire.offer(part, empty_part(self.told, part.after, self.wire.encoding))
        if not fits:
            return False
        self.told = part.upto
        self.events_sent += part.events
        return True


View = tuple[list[Entry], list[Follower]]
"""Entries, and who sees exactly these of a batch."""


@dataclass(slots=True)
class Audience:
    """The followers of one log, by person and by the portals that they take part in."""

    everybody: set[Follower] = field(default_factory=set)
    encodings: Counter[Encoding] = field(default_factory=Counter)
    by_person: dict[str, set[Follower]] = field(default_factory=dict)
    by_portal: dict[str, set[Follower]] = field(default_factory=dict)
    latest_start: dict[str, int] = field(default_factory=dict)
    """By portal, the number that all of its followers see beyond; it may be too high, never too low."""

    def add(self, follower: Follower) -> None:
        """Begin to find this follower."""
        self.everybody.add(follower)
        self.encodings[follower.wire.encoding] += 1
        self.by_person.setdefault(follower.sight.person, set()).add(follower)
        for portal in follower.sight.portals:
            self._enter(portal, follower)

    def remove(self, follower: Follower) -> None:
        """Find it no more."""
        if follower in self.everybody:
            self.everybody.remove(follower)
            self.encodings[follower.wire.encoding] -= 1
        _take_from(self.by_person, follower.sight.person, follower)
        for portal in follower.sight.portals:
            self._exit(portal, follower)

    def resee(self, follower: Follower, sight: Sight) -> None:
        """Give a follower a newer sight."""
        self.remove(follower)
        follower.sight = sight
        self.add(follower)

    def follow(self, follower: Follower, entry: Entry) -> bool:
        """Move a follower's sight on by an entry that is addressed to it; tells whether it lost the scope."""
        before = entry.scope in follower.sight.portals
        follower.sight.follow(entry)
        now = entry.scope in follower.sight.portals
        if now:
            self._enter(entry.scope, follower)
        elif before:
            self._exit(entry.scope, follower)
        return before and not now

    def near(self, entry: Entry) -> Set[Follower]:
        """Those whom an entry could concern: all who may see it now are among them."""
        match EVENTS[entry.kind].audience:
            case "person":
                return self.by_person.get(entry.person or "", NOBODY)
            case "firm":
                return self.everybody
            case _:
                return self.by_portal.get(entry.scope, NOBODY)

    def views(self, entries: Sequence[Entry]) -> list[View]:
        """What each current follower may see of these entries now; those who see the same come together.

        Most batches are of one portal, and most who are in it see all of them: these are found without
        asking about each entry and follower.
        """
        groups: dict[int, tuple[Set[Follower], list[Entry]]] = {}
        for entry in entries:
            near = self.near(entry)
            groups.setdefault(id(near), (near, []))[1].append(entry)
        crowd, common = max(groups.values(), key=lambda group: len(group[0]))
        together = self._who_see_all(crowd, common)
        apart = {follower for near, _ in groups.values() if near is not crowd for follower in near}
        if len(together) < len(crowd):
            apart |= crowd - set(together)
        if apart:
            together = [follower for follower in together if follower not in apart]
        return [(common, together), *_views_of_each(apart, entries)]

    def _who_see_all(self, crowd: Set[Follower], entries: Sequence[Entry]) -> list[Follower]:
        """Those current ones among whom entries of one audience concern who may see every one of them."""
        scope, lowest = entries[0].scope, min(entry.number or LAST_NUMBER for entry in entries)
        if crowd is self.by_portal.get(scope) and lowest > self.latest_start[scope]:
            return [follower for follower in crowd if follower.current]
        return [
            follower
            for follower in crowd
            if follower.current and all(follower.sight.sees(entry) for entry in entries)
        ]

    def _enter(self, portal: str, follower: Follower) -> None:
        self.by_portal.setdefault(portal, set()).add(follower)
        start = follower.sight.portals[portal]
        self.latest_start[portal] = max(start, self.latest_start.get(portal, 0))

    def _exit(self, portal: str, follower: Follower) -> None:
        _take_from(self.by_portal, portal, follower)
        if portal not in self.by_portal:
            self.latest_start.pop(portal, None)


def _views_of_each(followers: Iterable[Follower], entries: Sequence[Entry]) -> list[View]:
    views: dict[tuple[int, ...], View] = {}
    for follower in followers:
        if follower.current:
            visible = [entry for entry in entries if follower.sight.sees(entry)]
            if visible:
                view = views.setdefault(tuple(entry.seq for entry in visible), (visible, []))
                view[1].append(follower)
    return list(views.values())


def _take_from(index: dict[str, set[Follower]], key: str, follower: Follower) -> None:
    found = index.get(key)
    if found is not None:
        found.discard(follower)
        if not found:
            del index[key]
