"""The parts of the simulator, put together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware

from server.gateways.simulator.callbacks import Postman
from server.gateways.simulator.carrier import Carrier
from server.gateways.simulator.exchange import Exchange
from server.gateways.simulator.faults import Faults
from server.gateways.simulator.mail import MailPages
from server.gateways.simulator.mailbox import Mailbox
from server.gateways.simulator.options import SimulatorOptions
from server.gateways.simulator.pages import StrictHeaders, page_routes
from server.gateways.simulator.phone import Phones


def create_simulator(options: SimulatorOptions, mailbox: Mailbox) -> Starlette:
    """Make the application; run it with its lifespan, in which reports are delivered and state is saved."""
    exchange = Exchange(options)
    postman = Postman(exchange, options)
    faults = Faults(exchange.watchers)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as group:
            running = [group.create_task(run()) for run in (postman.run, exchange.kept.run, mailbox.kept.run)]
            yield
            for task in running:
                task.cancel()

    routes = [
        *Carrier(options, exchange, postman, faults).routes(),
        *faults.routes(),
        *Phones(options, exchange, faults).routes(),
        *MailPages(mailbox).routes(),
        *page_routes(),
    ]
    return Starlette(routes=routes, middleware=[Middleware(StrictHeaders)], lifespan=lifespan)
