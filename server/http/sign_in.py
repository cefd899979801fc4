"""Signing in and out, and asking who is signed in."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from protocol import sign_in as shapes
from protocol.errors import Refused
from server import sessions, tokens
from server.access import Person
from server.email_address import is_email_address
from server.features import sign_in
from server.features.sign_in import Browser, Proofs
from server.http import cookies, credentials
from server.http.answers import answer, problem
from server.http.bodies import args_of, json_of
from server.http.device_names import device_name
from server.http.parts import Parts, parts_of
from server.http.security import require_csrf_token, require_our_page
from server.limits import network_of
from server.records import introductions
from storage.models import Firm


async def who_is_signed_in(request: Request) -> Response:
    """Tell the person, the firm and the CSRF token. It is no use of the session: pages ask by themselves."""
    found = await credentials.standing(request)
    if found is not None:
        return answer(await _introduction(parts_of(request), found.person, found.expires_at))
    firm = await _firm(parts_of(request), cookies.firm_named(request))
    more = {} if firm is None else {"firm": shapes.FirmName(name=firm.name, slug=firm.slug)}
    return problem(Refused("not_signed_in"), **more)


async def by_password(request: Request) -> Response:
    """Sign a firm user in.

    Raises:
        Refused: ``csrf``, ``bad_credentials``, ``too_many``.
    """
    require_our_page(request)
    parts, browser = parts_of(request), _browser(request)
    parts.limits.sign_in(browser.network, parts.clock())
    args = await args_of(request, shapes.PasswordSignIn)
    signed_in = await sign_in.by_password(
        parts.database, parts.bell, parts.passwords, args.email, args.password, browser, parts.clock()
    )
    return await _welcome(request, signed_in, None)


async def send_link(request: Request) -> Response:
    """Email a way in. The answer and the work are the same for an address that nobody has (N3).

    Raises:
        Refused: ``csrf``, ``invalid``, ``too_many``.
    """
    require_our_page(request)
    parts = parts_of(request)
    parts.limits.sign_in(_browser(request).network, parts.clock())
    args = await args_of(request, shapes.LinkRequest)
    if not is_email_address(args.email.strip()):
        raise Refused("invalid", "This is not an email address.")
    slug = cookies.checked_slug(args.firm)
    nonce = _nonce(request, slug)
    firm = await _firm(parts, slug)
    if firm is not None:
        await sign_in.send_link(
            parts.database,
            parts.bell,
            firm=firm,
            email=args.email,
            nonce=nonce,
            public_url=parts.public_url,
            now=parts.clock(),
        )
    response = answer({}, 202)
    cookies.set_asking_browser(request, response, slug, nonce)
    return response


async def redeem(request: Request) -> Response:
    """Sign a client in by an emailed link or code; nothing but this POST uses it up.

    Raises:
        Refused: ``csrf``, ``code_needed``, ``bad_credentials``, ``too_many``.
    """
    require_our_page(request)
    parts, browser = parts_of(request), _browser(request)
    parts.limits.sign_in(browser.network, parts.clock())
    args = await args_of(request, shapes.Redemption)
    slug = cookies.checked_slug(args.firm)
    firm = await _firm(parts, slug)
    if firm is None:
        raise Refused("bad_credentials")
    signed_in = await sign_in.redeem(
        parts.database,
        parts.bell,
        firm=firm,
        proofs=Proofs(args.token, _digits(args.code), cookies.asking_browser(request, slug)),
        remember=args.remember,
        browser=browser,
        now=parts.clock(),
    )
    return await _welcome(request, signed_in, slug)


async def sign_out(request: Request) -> Response:
    """End the session and take its cookie back; signing out twice is no fault.

    Raises:
        Refused: ``csrf``.
    """
    require_our_page(request)
    await json_of(request)
    parts = parts_of(request)
    found = await credentials.standing(request)
    if found is not None:
        await require_csrf_token(request, found.person)
        await sign_in.sign_out(parts.database, parts.bell, found.person, parts.clock())
    response = answer({})
    cookies.clear_session(request, response)
    return response


async def _welcome(request: Request, signed_in: sign_in.SignedIn, slug: str | None) -> Response:
    """Answer a sign-in with the new session, in place of the one that this cookie held before."""
    parts = parts_of(request)
    held = await sessions.find_session(parts.database, cookies.held_session(request, slug), parts.clock())
    if held is not None:
        await sign_in.sign_out(parts.database, parts.bell, held.person, parts.clock())
    response = answer(await _introduction(parts, signed_in.person, signed_in.expires_at))
    max_age_s = sessions.REMEMBERED_LIFE_MS // 1_000 if signed_in.remembered else None
    cookies.set_session(request, response, slug, signed_in.token, max_age_s)
    return response


async def _introduction(parts: Parts, who: Person, expires_at: int) -> shapes.SignedIn:
    csrf = await sessions.csrf_token(parts.database, who.session)
    async with parts.database.snapshot(who.firm):
        return shapes.SignedIn(
            me=await introductions.me(who),
            firm=await introductions.firm_of(who),
            csrf=csrf,
            expires=expires_at,
        )


async def _firm(parts: Parts, slug: str | None) -> Firm | None:
    if slug is None:
        return None
    async with parts.database.snapshot():
        return await Firm.get_or_none(slug=slug)


def _nonce(request: Request, slug: str) -> str:
    """The browser's own secret; kept while it asks again, so that the first of two links works as well."""
    held = cookies.asking_browser(request, slug)
    return held if held is not None and tokens.is_token("browser", held) else tokens.new_token("browser")


def _digits(typed: str | None) -> str | None:
    """A code as it was sent, however it was grouped when it was typed."""
    return None if typed is None else "".join(filter(str.isdigit, typed))


def _browser(request: Request) -> Browser:
    address = request.client.host if request.client else "unknown"
    return Browser(network_of(address), device_name(request.headers.get("user-agent", "")))


ROUTES = [
    Route("/api/session", who_is_signed_in, methods=["GET"]),
    Route("/api/sign-in/password", by_password, methods=["POST"]),
    Route("/api/sign-in/link", send_link, methods=["POST"]),
    Route("/api/sign-in/redeem", redeem, methods=["POST"]),
    Route("/api/sign-out", sign_out, methods=["POST"]),
]
