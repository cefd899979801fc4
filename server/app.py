"""The composition root: the one place that knows every part and joins them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from server import housekeeping
from server.clock import Clock, wall_clock
from server.dispatch import CommandFunction, Dispatch, QueryFunction, Shortcut, UseFunction
from server.features import (
    contacts,
    documents,
    inbox,
    matters,
    participants,
    portals,
    receipts,
    texting,
    threads,
    users,
)
from server.features import sessions as session_features
from server.gateways.bandwidth import Bandwidth, BandwidthAccount
from server.gateways.smtp import Mailer, MailServer
from server.http import webhooks
from server.http.edge import Edge, on_http_exception
from server.http.parts import Parts
from server.http.routes import routes
from server.hub.doorbell import LocalDoorbell, RedisDoorbell
from server.hub.hub import Hub
from server.passwords import Passwords
from server.render import BodyFunction, Renderer
from server.sessions import Sessions
from server.settings import Bandwidth as BandwidthSettings
from server.settings import Settings
from server.transaction import Doorbell
from server.workers.workers import Workers
from storage.blobs import Blobs
from storage.database import Database

WORKERS_STOP_TIMEOUT_S = 15

COMMANDS: Mapping[str, CommandFunction] = {
    **portals.COMMANDS,
    **receipts.COMMANDS,
    **participants.COMMANDS,
    **documents.COMMANDS,
    **texting.COMMANDS,
    **threads.COMMANDS,
    **contacts.COMMANDS,
    **matters.COMMANDS,
    **users.COMMANDS,
    **session_features.COMMANDS,
}

SHORTCUTS: Mapping[str, Shortcut] = {**portals.SHORTCUTS}

QUERIES: Mapping[str, QueryFunction] = {
    "inbox.get": inbox.inbox_query(
        inbox.TextsPart(threads.inbox_threads, threads.inbox_texts, threads.unread_texts)
    ),
    **portals.QUERIES,
    **threads.QUERIES,
    **contacts.QUERIES,
    **matters.QUERIES,
    **users.QUERIES,
    **session_features.QUERIES,
}

BODIES: Mapping[str, BodyFunction] = {
    **portals.BODIES,
    **receipts.BODIES,
    **participants.BODIES,
    **documents.BODIES,
    **threads.BODIES,
    **contacts.BODIES,
    **matters.BODIES,
    **users.BODIES,
    **session_features.BODIES,
}


def create_app(settings: Settings, clock: Clock = wall_clock) -> Starlette:
    """One node: the application with everything that runs behind it, started and stopped by its lifespan."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[Mapping[str, Any]]:
        async with AsyncExitStack() as stack:
            parts = await _open(stack, settings, clock)
            yield {"parts": parts}

    return Starlette(
        routes=[*webhooks.routes(), *routes()],
        middleware=[Middleware(Edge, secure=settings.cookies_secure)],
        exception_handlers={HTTPException: on_http_exception},
        lifespan=lifespan,
    )


def dispatch_of(database: Database, bell: Doorbell, note_use: UseFunction | None = None) -> Dispatch:
    """The one way in for commands and queries of this database."""
    return Dispatch(database, bell, COMMANDS, QUERIES, SHORTCUTS, note_use)


async def _open(stack: AsyncExitStack, settings: Settings, clock: Clock) -> Parts:
    """Open what a node needs, start what runs behind it, and leave the closing to ``stack``, in reverse."""
    database = await stack.enter_async_context(Database.open(settings.database_url, settings.master_keys))
    doorbell = RedisDoorbell(settings.redis_url) if settings.redis_url else LocalDoorbell()
    carrier = await stack.enter_async_context(_carrier(settings.bandwidth)) if settings.bandwidth else None
    workers = Workers(database, doorbell, clock, _mailer(settings), carrier)
    sessions = Sessions(database)
    dispatch = dispatch_of(database, workers.bell, sessions.note_use)
    hub = Hub(database, dispatch, Renderer(database, BODIES, portals.PLAIN_BODIES), doorbell, clock)
    parts = Parts(
        database=database,
        dispatch=dispatch,
        bell=workers.bell,
        clock=clock,
        blobs=Blobs(settings.data_dir / "blobs", database.vault),
        hub=hub,
        passwords=stack.enter_context(Passwords()),
        sessions=sessions,
        public_url=settings.public_url,
    )
    await stack.enter_async_context(_running(parts, workers if settings.workers else None))
    return parts


@asynccontextmanager
async def _running(parts: Parts, workers: Workers | None) -> AsyncIterator[None]:
    """What goes on behind the doors. If one part fails all end, and the node is not ready."""
    async with asyncio.TaskGroup() as group:
        behind = [
            group.create_task(parts.hub.run()),
            group.create_task(housekeeping.run(parts.database, parts.bell, parts.clock, parts.blobs)),
        ]
        working = group.create_task(workers.run()) if workers else None
        yield
        if workers and working:
            workers.stop()  # a text whose answer is on its way must be waited for: it cannot be sent again
            await asyncio.wait([working], timeout=WORKERS_STOP_TIMEOUT_S)
            behind.append(working)
        for task in behind:
            task.cancel()


def _carrier(account: BandwidthSettings) -> Bandwidth:
    return Bandwidth(
        BandwidthAccount(
            account_id=account.account_id,
            username=account.username,
            password=account.password,
            application_id=account.application_id,
            messaging_url=account.messaging_url,
            api_url=account.api_url,
        )
    )


def _mailer(settings: Settings) -> Mailer | None:
    smtp = settings.smtp
    if smtp is None:
        return None
    return Mailer(
        MailServer(
            host=smtp.host,
            port=smtp.port,
            from_address=smtp.mail_from,
            username=smtp.user,
            password=smtp.password,
            security=smtp.security,
        )
    )
