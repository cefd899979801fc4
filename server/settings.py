"""What an operator decides: read from the environment, checked at start, never changed while running."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import urlsplit

from server import master_keys
from server.email_address import is_email_address
from server.environment import PREFIX, Environment

MailSecurity = Literal["starttls", "tls", "none"]
LogLevel = Literal["debug", "info", "warning", "error"]

HOW_TO_MAKE_A_KEY = 'make one with: echo "1:$(openssl rand -base64 32 | tr +/ -_)"'


class SettingsError(Exception):
    """The server cannot start with these settings. The text lists every problem and what to do."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        lines = "\n".join(f"  - {problem}" for problem in problems)
        super().__init__(f"These settings are wrong:\n{lines}")


@dataclass(frozen=True, kw_only=True)
class Smtp:
    """The server that takes outgoing mail."""

    host: str
    mail_from: str
    port: int = 587
    security: MailSecurity = "starttls"
    user: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class Bandwidth:
    """The account that sends and receives texts. The addresses are roots, without a path."""

    account_id: str
    username: str
    password: str = field(repr=False)
    application_id: str
    messaging_url: str = "https://messaging.bandwidth.com"
    api_url: str = "https://api.bandwidth.com"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One server's settings. None stands for "not configured"."""

    data_dir: Path
    database_url: str = field(repr=False)
    master_keys: Mapping[int, bytes] = field(repr=False)
    redis_url: str | None = field(default=None, repr=False)
    public_url: str = "http://localhost:8000"
    listen_host: str = "127.0.0.1"
    listen_port: int = 8000
    trusted_proxies: tuple[str, ...] = ()
    smtp: Smtp | None = None
    bandwidth: Bandwidth | None = None
    workers: bool = True
    log_level: LogLevel = "info"

    @property
    def cookies_secure(self) -> bool:
        """Whether cookies are for HTTPS alone: always, but for a trial on one's own machine."""
        return self.public_url.startswith("https://")

    @classmethod
    def from_environment(cls, variables: Mapping[str, str] = os.environ) -> Settings:
        """The settings of this start. An embedded server's key file is made where it is missing.

        Raises:
            SettingsError: naming every wrong setting at once.
        """
        environment = Environment(variables)
        settings = _read(environment)
        if environment.problems:
            raise SettingsError(tuple(environment.problems))
        return settings if settings.master_keys else _with_key_file(settings)


def defaults() -> Mapping[str, str]:
    """Every variable that is read, with its default as an operator would write it."""
    environment = Environment({})
    _read(environment)
    return environment.defaults


def _read(environment: Environment) -> Settings:
    data_dir = _data_dir(environment)
    database_url = _database_url(environment, data_dir)
    settings = Settings(
        data_dir=data_dir,
        database_url=database_url,
        master_keys=_written_keys(environment, database_url),
        redis_url=environment.url("REDIS_URL", None, ("redis", "rediss", "unix")),
        public_url=_public_url(environment),
        listen_host=environment.text("LISTEN_HOST", Settings.listen_host),
        listen_port=environment.number("LISTEN_PORT", Settings.listen_port, 1, 65535),
        trusted_proxies=environment.networks("TRUSTED_PROXIES"),
        smtp=_smtp(environment),
        bandwidth=_bandwidth(environment),
        workers=environment.flag("WORKERS", Settings.workers),
        log_level=environment.choice("LOG_LEVEL", Settings.log_level, get_args(LogLevel)),
    )
    environment.refuse_unknown()
    return settings


def _data_dir(environment: Environment) -> Path:
    path = Path(environment.text("DATA_DIR", "var")).absolute()
    nearest = next(place for place in (path, *path.parents) if place.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK):
        environment.problem("DATA_DIR", f"is {path}: give a directory that this server may write to.")
    return path


def _database_url(environment: Environment, data_dir: Path) -> str:
    url = environment.url("DATABASE_URL", None, ("sqlite", "postgres", "postgresql"))
    if url is None:
        return f"sqlite://{data_dir}/causeway.sqlite3"
    return url.replace("postgresql://", "postgres://", 1)


