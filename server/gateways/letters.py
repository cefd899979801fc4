"""The letters that Causeway writes, as plain text and as HTML, from the templates beside this module.

Every value is data: HTML is escaped by default, a missing value is an error, and nothing that a firm or a
client typed is ever read as a template.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

_TEMPLATES: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(enabled_extensions=("html",), default_for_string=True),
    undefined=StrictUndefined,
    keep_trailing_newline=True,
)


class Letter(NamedTuple):
    """What a mail says; the subject never carries more than the firm's name (rule E7)."""

    subject: str
    text: str
    html: str


def sign_in_letter(
    firm_name: str, link: str, code: str, link_valid: str = "one hour", code_valid: str = "10 minutes"
) -> Letter:
    """Write the mail that lets a client in: a link with its token in the fragment, and a code of 8 digits."""
    values = {
        "firm_name": firm_name,
        "link": link,
        "code": code,
        "link_valid": link_valid,
        "code_valid": code_valid,
    }
    return _letter(f"Sign in to {firm_name}", "sign_in", values)


def address_changed_letter(firm_name: str, old: str, new: str) -> Letter:
    """Tell both addresses that another one signs in (A3); either may be empty, for none."""
    values = {"firm_name": firm_name, "old": old, "new": new}
    return _letter(f"Your sign-in address at {firm_name} has changed", "address_changed", values)


def _letter(subject: str, template: str, values: dict[str, str]) -> Letter:
    text = _TEMPLATES.get_template(f"{template}.txt").render(values)
    html = _TEMPLATES.get_template(f"{template}.html").render(values)
    return Letter(subject, text, html)
