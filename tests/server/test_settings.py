"""An operator learns at start, at once and in plain words, what is wrong with the settings."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest

from server.settings import Bandwidth, Settings, SettingsError, Smtp, defaults

KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()
OTHER_KEY = base64.urlsafe_b64encode(bytes(range(32, 64))).decode()
BANDWIDTH = {
    "CAUSEWAY_BANDWIDTH_ACCOUNT_ID": "9900000",
    "CAUSEWAY_BANDWIDTH_USERNAME": "firm",
    "CAUSEWAY_BANDWIDTH_PASSWORD": "sesame-carrier",
    "CAUSEWAY_BANDWIDTH_APPLICATION_ID": "app-1",
}
SMTP = {"CAUSEWAY_SMTP_HOST": "mail.example.com", "CAUSEWAY_MAIL_FROM": "line@example.com"}


def problems(tmp_path: Path, **settings: str) -> tuple[str, ...]:
    variables = {f"CAUSEWAY_{name.upper()}": value for name, value in settings.items()}
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({"CAUSEWAY_DATA_DIR": str(tmp_path), **variables})
    return caught.value.problems


def test_without_any_setting_but_a_place_the_server_is_embedded(tmp_path: Path) -> None:
    settings = Settings.from_environment({"CAUSEWAY_DATA_DIR": str(tmp_path)})
    assert settings.database_url == f"sqlite://{tmp_path}/causeway.sqlite3"
    assert settings.redis_url is None
    assert settings.smtp is None
    assert settings.bandwidth is None
    assert settings.workers
    assert (settings.listen_host, settings.listen_port) == ("127.0.0.1", 8000)
    assert not settings.cookies_secure


def test_every_setting_is_read(tmp_path: Path) -> None:
    settings = Settings.from_environment(
        {
            "CAUSEWAY_DATA_DIR": str(tmp_path),
            "CAUSEWAY_DATABASE_URL": "postgresql://causeway:pg@db:5432/causeway",
            "CAUSEWAY_REDIS_URL": "redis://redis:6379/0",
            "CAUSEWAY_MASTER_KEYS": f"1:{KEY},2:{OTHER_KEY}",
            "CAUSEWAY_PUBLIC_URL": "https://line.example.com/",
            "CAUSEWAY_LISTEN_HOST": "::",
            "CAUSEWAY_LISTEN_PORT": "8443",
            "CAUSEWAY_TRUSTED_PROXIES": "10.0.0.0/8, fd00::1",
            "CAUSEWAY_WORKERS": "off",
            "CAUSEWAY_LOG_LEVEL": "Debug",
            "CAUSEWAY_SMTP_PORT": "465",
            "CAUSEWAY_SMTP_SECURITY": "tls",
            "CAUSEWAY_SMTP_USER": "line",
            "CAUSEWAY_SMTP_PASSWORD": " with spaces ",
            "CAUSEWAY_BANDWIDTH_MESSAGING_URL": "http://localhost:8001",
            "CAUSEWAY_BANDWIDTH_API_URL": "https://api.example.com",
            **SMTP,
            **BANDWIDTH,
        }
    )
    assert settings == Settings(
        data_dir=tmp_path,
        database_url="postgres://causeway:pg@db:5432/causeway",
        redis_url="redis://redis:6379/0",
        master_keys={1: bytes(range(32)), 2: bytes(range(32, 64))},
        public_url="https://line.example.com",
        listen_host="::",
        listen_port=8443,
        trusted_proxies=("10.0.0.0/8", "fd00::1"),
        smtp=Smtp(
            host="mail.example.com",
            mail_from="line@example.com",
            port=465,
            security="tls",
            user="line",
            password=" with spaces ",
        ),
        bandwidth=Bandwidth(
            account_id="9900000",
            username="firm",
            password="sesame-carrier",
            application_id="app-1",
            messaging_url="http://localhost:8001",
            api_url="https://api.example.com",
        ),
        workers=False,
        log_level="debug",
    )
    assert settings.cookies_secure
    assert list(settings.master_keys) == [2, 1], "the newest key comes first, because the first one wraps"


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("LISTEN_PORT", "eighty", "whole number from 1 to 65535"),
        ("LISTEN_PORT", "65536", "whole number from 1 to 65535"),
        ("LISTEN_PORT", "²", "whole number from 1 to 65535"),
        ("LISTEN_HOST", "127.0.0.1\x00", "control characters"),
        ("LOG_LEVEL", "chatty", "one of debug, info, warning, error"),
        ("WORKERS", "perhaps", "on or off"),
        ("DATABASE_URL", "mysql://db/causeway", "sqlite:// or postgres://"),
        ("DATABASE_URL", "sqlite://causeway.sqlite3", "sqlite:// or postgres://"),
        ("DATABASE_URL", "postgres://", "name the host"),
        ("REDIS_URL", "redis.internal:6379", "redis:// or rediss:// or unix://"),
        ("REDIS_URL", "redis://redis:port/0", "name the host"),
        ("PUBLIC_URL", "line.example.com", "https:// or http://"),
        ("PUBLIC_URL", "http://line.example.com", "use https://"),
        ("PUBLIC_URL", "http://localhost.example.com", "use https://"),
        ("PUBLIC_URL", "https://line.example.com/app", "leave the rest away"),
        ("PUBLIC_URL", "https://line.example.com?x=1", "leave the rest away"),
        ("PUBLIC_URL", "https://[line", "https:// or http://"),
        ("TRUSTED_PROXIES", "*", "IP addresses or networks"),
        ("TRUSTED_PROXIES", "10.0.0.1, proxy", "IP addresses or networks"),
        ("MASTER_KEYS", KEY, "entry 1 is not of the form id:key"),
        ("MASTER_KEYS", f"1:{KEY},1:{OTHER_KEY}", "id 1 stands twice"),
        ("MASTER_KEYS", f"0:{KEY}", "entry 1 is not of the form id:key"),
        ("MASTER_KEYS", "7:c2hvcnQ", "key 7 has 5 bytes: it needs 32"),
        ("MASTER_KEYS", "7:not*base64", "key 7 is not base64url"),
        ("MAIL_FROM", "Line <line@example.com>", "one plain address"),
        ("MAIL_FROM", "line@example.com", "SMTP_HOST is missing"),
        ("SMTP_HOST", "mail.example.com", "MAIL_FROM is missing"),
        ("SMTP_SECURITY", "ssl", "one of starttls, tls, none"),
        ("SMTP_USER", "line", "SMTP_PASSWORD is missing"),
        ("SMTP_PASSWORD", "sesame", "SMTP_USER is missing"),
        ("BANDWIDTH_USERNAME", "firm", "BANDWIDTH_ACCOUNT_ID is missing"),
        ("BANDWIDTH_API_URL", "http://api.example.com", "use https://"),
        ("BANDWIDTH_API_URL", "ftp://api.example.com", "https:// or http://"),
        ("SMPT_HOST", "mail.example.com", "did you mean CAUSEWAY_SMTP_HOST?"),
        ("COLOUR", "green", "is not a setting"),
    ],
)
def test_a_wrong_value_is_named_with_what_to_do(tmp_path: Path, name: str, value: str, told: str) -> None:
    text = "\n".join(problems(tmp_path, **{name: value}))
    assert f"CAUSEWAY_{name}" in text
    assert told in text


def test_a_mail_password_is_never_sent_in_the_clear(tmp_path: Path) -> None:
    (told,) = problems(tmp_path, smtp_user="line", smtp_password="sesame", smtp_security="none")
    assert told.startswith("CAUSEWAY_SMTP_SECURITY ")


def test_all_that_is_wrong_is_told_in_one_error(tmp_path: Path) -> None:
    found = problems(tmp_path, listen_port="0", workers="perhaps", redis_url="nowhere", master_keys="x")
    assert len(found) == 4
    for name in ("LISTEN_PORT", "WORKERS", "REDIS_URL", "MASTER_KEYS"):
        assert any(problem.startswith(f"CAUSEWAY_{name} ") for problem in found)


def test_a_problem_never_repeats_a_secret(tmp_path: Path) -> None:
    secret = "sesame-0123456789"
    found = problems(
        tmp_path,
        master_keys=f"1:{secret}",
        database_url=f"mysql://causeway:{secret}@db/causeway",
        redis_url=f"redis//:{secret}@redis",
        public_url=f"https://me:{secret}@example.com",
        smtp_password=secret,
        bandwidth_password=secret,
    )
    assert len(found) >= 6
    assert secret not in "\n".join(found)


def test_settings_show_no_secret_when_printed(tmp_path: Path) -> None:
    settings = Settings.from_environment(
        {
            "CAUSEWAY_DATA_DIR": str(tmp_path),
            "CAUSEWAY_DATABASE_URL": "postgres://causeway:sesame-db@db/causeway",
            "CAUSEWAY_REDIS_URL": "redis://:sesame-redis@redis",
            "CAUSEWAY_MASTER_KEYS": f"1:{KEY}",
            "CAUSEWAY_SMTP_USER": "line",
            "CAUSEWAY_SMTP_PASSWORD": "sesame-mail",
            **SMTP,
            **BANDWIDTH,
        }
    )
    assert "sesame" not in repr(settings)
    assert repr(bytes(range(32))) not in repr(settings)


def test_an_embedded_server_makes_its_key_file_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    place = tmp_path / "new" / "var"
    first = Settings.from_environment({"CAUSEWAY_DATA_DIR": str(place)})
    assert (place / "master.keys").stat().st_mode & 0o777 == 0o600
    assert place.stat().st_mode & 0o777 == 0o700
    assert [len(key) for key in first.master_keys.values()] == [32]
    assert Settings.from_environment({"CAUSEWAY_DATA_DIR": str(place)}).master_keys == first.master_keys
    assert [path.name for path in place.iterdir()] == ["master.keys"]


def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    Settings.from_environment({"CAUSEWAY_DATA_DIR": str(tmp_path)})
    (tmp_path / "master.keys").chmod(0o644)
    assert "chmod 600" in "\n".join(problems(tmp_path))


def test_a_broken_key_file_is_refused_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "master.keys"
    path.write_text("1:half")
    path.chmod(0o600)
    assert "key file cannot be used" in "\n".join(problems(tmp_path))
    assert path.read_text() == "1:half"


def test_servers_that_share_a_database_must_be_given_their_keys(tmp_path: Path) -> None:
    (told,) = problems(tmp_path, database_url="postgres://db/causeway")
    assert told.startswith("CAUSEWAY_MASTER_KEYS is missing")
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_while_a_setting_is_wrong(tmp_path: Path) -> None:
    problems(tmp_path, workers="perhaps")
    assert list(tmp_path.iterdir()) == []


def test_a_data_directory_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(SettingsError, match="DATA_DIR"):
        Settings.from_environment({"CAUSEWAY_DATA_DIR": str(tmp_path / "taken")})


def test_the_table_in_the_operations_guide_names_every_setting_with_its_default() -> None:
    guide = Path("docs/operations.md").read_text()
    rows: list[tuple[str, str]] = re.findall(r"^\| `(CAUSEWAY_\w+)` \| (.*?) \|", guide, re.MULTILINE)
    # A default in code marks is the value itself; one in words stands for an empty variable.
    documented = {name: cell.strip("`") if cell.startswith("`") else "" for name, cell in rows}
    assert documented == defaults()
