"""The image and the compose file refer to what exists, and the server understands what they tell it."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from starlette.routing import Route

from server.app import create_app
from server.settings import Settings, defaults

COMPOSE: dict[str, Any] = yaml.safe_load(Path("docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
SERVERS = {name: service for name, service in SERVICES.items() if "build" in service}
DOCKERFILE = Path("Dockerfile").read_text()
CADDYFILE = Path("deploy/Caddyfile").read_text()
REQUIRED = {
    "CAUSEWAY_PUBLIC_URL": "https://line.example.com",
    "CAUSEWAY_MASTER_KEYS": f"1:{base64.urlsafe_b64encode(bytes(32)).decode()}",
    "POSTGRES_PASSWORD": "0123abcd",
}


def interpolated(text: str) -> str:
    """The value as Compose makes it when .env holds only what is required."""

    def value(match: re.Match[str]) -> str:
        name, operator, rest = match.groups()
        return REQUIRED[name] if operator == ":?" else rest

    return re.sub(r"\$\{(\w+)(:\?|:-)([^}]*)\}", value, text)


def image_environment() -> dict[str, str]:
    """What the image itself sets."""
    block = re.search(r"^ENV ((?:.*\\\n)*.*)$", DOCKERFILE, re.MULTILINE)
    assert block is not None
    return dict(re.findall(r"(\w+)=(\S+)", block[1]))


def server_environment(name: str) -> dict[str, str]:
    """What a server's process sees."""
    composed = {key: interpolated(str(value)) for key, value in SERVERS[name]["environment"].items()}
    return {**image_environment(), **composed}


def test_two_servers_run_alike() -> None:
    assert len(SERVERS) == 2
    first, second = SERVERS.values()
    assert first == second


@pytest.mark.parametrize("name", SERVERS)
def test_a_server_accepts_the_settings_it_is_given(name: str, tmp_path: Path) -> None:
    settings = Settings.from_environment(
        {**server_environment(name), "CAUSEWAY_DATA_DIR": str(tmp_path), "HOME": "/"}
    )
    assert settings.cookies_secure
    assert settings.listen_host == "0.0.0.0"
    assert settings.bandwidth is None
    assert settings.trusted_proxies == (COMPOSE["networks"]["default"]["ipam"]["config"][0]["subnet"],)


def test_every_setting_that_is_named_anywhere_exists() -> None:
    for path in ("Dockerfile", "docker-compose.yml", "deploy/Caddyfile", "docs/operations.md"):
        named = set(re.findall(r"CAUSEWAY_[A-Z_]*[A-Z]\b", Path(path).read_text()))
        assert named - set(defaults()) - {"CAUSEWAY_SMTP"} == set(), path


@pytest.mark.parametrize("name", SERVERS)
def test_a_server_is_pointed_at_services_that_exist(name: str) -> None:
    environment = server_environment(name)
    hosts = {urlsplit(environment[f"CAUSEWAY_{which}_URL"]).hostname for which in ("DATABASE", "REDIS")}
    assert {*hosts, environment["CAUSEWAY_SMTP_HOST"]} <= set(SERVICES)
    assert set(SERVERS[name]["depends_on"]) <= set(SERVICES)


def test_every_file_that_is_mounted_or_copied_exists() -> None:
    mounts = [mount.split(":")[0] for service in SERVICES.values() for mount in service.get("volumes", ())]
    files = [source for source in mounts if source.startswith(".")]
    copied = [
        word
        for words in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE)
        for word in words.split()[:-1]
    ]
    assert files
    assert [path for path in files + copied if not Path(path).exists()] == []
    assert {source for source in mounts if not source.startswith(".")} == set(COMPOSE["volumes"])


def test_what_is_copied_into_the_image_is_sent_to_the_builder() -> None:
    allowed = [line[1:] for line in Path(".dockerignore").read_text().splitlines() if line.startswith("!")]
    copied = re.findall(r"^COPY (?!--from)(\S+)", DOCKERFILE, re.MULTILINE)
    assert [path for path in copied if not any(path.startswith(start) for start in allowed)] == []


def test_the_image_runs_as_an_account_without_rights() -> None:
    users = re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE)
    assert users == ["causeway"]
    for service in SERVERS.values():
        assert service["cap_drop"] == ["ALL"]
        assert service["read_only"] is True


def test_every_image_is_named_with_a_version() -> None:
    foreign = [service["image"] for service in SERVICES.values() if "build" not in service]
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert [image for image in foreign + bases if not re.search(r":v?\d", image)] == []


def test_the_proxy_and_the_health_check_ask_the_port_and_the_path_that_answer(settings: Settings) -> None:
    port = image_environment()["CAUSEWAY_LISTEN_PORT"]
    check = re.search(r"^HEALTHCHECK.*\n\s+CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)
    assert check is not None
    asked = re.search(r"http://127\.0\.0\.1:(\d+)(/[\w/]+)", json.loads(check[1])[-1])
    assert asked is not None
    assert asked[1] == port
    assert f"EXPOSE {port}\n" in DOCKERFILE
    assert set(re.findall(r"[\w-]+:\d+", re.findall(r"reverse_proxy (.+) \{", CADDYFILE)[0])) == {
        f"{name}:{port}" for name in SERVERS
    }
    assert re.findall(r"health_uri (\S+)", CADDYFILE) == [asked[2]]
    paths = {route.path for route in create_app(settings).routes if isinstance(route, Route)}
    assert asked[2] in paths
