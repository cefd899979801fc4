"""What ends by itself, and what keeps a session alive."""

from __future__ import annotations

from server.clock import wall_clock
from server.housekeeping import end_sessions_that_ran_out, tidy
from server.hub.doorbell import LocalDoorbell
from storage.blobs import Blobs
from storage.database import Database
from tests.http.conftest import OpenBrowser
from tests.http.house import Browser, House, refusal
from tests.http.test_socket import close_code, greeted, opened

MINUTE_MS = 60_000
DAY_MS = 24 * 60 * MINUTE_MS


async def tidied(house: House, now: int) -> None:
    """Tidy up as some node would at this time."""
    blobs = Blobs(house.node.settings.data_dir / "blobs", house.database.vault)
    await tidy(house.database, LocalDoorbell(), blobs, now)


async def test_a_socket_alone_keeps_no_session_alive(house: House, ana: Browser) -> None:
    """Heartbeats are no sign of a person: an idle session ends, and its socket with it."""
    async with opened(house, ana) as socket:
        await greeted(socket, ana)
        await house.age("session", ("used_at",), 61 * MINUTE_MS)
        await tidied(house, wall_clock())
        assert await close_code(socket) == 4401
    assert refusal(await ana.get("/api/session")) == "not_signed_in"


async def test_commands_over_a_socket_keep_the_session_alive(house: House) -> None:
    async with house.clients_browser() as browser:
        await house.sign_client_in(browser)
        await house.age("session", ("used_at",), 29 * MINUTE_MS, "side = 'client'")
        async with opened(house, browser) as socket:
            await greeted(socket, browser)
            await socket.send(
                '{"type": "command", "id": 1, "key": "socket-key-1", "name": "portal.read",'
                f' "args": {{"portal": "{house.portal}", "number": 1}}}}'
            )
            async for frame in socket:
                if '"reply"' in str(frame):
                    break
    used = await house.database.fetch(
        "SELECT max(used_at) AS at FROM session WHERE side = 'client' AND firm_id = $1", [house.firm]
    )
    assert used[0]["at"] > wall_clock() - MINUTE_MS


async def test_a_session_ends_a_day_after_it_began_however_much_it_is_used(
    house: House, ana: Browser
) -> None:
    await house.age("session", ("created_at", "expires_at"), DAY_MS)
    assert refusal(await ana.get("/api/session")) == "not_signed_in"
    await tidied(house, wall_clock())
    ended = await house.database.fetch(
        "SELECT 1 AS one FROM log_entry WHERE kind = 'session.ended' AND firm_id = $1", [house.firm]
    )
    assert len(ended) == 1


async def test_old_links_and_letters_that_never_went_are_forgotten(
    house: House, open_browser: OpenBrowser
) -> None:
    for who in ("carla", "nobody"):
        await open_browser().ask_for_link(house.email(who))
    await tidied(house, wall_clock() + 2 * DAY_MS)
    assert [mail.address for mail in await house.mails()] == [house.email("carla")]
    for table, left in (("sign_in_link", 0), ("outbox", 1)):
        rows = await house.database.fetch(f"SELECT id FROM {table} WHERE firm_id = $1", [house.firm])
        assert len(rows) == left, table


async def test_a_node_that_has_just_started_forgets_letters_of_firms_it_never_heard_of(
    house: House, open_browser: OpenBrowser
) -> None:
    """It has none of their keys, and needs none to delete: what cannot be tidied would end the node."""
    await open_browser().ask_for_link(house.email("nobody"))
    settings, later = house.node.settings, wall_clock() + 2 * DAY_MS
    await end_sessions_that_ran_out(house.database, LocalDoorbell(), later)
    async with Database.open(settings.database_url, settings.master_keys) as started:
        blobs = Blobs(settings.data_dir / "blobs", started.vault)
        await tidy(started, LocalDoorbell(), blobs, later)
    assert await house.mails() == []
