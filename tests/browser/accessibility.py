"""What axe finds wrong with a page, in the light and in the dark theme."""

from __future__ import annotations

from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def violations(page: Page) -> list[str]:
    """Every violation on the page as it stands, each with its theme, its rule and where it is."""
    found: list[str] = []
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        response: dict[str, Any] = Axe().run(page).response
        found += [
            f"{theme}: {violation['id']} at {', '.join(str(node['target']) for node in violation['nodes'])}"
            for violation in response["violations"]
        ]
    return found
