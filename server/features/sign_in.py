"""Ways in: a firm user's password, a client's emailed link with its code (rules A3, A5, N3).

Whoever asks learns nothing about who has an account: known and unknown addresses cost the same work and get
the same answer. Looking at a link changes nothing, since mail scanners do; using it takes a second proof,
which a scanner does not have, and works once.
"""

from __future__ import annotations

import asyncio
import hmac
from dataclasses import dataclass
from uuid import UUID

from protocol.errors import Refused
from protocol.types import Side
from server import attempts, sessions, tokens
from server.access import Person
from server.passwords import Busy, Passwords
from server.records import mail
from server.transaction import Doorbell, Transaction, transaction
from storage.database import Database
from storage.keys import derived_id, new_id
from storage.models import Contact, Firm, Mail, OutboxItem, Session, SignInLink, User

LINK_LIFE_MS = 3_600_000
CODE_LIFE_MS = 600_000
CODE_TRIES = 5
_LINKS_LOOKED_AT = 3

_WRONG_PASSWORD = "The address or the password is not right."
_WRONG_LINK = "This link or code is wrong, was used already, or has expired. Ask for a new one."


@dataclass(frozen=True, slots=True)
class Browser:
    """Where somebody signs in from: the network that tries are counted for, and what it calls itself."""

    network: str
    device: str


@dataclass(frozen=True, slots=True)
class Proofs:
    """What a client shows: the link's token, its code, the secret of the browser that asked for it."""

    token: str | None
    code: str | None
    nonce: str | None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that has just begun. ``token`` goes into the browser's cookie and is kept nowhere."""

    person: Person
    token: str
    expires_at: int
    remembered: bool


async def by_password(
    database: Database,
    bell: Doorbell,
    passwords: Passwords,
    email: str,
    password: str,
    browser: Browser,
    now: int,
) -> SignedIn:
    """Sign a firm user in.

    Raises:
        Refused: ``bad_credentials``, ``too_many``.
    """
    address = email.strip().lower()
    hold_ms = await attempts.begin(database, address, browser.network, now)
    await asyncio.sleep(hold_ms / 1_000)
    async with database.snapshot():
        user = await User.get_or_none(email=address)
    try:
        known = await passwords.matches(user.password_hash if user else None, password)
    except Busy:
        raise Refused("too_many", retry_after_ms=1_000) from None
    if user is None or not known:
        raise Refused("bad_credentials", _WRONG_PASSWORD)
    async with transaction(database, bell, firm=user.firm_id, actor=user.id, now=now) as change:
        # The row is read again: somebody may have been disabled, or given a new password, meanwhile.
        current = await User.filter(id=user.id).select_for_update().get()
        if not current.active or current.password_hash != user.password_hash:
            raise Refused("bad_credentials", _WRONG_PASSWORD)
        await attempts.succeeded(database, address, browser.network, now)
        return await _begin(change, user.id, "firm", browser, remember=False)


async def send_link(
    database: Database, bell: Doorbell, *, firm: Firm, email: str, nonce: str, public_url: str, now: int
) -> None:
    """Email a way in to the one contact of a firm who signs in with this address, if there is one.

    Where there is none, or too many were asked for, the same rows are written and nothing is sent.
    """
    address = email.strip().lower()
    token, code = tokens.new_token("link"), tokens.new_code()
    link_id = new_id()
    async with transaction(database, bell, firm=firm.id, actor=firm.id, now=now) as change:
        contact = await Contact.filter(firm_id=firm.id, sign_in_email=address).first()
        allowed = await attempts.may_send_link(database, firm.id, address, now)
        await SignInLink.create(
            id=link_id,
            firm_id=firm.id,
            contact_id=contact.id if contact else link_id,
            address=address,
            token_hash=await tokens.digest(database, "sign-in link", token),
            code_hash=await tokens.digest(database, "sign-in code", str(link_id), code),
            nonce_hash=await tokens.digest(database, "sign-in browser", nonce),
            created_at=now,
            expires_at=now + LINK_LIFE_MS,
        )
        link = f"{public_url}/portal/{firm.slug}/sign-in#{token}"
        letter = await mail.post(change, address, "sign_in", {"link": link, "code": code})
        await _release(letter, really=contact is not None and allowed)


