"""Runs the demo: prepares a firm the first time, then the server and the simulated outside side by side."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from server import installation, logs
from server.app import create_app, dispatch_of
from server.clock import wall_clock
from server.demo.past import tell_past
from server.demo.story import (
    APPLICATION,
    CONTACTS,
    FIRM_NAME,
    FIRM_PHONE,
    FIRM_SLUG,
    PASSWORD,
    PRIYA,
    TIME_ZONE,
    TOM,
    Story,
)
from server.gateways.simulator import Mailbox, Person, SimulatorOptions, SmtpCatcher, create_simulator
from server.hub.doorbell import LocalDoorbell
from server.phone_number import shown_number
from server.records.lines import Webhook, open_line
from server.serving import listen, serve_all, server_of
from server.settings import Bandwidth, Settings, Smtp
from storage.blobs import Blobs
from storage.database import Database
from storage.migrate import migrate
from storage.models import Firm

SIMULATOR_PORT_AFTER = 1
"""The simulated outside listens on the port after the server's."""

_ACCOUNT = "demo-account"
# Between two programs of this one process, on this machine, for this demo's own data.
_CARRIER_PASSWORD = "demo-carrier"
_WEBHOOK = Webhook("demo-webhook-of-the-simulated-carrier", "carrier", "demo-webhook")


@dataclass(frozen=True, slots=True)
class _Outside:
    """Where the simulated carrier and mailbox listen."""

    url: str
    port: int


async def run(*, fresh: bool) -> int:
    """Run until interrupted. ``fresh`` begins anew; otherwise the state of the last time is kept."""
    logs.configure(os.environ.get("CAUSEWAY_LOG_LEVEL", "error"), readable=True)
    settings = _settings()
    if fresh and settings.data_dir.exists():
        shutil.rmtree(settings.data_dir)
        settings = _settings()
    port = settings.listen_port + SIMULATOR_PORT_AFTER
    outside = _Outside(f"http://localhost:{port}", port)
    await _prepare(settings)
    mailbox = Mailbox(settings.data_dir / "simulator")
    async with SmtpCatcher(mailbox) as catcher:
        joined = _with_outside(settings, outside, catcher.port)
        simulator = create_simulator(_simulator_options(settings), mailbox)
        server = server_of(create_app(joined))
        listeners = (
            listen(settings.listen_host, settings.listen_port),
            listen(settings.listen_host, outside.port),
        )
        _say_where(settings, outside)
        await serve_all((server, listeners[0]), (server_of(simulator, has_hub=False), listeners[1]))
    return 0


def _settings() -> Settings:
    """The demo's own place and the address that goes with its port, where nothing else is said."""
    port = os.environ.get("CAUSEWAY_LISTEN_PORT", str(Settings.listen_port))
    own = {"CAUSEWAY_DATA_DIR": "var/demo", "CAUSEWAY_PUBLIC_URL": f"http://localhost:{port}"}
    return Settings.from_environment(own | os.environ)


async def _prepare(settings: Settings) -> None:
    """Make the database and, the first time, the firm with its past."""
    print("Preparing the database …", flush=True)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    await migrate(settings.database_url)
    async with Database.open(settings.database_url, settings.master_keys) as database:
        async with database.snapshot():
            known = await Firm.exists(slug=FIRM_SLUG)
        if not known:
            print("Making the demo firm …", flush=True)
            await _make_firm(database, settings.data_dir)


async def _make_firm(database: Database, data_dir: Path) -> None:
    now = wall_clock()
    bell = LocalDoorbell()
    firm = await installation.create_firm(
        database, name=FIRM_NAME, slug=FIRM_SLUG, time_zone=TIME_ZONE, now=now
    )
    async with database.transaction(firm):
        await open_line(firm, FIRM_PHONE, APPLICATION, _WEBHOOK)
    story = Story(
        database, bell, Blobs(data_dir / "blobs", database.vault), dispatch_of(database, bell), firm, now
    )
    await _people(database, bell, firm, story, now)
    await tell_past(story)


async def _people(database: Database, bell: LocalDoorbell, firm: UUID, story: Story, now: int) -> None:
    name, title, email = PRIYA
    priya = await installation.create_admin(
        database, bell, firm, name=name, email=email, password=PASSWORD, title=title, now=now
    )
    story.introduce("priya", priya, "admin")
    name, title, email = TOM
    tom = await story.do("priya", 0, "user.create", name=name, email=email, password=PASSWORD, title=title)
    story.introduce("tom", tom["id"], "member")


def _with_outside(settings: Settings, outside: _Outside, smtp_port: int) -> Settings:
    carrier = Bandwidth(
        account_id=_ACCOUNT,
        username=_ACCOUNT,
        password=_CARRIER_PASSWORD,
        application_id=APPLICATION,
        messaging_url=outside.url,
        api_url=outside.url,
    )
    mail = Smtp(host="127.0.0.1", port=smtp_port, security="none", mail_from="portal@harlow-reyes.example")
    return replace(settings, bandwidth=carrier, smtp=mail)


def _simulator_options(settings: Settings) -> SimulatorOptions:
    return SimulatorOptions(
        account_id=_ACCOUNT,
        username=_ACCOUNT,
        password=_CARRIER_PASSWORD,
        application_id=APPLICATION,
        firm_number=FIRM_PHONE,
        webhook_url=f"http://127.0.0.1:{settings.listen_port}/hooks/bandwidth/{_WEBHOOK.path}",
        webhook_username=_WEBHOOK.user,
        webhook_password=_WEBHOOK.password,
        firm_name=FIRM_NAME,
        people=tuple(Person(contact.name, contact.phone) for contact in CONTACTS if contact.phone),
        data_dir=settings.data_dir / "simulator",
    )


def _say_where(settings: Settings, outside: _Outside) -> None:
    print(
        f"""
{FIRM_NAME} is open.

  The firm      {settings.public_url}
                {PRIYA[2]}  (attorney, admin)
                {TOM[2]}    (paralegal; use a private window for the second person)
                password {PASSWORD}
  The client    {settings.public_url}/portal/{FIRM_SLUG}
                {CONTACTS[0].email}  (the link and code arrive in the outgoing mail)
  The phone     {outside.url}/phone   (texts with {shown_number(FIRM_PHONE)})
  Outgoing mail {outside.url}/mail

Cookies are sent without TLS here, because this is plain HTTP on your own machine.
Stop with Ctrl-C. The state is kept in {settings.data_dir}; make demo FRESH=1 begins anew.
""",
        flush=True,
    )
