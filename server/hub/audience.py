"""Who follows a log, found by what could concern them: an event costs only its audience."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from protocol.events import EVENTS
from server.access import Person, Sight
from server.hub.batches import empty_part
from server.hub.wire import Part, Wire
from storage.log import Cursor, Entry

START = Cursor(0, 0)


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
        if self.told == part.after:
            fits = self.wire.offer(part)
        else:
            fits = self.wire.offer(part, empty_part(self.told, part.after, self.wire.encoding))
        if not fits:
            return False
        self.told = part.upto
        self.events_sent += part.events
        return True


@dataclass(slots=True)
class Audience:
    """The followers of one log, by person and by the portals that they take part in."""

    everybody: set[Follower] = field(default_factory=set)
    by_person: dict[str, set[Follower]] = field(default_factory=dict)
    by_portal: dict[str, set[Follower]] = field(default_factory=dict)

    def add(self, follower: Follower) -> None:
        """Begin to find this follower."""
        self.everybody.add(follower)
        self.by_person.setdefault(follower.sight.person, set()).add(follower)
        for portal in follower.sight.portals:
            self.by_portal.setdefault(portal, set()).add(follower)

    def remove(self, follower: Follower) -> None:
        """Find it no more."""
        self.everybody.discard(follower)
        _take_from(self.by_person, follower.sight.person, follower)
        for portal in follower.sight.portals:
            _take_from(self.by_portal, portal, follower)

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
        if now and not before:
            self.by_portal.setdefault(entry.scope, set()).add(follower)
        elif before and not now:
            _take_from(self.by_portal, entry.scope, follower)
        return before and not now

    def of(self, entry: Entry) -> Iterator[Follower]:
        """Those who may see an entry now."""
        return (follower for follower in self._near(entry) if follower.sight.sees(entry))

    def _near(self, entry: Entry) -> set[Follower]:
        match EVENTS[entry.kind].audience:
            case "person":
                return self.by_person.get(entry.person or "", set())
            case "firm":
                return self.everybody
            case _:
                return self.by_portal.get(entry.scope, set())


def _take_from(index: dict[str, set[Follower]], key: str, follower: Follower) -> None:
    found = index.get(key)
    if found is not None:
        found.discard(follower)
        if not found:
            del index[key]
