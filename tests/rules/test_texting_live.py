"""The line is open: from a phone through the carrier to every screen of the firm, and back, whole."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from protocol.client.state import State
from protocol.entities import Text
from server.gateways.simulator import Mailbox, SimulatorOptions, create_simulator
from server.records.lines import Webhook, open_line
from server.settings import Bandwidth, Settings
from tests.gateways.simulated import eventually
from tests.nodes import running_node
from tests.rules.texting_firm import ANA, APPLICATION, FIRM_PHONE, HURRY, magic
from tests.rules.world import World, open_world
from tests.servers import free_port

ACCOUNT = Bandwidth(account_id="5500001", username="causeway", password="secret", application_id=APPLICATION)
WEBHOOK = Webhook.random()


@asynccontextmanager
async def open_line_at(database_url: str, data_dir: Path) -> AsyncIterator[tuple[World, str]]:
    """A whole server with its carrier, and a firm with a line; answers the firm and where its phones are."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    settings = Settings(
        data_dir=data_dir,
        database_url=database_url,
        master_keys={1: secrets.token_bytes(32)},
        bandwidth=replace(ACCOUNT, messaging_url=url, api_url=url),
    )
    with running_node(settings) as node:
        async with open_world(node) as world, carrier(port, f"{node.url}/hooks/bandwidth/{WEBHOOK.path}"):
            async with world.database.transaction():
                await open_line(world.firm, FIRM_PHONE, APPLICATION, WEBHOOK)
            yield world, url


@asynccontextmanager
async def carrier(port: int, webhook_url: str) -> AsyncIterator[None]:
    options = SimulatorOptions(
        account_id=ACCOUNT.account_id,
        username=ACCOUNT.username,
        password=ACCOUNT.password,
        application_id=APPLICATION,
        firm_number=FIRM_PHONE,
        webhook_url=webhook_url,
        webhook_username=WEBHOOK.user,
        webhook_password=WEBHOOK.password,
        pace=HURRY,
    )
    config = uvicorn.Config(create_simulator(options, Mailbox(None)), port=port, log_config=None)
    server = uvicorn.Server(config)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(server.serve())
        await eventually(lambda: server.started)
        try:
            yield
        finally:
            server.should_exit = True


async def meet(world: World, name: str, phone: str) -> str:
    made = await world.priya.do("contact.create", name=name, phones=[phone], texting_phone=phone)
    return str(made["id"])


def texts(state: State, contact: str) -> dict[int, dict[str, Any]]:
    return {text["number"]: text for text in state.all(Text) if text["thread"] == contact}


async def test_w5_a_text_goes_out_is_answered_and_agrees_on_every_screen(
    database_url: str, tmp_path: Path
) -> None:
    async with open_line_at(database_url, tmp_path / "var") as (world, phones):
        contact = await meet(world, "Joseph Okafor", ANA)
        async with world.priya.screen() as desk, world.priya.screen() as laptop, world.tom.screen() as toms:
            await world.tom.do("text.send", contact=contact, text="Can you talk at 3?")
            for screen in (desk, laptop, toms):
                await screen.shows(
                    lambda state: texts(state, contact).get(1, {}).get("state") == "delivered", "the receipt"
                )
            async with httpx.AsyncClient(trust_env=False) as phone:
                await phone.post(
                    f"{phones}/phone/texts",
                    json={"phone": ANA, "text": "Yes, please"},
                    headers={"Origin": phones, "Sec-Fetch-Site": "same-origin"},
                )
            for screen in (desk, laptop, toms):
                answer = await screen.shows(lambda state: texts(state, contact).get(2), "the answer")
                assert answer["text"] == "Yes, please"
                assert screen.state.unread.of(contact) == [2]
            await world.priya.do("thread.read", contact=contact, number=2)
            for screen in (desk, laptop):
                await screen.shows(lambda state: state.unread.of(contact) == [], "that it was read")
            assert toms.state.unread.of(contact) == [2]
            inbox = await world.tom.ask("inbox.get")
            assert [one["numbers"] for one in inbox["unread"] if one["scope"] == contact] == [[2]]


async def test_f1_a_failure_stands_on_the_screen_with_its_reason(database_url: str, tmp_path: Path) -> None:
    async with open_line_at(database_url, tmp_path / "var") as (world, _):
        phone = magic("10")
        contact = (
            await world.priya.do("contact.create", name="Nobody", phones=[phone], texting_phone=phone)
        )["id"]
        async with world.priya.screen() as screen:
            await world.priya.do("text.send", contact=contact, text="Hello?")
            failed = await screen.shows(
                lambda state: next(
                    (one for one in texts(state, contact).values() if one["state"] == "failed"), None
                ),
                "that it failed",
            )
            assert (failed["reason"], failed["reason_code"]) == ("rejected", "4750")


async def test_the_webhook_denies_strangers_in_the_words_of_a_page_that_does_not_exist(
    database_url: str, tmp_path: Path
) -> None:
    path, proof = f"/hooks/bandwidth/{WEBHOOK.path}", (WEBHOOK.user, WEBHOOK.password)
    async with (
        open_line_at(database_url, tmp_path / "var") as (world, _),
        httpx.AsyncClient(trust_env=False, base_url=world.node.url) as stranger,
    ):
        tries = [
            await stranger.post(path, json=[]),
            await stranger.post(path, json=[], auth=(WEBHOOK.user, "wrong")),
            await stranger.post("/hooks/bandwidth/no-such-path-at-all", json=[], auth=proof),
        ]
        assert {answer.status_code for answer in tries} == {404}
        assert len({answer.content for answer in tries}) == 1
        assert tries[0].json()["error"]["code"] == "not_found"
        assert (await stranger.post(path, json=[], auth=proof)).status_code == 204
