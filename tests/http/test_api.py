"""Commands and queries over HTTP, by cookie or by a program's token (rules P7, W3)."""

from __future__ import annotations

from uuid import UUID

from server import sessions
from server.clock import wall_clock
from server.hub.doorbell import LocalDoorbell
from server.transaction import transaction
from storage.models import ApiToken
from tests.http.house import Browser, House, key, refusal


async def token_of(house: House) -> tuple[ApiToken, str]:
    """A program's token for the admin."""
    me = UUID((await house.ana.get("/api/session")).json()["me"]["id"])
    async with transaction(
        house.database, LocalDoorbell(), firm=house.firm, actor=me, now=wall_clock()
    ) as change:
        return await sessions.create_token(change, me, "a program of ours")


async def test_a_command_repeated_with_its_key_has_one_effect(house: House, ana: Browser) -> None:
    """P7, I9."""
    body, headers = {"portal": house.portal, "text": "Once."}, {"idempotency-key": key()}
    first = (await ana.post("/api/message.send", json=body, headers=headers)).json()
    again = (await ana.post("/api/message.send", json=body, headers=headers)).json()
    assert (first["repeated"], again["repeated"]) == (False, True)
    assert first["result"] == again["result"]
    assert first["upto"] == again["upto"] != ""
    other = await ana.post("/api/message.send", json={**body, "text": "Twice."}, headers=headers)
    assert refusal(other) == "key_reused"


async def test_a_command_needs_a_key(house: House, ana: Browser) -> None:
    for bad in ("", "short", "x" * 65, "spaces are not", "line-end\u2028"):
        headers = {"idempotency-key": bad.encode()}
        answer = await ana.post("/api/message.send", json={}, headers=headers)  # type: ignore[arg-type]
        assert refusal(answer) == "invalid", bad


async def test_unknown_names_and_arguments_are_refused_plainly(house: House, ana: Browser) -> None:
    answer = await ana.post("/api/message.shout", json={}, headers={"idempotency-key": key()})
    assert refusal(answer) == "unknown_command"
    assert refusal(await ana.get("/api/message.send")) == "unknown_command"
    assert refusal(await ana.get("/api/portal.get", params={"portal": "x"})) == "invalid"
    twice = f"/api/portal.get?portal={house.portal}&portal={house.portal}"
    assert refusal(await ana.get(twice)) == "invalid"
    nul = await ana.get("/api/contact.list", params={"find": "a\x00b"})
    assert refusal(nul) == "invalid", "NUL in a filter would match every row on SQLite"


async def test_clients_may_not_run_the_firms_commands(house: House, carla: Browser) -> None:
    answer = await carla.post("/api/contact.create", json={"name": "x"}, headers={"idempotency-key": key()})
    assert refusal(answer) == "forbidden"
    assert refusal(await carla.get("/api/contact.list")) == "forbidden"


async def test_a_program_speaks_with_a_token_and_needs_neither_origin_nor_csrf(house: House) -> None:
    """W3."""
    kept, token = await token_of(house)
    async with house.browser() as program:
        for name in ("origin", "sec-fetch-site"):
            del program.headers[name]
        program.headers["authorization"] = f"Bearer {token}"
        made = await program.command("contact.create", name="Made by a program")
        assert made["name"] == "Made by a program"
        assert (await program.get("/api/session")).json()["me"]["name"] == "Ana Marlow"
        me = UUID((await program.get("/api/session")).json()["me"]["id"])
        async with transaction(
            house.database, LocalDoorbell(), firm=house.firm, actor=me, now=wall_clock()
        ) as change:
            await sessions.end_tokens(change, me)
        assert refusal(await program.get("/api/session")) == "not_signed_in"
    assert token not in kept.token_hash


async def test_a_bad_token_is_not_rescued_by_a_cookie(house: House, ana: Browser) -> None:
    ana.headers["authorization"] = "Bearer cw_" + "x" * 43
    assert refusal(await ana.get("/api/user.list")) == "not_signed_in"


async def test_ones_own_sessions_are_listed_and_ended(house: House, ana: Browser) -> None:
    """A5."""
    async with house.browser() as phone:
        await phone.sign_in(house.email("ana"))
        listed = (await ana.get("/api/session.list")).json()["sessions"]
        assert [session["current"] for session in listed].count(True) == 1
        other = next(session for session in listed if not session["current"])
        await ana.command("session.end", session=other["id"])
        assert refusal(await phone.get("/api/session")) == "not_signed_in"
    assert len((await ana.get("/api/session.list")).json()["sessions"]) == 1


async def test_a_node_says_whether_it_lives_and_can_serve(visitor: Browser) -> None:
    assert (await visitor.get("/healthz")).json() == {"alive": True}
    assert (await visitor.get("/readyz")).json() == {"ready": True}
