"""An open database with one firm in it, on each engine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from storage.database import Database
from storage.keys import new_id
from storage.models import Firm

MASTERS = {1: bytes(range(32))}


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with Database.open(database_url, MASTERS) as opened:
        yield opened


@pytest.fixture
async def sqlite(sqlite_url: str) -> AsyncIterator[Database]:
    async with Database.open(sqlite_url, MASTERS) as opened:
        yield opened


@pytest.fixture
async def firm_id(database: Database) -> UUID:
    return await new_firm(database)


async def new_firm(database: Database) -> UUID:
    firm_id = new_id()
    async with database.transaction():
        await Firm.create(id=firm_id, name="Firm", slug=str(firm_id), time_zone="UTC", created_at=0)
        await database.vault.create(firm_id)
    return firm_id