async def redeem(
    database: Database,
    bell: Doorbell,
    *,
    firm: Firm,
    proofs: Proofs,
    remember: bool,
    browser: Browser,
    now: int,
) -> SignedIn:
    """Sign a client in by two proofs out of the three.

    Raises:
        Refused: ``code_needed``, ``bad_credentials``.
    """
    asked_by = await tokens.digest(database, "sign-in browser", proofs.nonce or "")
    async with transaction(database, bell, firm=firm.id, actor=firm.id, now=now) as change:
        links = await _links(database, firm, proofs.token, asked_by, now)
        link = await _proven(change, links, proofs, asked_by)
        if link is not None and await _use(change, link):
            return await _begin(change, link.contact_id, "client", browser, remember=remember)
    # The transaction has committed: a wrong code was counted.
    if links and proofs.token is not None and proofs.code is None:
        raise Refused("code_needed")
    raise Refused("bad_credentials", _WRONG_LINK)


async def sign_out(database: Database, bell: Doorbell, who: Person, now: int) -> None:
    """End the session that somebody is here by."""
    async with transaction(database, bell, firm=who.firm, actor=who.id, now=now) as change:
        session = await Session.get_or_none(id=who.session)
        if session is not None:
            await sessions.end_session(change, session)


async def _begin(
    change: Transaction, person: UUID, side: Side, browser: Browser, *, remember: bool
) -> SignedIn:
    session, token = await sessions.open_session(change, person, side, browser.device, remembered=remember)
    role = (await User.get(id=person)).role if side == "firm" else "client"
    who = Person(person, change.firm, role, session.id)  # type: ignore[arg-type]
    return SignedIn(who, token, session.expires_at, remember)


async def _release(letter: Mail, *, really: bool) -> None:
    """Let a letter go, or keep it back at the same cost."""
    letter.state = "queued" if really else "decoy"
    await letter.save(update_fields=["state"])
    await OutboxItem.filter(id=derived_id("email", letter.id)).update(state="due" if really else "done")


async def _links(
    database: Database, firm: Firm, token: str | None, asked_by: str, now: int
) -> list[SignInLink]:
    """The link that a token belongs to, or else those that this browser asked for."""
    usable = SignInLink.filter(firm_id=firm.id, used_at=None, expires_at__gt=now)
    if token is not None:
        return await usable.filter(token_hash=await tokens.digest(database, "sign-in link", token))
    return await usable.filter(nonce_hash=asked_by).order_by("-created_at").limit(_LINKS_LOOKED_AT)


async def _proven(
    change: Transaction, links: list[SignInLink], proofs: Proofs, asked_by: str
) -> SignInLink | None:
    """The link for which a second proof was given besides the one that it was found by."""
    for link in links:
        if proofs.token is not None and hmac.compare_digest(link.nonce_hash, asked_by):
            return link
        if proofs.code is not None and await _code_matches(change, link, proofs.code):
            return link
    return None


async def _code_matches(change: Transaction, link: SignInLink, code: str) -> bool:
    """Count a try, and only then compare: tries at the same time wait for each other at the row."""
    counted = await change.database.execute(
        "UPDATE sign_in_link SET tries = tries + 1"
        " WHERE id = $1 AND used_at IS NULL AND tries < $2 AND created_at > $3",
        [link.id, CODE_TRIES, change.now - CODE_LIFE_MS],
    )
    given = await tokens.digest(change.database, "sign-in code", str(link.id), code)
    return counted == 1 and hmac.compare_digest(link.code_hash, given)


async def _use(change: Transaction, link: SignInLink) -> bool:
    """Use a link up, if nobody did before and its address still is the one that signs in (A3)."""
    # Locked, so that a change of the address finds the session that this begins, or comes before it.
    contact = await (
        Contact.filter(id=link.contact_id, firm_id=link.firm_id, sign_in_email=link.address)
        .select_for_update()
        .first()
    )
    if contact is None:
        return False
    used = await change.database.execute(
        "UPDATE sign_in_link SET used_at = $1 WHERE id = $2 AND used_at IS NULL", [change.now, link.id]
    )
    return used == 1
