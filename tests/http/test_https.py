"""A server that browsers reach over HTTPS, by a proxy that ends it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from server.clock import wall_clock
from server.hub.doorbell import LocalDoorbell
from server.installation import create_admin, create_firm
from server.settings import Settings
from storage.database import Database
from tests.http.house import PASSWORD
from tests.nodes import Node, running_node

PUBLIC_URL = "https://Desk.Firm.example:443"
ORIGIN = "https://desk.firm.example"


@pytest.fixture
def node(sqlite_url: str, tmp_path: Path) -> Iterator[Node]:
    """A server that is told its public address, and is asked at another one."""
    settings = Settings(
        data_dir=tmp_path / "var", database_url=sqlite_url, master_keys={1: secrets.token_bytes(32)}
    )
    with running_node(settings, public_url=PUBLIC_URL) as node:
        yield node


async def test_cookies_have_the_prefix_that_browsers_enforce(node: Node) -> None:
    async with Database.open(node.settings.database_url, node.settings.master_keys) as database:
        now = wall_clock()
        firm = await create_firm(database, name="M", slug="m", time_zone="America/New_York", now=now)
        await create_admin(
            database, LocalDoorbell(), firm, name="Ana", email="ana@m.example", password=PASSWORD, now=now
        )
    async with httpx.AsyncClient(base_url=node.url, headers={"origin": ORIGIN}, trust_env=False) as browser:
        signed_in = await browser.post(
            "/api/sign-in/password", json={"email": "ana@m.example", "password": PASSWORD}
        )
        asked = await browser.post("/api/sign-in/link", json={"firm": "m", "email": "c@m.example"})
    assert signed_in.status_code == 200, signed_in.text
    for answer, name in ((signed_in, "__Host-causeway-firm="), (asked, "__Host-causeway-asking-m=")):
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith(name)
        attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert {"secure", "httponly", "samesite=lax", "path=/"} <= attributes
        assert not any(attribute.startswith("domain") for attribute in attributes)
    assert signed_in.headers["strict-transport-security"].startswith("max-age=63072000")
