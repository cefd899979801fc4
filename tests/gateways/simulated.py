"""The simulator under a real uvicorn, and waiting for what it does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from server.gateways.bandwidth import BandwidthAccount
from server.gateways.bandwidth_callbacks import Callback, Reported, parse_callbacks
from server.gateways.simulator import Mailbox, Pace, Person, SimulatorOptions, create_simulator
from tests.gateways.far_side import FarSide

FIRM, ANA = "+18335550142", "+14155550139"
HURRY = Pace(
    sending_ms=10,
    sent_ms=20,
    delivered_ms=30,
    unconfirmed_ms=40,
    retry_ms=10,
    retry_most_ms=40,
    give_up_ms=5_000,
)


def options(webhook: str, data_dir: Path | None = None, **fields: Any) -> SimulatorOptions:
    return SimulatorOptions(
        **{
            "account_id": "5500001",
            "username": "causeway",
            "password": "secret",
            "application_id": "app-1",
            "firm_number": FIRM,
            "firm_name": "Harlow & Reyes LLP",
            "webhook_url": f"{webhook}/webhooks/bandwidth/random",
            "webhook_username": "bandwidth",
            "webhook_password": "from-afar",
            "people": (Person("Ana Ruiz", ANA),),
            "data_dir": data_dir,
            "pace": HURRY,
            **fields,
        }
    )


@asynccontextmanager
async def simulator(options: SimulatorOptions, mailbox: Mailbox | None = None) -> AsyncIterator[str]:
    async with serving(create_simulator(options, mailbox or Mailbox(options.data_dir))) as url:
        yield url


@asynccontextmanager
async def serving(app: ASGIApp) -> AsyncIterator[str]:
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, lifespan="on"))
    async with asyncio.TaskGroup() as group:
        group.create_task(server.serve())
        await eventually(lambda: server.started)
        host, port = server.servers[0].sockets[0].getsockname()
        try:
            yield f"http://{host}:{port}"
        finally:
            server.should_exit = True


def account(url: str, **fields: Any) -> BandwidthAccount:
    return BandwidthAccount("5500001", "causeway", "secret", "app-1", url, url, **fields)


def callbacks(webhook: FarSide) -> list[Callback]:
    return [callback for request in webhook.requests for callback in parse_callbacks(request.body)]


def states(webhook: FarSide) -> list[tuple[str, int | None]]:
    return [(one.state, one.code) for one in callbacks(webhook) if isinstance(one, Reported)]


async def eventually(condition: Callable[[], Any], within_s: float = 10.0) -> None:
    """Wait for a condition; a deadline that passes is a failure."""
    async with asyncio.timeout(within_s):
        while not condition():
            await asyncio.sleep(0.005)
