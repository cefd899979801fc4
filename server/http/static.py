"""The web client: its two pages and their files, read once when the server starts.

Only what was found then can be asked for, by its exact name, so no path leads anywhere else.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from protocol.errors import Refused

FIRM_PAGE = "/index.html"
CLIENT_PAGE = "/portal.html"

_FOREVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"
_HASHED = "/assets/"
_NOT_PAGES = {"api", "assets", "hooks", "ws"}
_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
_PACKED_ALREADY = {".png", ".woff2", ".ico"}
_NOT_BUILT = """The web client has not been built yet.

Run `make demo` (or `python tools/web_client.py build`), then start the server again.
The server itself is running: see /healthz, and its API under /api.
"""


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file in memory, plain and packed."""

    content: bytes
    packed: bytes | None
    headers: dict[str, str]


def read_static_files(directory: Path) -> dict[str, StaticFile]:
    """All files of the built web client, by the path that asks for them."""
    found = sorted(path for path in directory.rglob("*") if path.suffix in _MEDIA_TYPES and path.is_file())
    return {f"/{path.relative_to(directory).as_posix()}": _read(path, directory) for path in found}


class Pages:
    """Answers for the web client. A page's own paths all lead to the page, which reads the rest itself."""

    def __init__(self, directory: Path) -> None:
        self._files = read_static_files(directory)

    async def __call__(self, request: Request) -> Response:
        """Give a file by its name, else the page that the path belongs to.

        Raises:
            Refused: ``not_found``.
        """
        path = request.url.path
        file = self._files.get(path) or self._page(path)
        return _answer(request, file) if file else Response(_NOT_BUILT, 503, media_type="text/plain")

    def _page(self, path: str) -> StaticFile | None:
        first, _, _ = path.lstrip("/").partition("/")
        last = path.rpartition("/")[2]
        if first in _NOT_PAGES or "." in last:
            raise Refused("not_found", "There is nothing at this address.")
        return self._files.get(CLIENT_PAGE if first == "portal" else FIRM_PAGE)


def page_routes(directory: Path) -> list[Route]:
    """The pages; last among all routes, since they take every path that is left."""
    pages = Pages(directory)

    async def page(request: Request) -> Response:
        return await pages(request)

    return [Route("/{path:path}", page, methods=["GET"])]


def _read(path: Path, directory: Path) -> StaticFile:
    content = path.read_bytes()
    hashed = f"/{path.relative_to(directory).as_posix()}".startswith(_HASHED)
    headers = {
        "content-type": _MEDIA_TYPES[path.suffix],
        "cache-control": _FOREVER if hashed else _ASK_AGAIN,
        "etag": f'"{hashlib.sha256(content).hexdigest()[:32]}"',
        "vary": "accept-encoding",
    }
    packed = None if path.suffix in _PACKED_ALREADY else gzip.compress(content, mtime=0)
    return StaticFile(content, packed, headers)


def _answer(request: Request, file: StaticFile) -> Response:
    if request.headers.get("if-none-match") == file.headers["etag"]:
        return Response(status_code=304, headers=file.headers)
    if file.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(file.packed, headers=file.headers | {"content-encoding": "gzip"})
    return Response(file.content, headers=file.headers)