def _public_url(environment: Environment) -> str:
    """Links and the Origin check are made from this alone, never from what a request claims."""
    url = environment.url("PUBLIC_URL", Settings.public_url, ("https", "http"))
    parts = urlsplit(url)
    if parts.path or parts.query or parts.fragment or parts.username:
        environment.problem("PUBLIC_URL", "has more than a host and a port: leave the rest away.")
    _refuse_clear_text(environment, "PUBLIC_URL", url)
    return url


def _refuse_clear_text(environment: Environment, name: str, url: str) -> None:
    """Sessions and passwords cross a network encrypted; plain HTTP ends on this machine."""
    host = urlsplit(url).hostname or ""
    here = host in {"localhost", "127.0.0.1", "::1"} or host.endswith(".localhost")
    if url.startswith("http://") and not here:
        environment.problem(name, "begins with http://: use https://, but for a server on this machine.")


def _smtp(environment: Environment) -> Smtp | None:
    host = environment.text("SMTP_HOST", None)
    mail_from = environment.text("MAIL_FROM", None)
    port = environment.number("SMTP_PORT", Smtp.port, 1, 65535)
    security = environment.choice("SMTP_SECURITY", Smtp.security, get_args(MailSecurity))
    user = environment.text("SMTP_USER", None)
    password = environment.secret("SMTP_PASSWORD")
    environment.together("SMTP_USER", "SMTP_PASSWORD")
    environment.together("SMTP_HOST", "MAIL_FROM")
    if password is not None and security == "none":
        environment.problem("SMTP_SECURITY", "is none: a password is sent only over starttls or tls.")
    if mail_from is not None and not is_email_address(mail_from):
        environment.problem("MAIL_FROM", "is not one plain address: give it as name@example.com.")
    if host is None or mail_from is None:
        return None
    return Smtp(host=host, mail_from=mail_from, port=port, security=security, user=user, password=password)


def _bandwidth(environment: Environment) -> Bandwidth | None:
    account_id = environment.text("BANDWIDTH_ACCOUNT_ID", None)
    username = environment.text("BANDWIDTH_USERNAME", None)
    password = environment.secret("BANDWIDTH_PASSWORD")
    application_id = environment.text("BANDWIDTH_APPLICATION_ID", None)
    messaging_url = _carrier_url(environment, "MESSAGING_URL", Bandwidth.messaging_url)
    api_url = _carrier_url(environment, "API_URL", Bandwidth.api_url)
    names = ("ACCOUNT_ID", "USERNAME", "PASSWORD", "APPLICATION_ID")
    environment.together(*(f"BANDWIDTH_{name}" for name in names))
    if account_id is None or username is None or password is None or application_id is None:
        return None
    return Bandwidth(
        account_id=account_id,
        username=username,
        password=password,
        application_id=application_id,
        messaging_url=messaging_url,
        api_url=api_url,
    )


def _carrier_url(environment: Environment, name: str, default: str) -> str:
    url = environment.url(f"BANDWIDTH_{name}", default, ("https", "http"))
    _refuse_clear_text(environment, f"BANDWIDTH_{name}", url)
    return url


def _written_keys(environment: Environment, database_url: str) -> dict[int, bytes]:
    """The keys that the operator wrote; only an embedded database may do without and keep its own file."""
    written = environment.secret("MASTER_KEYS")
    if written is None:
        if not database_url.startswith("sqlite://"):
            environment.problem("MASTER_KEYS", f"is missing: {HOW_TO_MAKE_A_KEY}")
        return {}
    try:
        return master_keys.parse(written)
    except master_keys.MalformedKeys as error:
        environment.problem("MASTER_KEYS", f"cannot be used: {error}.")
        return {}


def _with_key_file(settings: Settings) -> Settings:
    try:
        keys = master_keys.read_or_create(settings.data_dir / "master.keys")
    except master_keys.MalformedKeys as error:
        problem = f"{PREFIX}MASTER_KEYS is not set, and the key file cannot be used: {error}."
        raise SettingsError((problem,)) from error
    return replace(settings, master_keys=keys)
