"""Reads settings from environment variables and remembers every problem, so that all are told at once."""

from __future__ import annotations

import difflib
import ipaddress
from collections.abc import Mapping
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit

Choice = TypeVar("Choice", bound=str)
Default = TypeVar("Default", str, None)

PREFIX = "CAUSEWAY_"
ON = frozenset({"on", "true", "yes", "1"})
OFF = frozenset({"off", "false", "no", "0"})


class Environment:
    """The variables of one start, and what is wrong with them.

    A wrong value is noted and its default returned, so that reading goes on to the next problem. Values
    of secrets and addresses that may carry a password are never repeated in a problem's text.
    """

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self.defaults: dict[str, str] = {}
        self.problems: list[str] = []

    def problem(self, name: str, sentence: str) -> None:
        """Notes what is wrong with a setting and what to do about it."""
        self.problems.append(f"{PREFIX}{name} {sentence}")

    def text(self, name: str, default: Default) -> str | Default:
        """A line of text; an empty variable counts as absent."""
        self.defaults[PREFIX + name] = default or ""
        value = self._variables.get(PREFIX + name, "").strip()
        if not value.isprintable():
            self.problem(name, "holds control characters: write it on one line, without them.")
            return default
        return value or default

    def secret(self, name: str) -> str | None:
        """Text that keeps its spaces, because a password may begin or end with one."""
        self.defaults[PREFIX + name] = ""
        return self._variables.get(PREFIX + name) or None

    def number(self, name: str, default: int, low: int, high: int) -> int:
        """A whole number from low to high, both allowed."""
        text = self.text(name, str(default))
        if text.isascii() and text.isdigit() and low <= int(text) <= high:
            return int(text)
        self.problem(name, f"is {text!r}: give a whole number from {low} to {high}.")
        return default

    def choice(self, name: str, default: Choice, choices: tuple[Choice, ...]) -> Choice:
        """One word of a closed set, in any case."""
        text = self.text(name, default).lower()
        for word in choices:
            if text == word:
                return word
        self.problem(name, f"is {text!r}: choose one of {', '.join(choices)}.")
        return default

    def flag(self, name: str, default: bool) -> bool:
        """On or off."""
        text = self.text(name, "on" if default else "off").lower()
        if text not in ON | OFF:
            self.problem(name, f"is {text!r}: give on or off.")
        return text in ON

    def url(self, name: str, default: Default, schemes: tuple[str, ...]) -> str | Default:
        """An address with one of the schemes, without a slash at its end."""
        text = self.text(name, default)
        if text is None:
            return None
        if not _is_url(text, schemes):
            forms = " or ".join(f"{scheme}://" for scheme in schemes)
            self.problem(name, f"is not an address: begin it with {forms} and name the host.")
            return default
        return text.rstrip("/")

    def networks(self, name: str) -> tuple[str, ...]:
        """Addresses or networks (CIDR), separated by commas."""
        words = [word.strip() for word in self.text(name, "").split(",")]
        networks = tuple(word for word in words if word)
        for network in networks:
            if not _is_network(network):
                self.problem(name, f"holds {network!r}: give IP addresses or networks such as 10.0.0.0/8.")
        return networks

    def together(self, *names: str) -> bool:
        """Whether these settings, which make sense only together, are there; a part of them is a problem."""
        missing = [name for name in names if not self._variables.get(PREFIX + name)]
        if missing and len(missing) < len(names):
            given = next(name for name in names if name not in missing)
            for name in missing:
                self.problem(name, f"is missing: {PREFIX}{given} needs it.")
        return not missing

    def refuse_unknown(self) -> None:
        """Names every variable of ours that nobody asked for: a misspelt setting must not pass unseen."""
        for variable in sorted(self._variables):
            if variable.startswith(PREFIX) and variable not in self.defaults:
                near = difflib.get_close_matches(variable, self.defaults, n=1)
                advice = f"did you mean {near[0]}?" if near else "take it away."
                self.problem(variable.removeprefix(PREFIX), f"is not a setting: {advice}")


def _is_url(text: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in schemes and _names_a_place(parts)
    except ValueError:
        return False


def _names_a_place(parts: SplitResult) -> bool:
    """Whether there is a host with a possible port; a file or a socket has a path instead."""
    if parts.scheme in {"sqlite", "unix"}:
        return parts.path.startswith("/") and not parts.netloc
    return bool(parts.hostname) and parts.port != 0


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True
