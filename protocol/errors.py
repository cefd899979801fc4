"""Every way in which Causeway says no: refusal codes (the connection lives) and close codes (it ends).

The tables are the documentation: ``docs/protocol.md`` is generated from them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refusal code, what it means, and whether the same command may succeed later."""

    code: str
    meaning: str
    http_status: int
    temporary: bool = False


_REFUSALS = (
    Refusal("invalid", "The request does not fit its description; the message says which part and how.", 400),
    Refusal("unknown_command", "No command or query has this name in this version.", 404),
    Refusal("not_signed_in", "Sign in first.", 401),
    Refusal("bad_credentials", "The address, password, link or code is wrong, used or expired.", 401),
    Refusal("code_needed", "This browser did not ask for the link: type the code from the same email.", 401),
    Refusal("fresh_sign_in", "This needs a sign-in of the last ten minutes.", 403),
    Refusal("csrf", "The request did not come from a page of this server.", 403),
    Refusal("forbidden", "Your role does not allow this.", 403),
    Refusal("not_found", "There is no such thing, or not for you.", 404),
    Refusal("conflict", "The thing has changed, or is already so; the message says how.", 409),
    Refusal("key_reused", "This key was used before with another body.", 409),
    Refusal("out_of_order", "A later command of this device has already taken effect.", 409, temporary=True),
    Refusal("empty", "A message needs text or an attachment.", 400),
    Refusal("too_large", "The content is larger than the limit.", 413),
    Refusal("last_firm_participant", "A portal keeps at least one person of the firm.", 409),
    Refusal("no_texting_phone", "The contact has no phone chosen for texting.", 409),
    Refusal("opted_out", "The contact has opted out of texts.", 409),
    Refusal("texting_off", "The firm has no texting number yet.", 409),
    Refusal("too_many", "Too many requests; wait and send it again.", 429, temporary=True),
    Refusal("unavailable", "The store is away for the moment; nothing was lost.", 503, temporary=True),
    Refusal("internal", "A fault on our side; the message has its reference.", 500, temporary=True),
)

REFUSALS: dict[str, Refusal] = {refusal.code: refusal for refusal in _REFUSALS}


class Refused(Exception):
    """A command or query is refused: ``code`` from the table, and a sentence that says what to do."""

    def __init__(self, code: str, message: str | None = None, retry_after_ms: int | None = None) -> None:
        self.refusal = REFUSALS[code]
        self.message = message or self.refusal.meaning
        self.retry_after_ms = retry_after_ms
        super().__init__(f"{code}: {self.message}")

    @property
    def code(self) -> str:
        """The refusal's code, for programs."""
        return self.refusal.code


@dataclass(frozen=True, slots=True)
class Close:
    """One close code: what it means and how long to wait before coming back, in milliseconds."""

    code: int
    name: str
    meaning: str
    retry_ms: tuple[int, int] = (0, 1_000)


_CLOSES = (
    Close(4000, "internal", "A fault on our side. Keep the cursor and resume."),
    Close(4001, "draining", "This node is shutting down. Resume on another.", (0, 5_000)),
    Close(4002, "heartbeat", "Nothing was heard for 60 seconds."),
    Close(4003, "slow", "The connection could not keep up. Resume where you were."),
    Close(4004, "rate", "Too many commands.", (2_000, 10_000)),
    Close(4005, "store_away", "The store is away for the moment.", (1_000, 10_000)),
    Close(4100, "expired", "The session ended by time. Sign in, then resume."),
    Close(4101, "bad_ticket", "The token is unknown, used or belongs to another session."),
    Close(4102, "rights_changed", "Your role changed. Connect again."),
    Close(4200, "start_over", "The cursor cannot be followed. Fetch a snapshot."),
    Close(4300, "malformed", "A frame was not understood, or not allowed at this moment."),
    Close(4301, "too_large", "A frame was larger than 64 KiB."),
    Close(4302, "wrong_encoding", "Text and binary frames belong to different subprotocols."),
    Close(4303, "version", "This server does not speak the subprotocol asked for."),
    Close(4304, "no_hello", "Nothing was said for 10 seconds after opening."),
    Close(4400, "forbidden", "This page or program may not connect."),
    Close(4401, "session_revoked", "The session was ended. Sign in again."),
    Close(4402, "suspended", "The account is not active."),
    Close(4403, "too_many_sockets", "A newer connection of the same person took this place."),
    Close(4409, "taken_over", "Another instance of the bridge took the lease."),
)

CLOSES: dict[str, Close] = {close.name: close for close in _CLOSES}


@dataclass(frozen=True, slots=True)
class CloseFamily:
    """What a client does after any close code with these first two digits, even one that it does not know."""

    digits: int
    name: str
    meaning: str


_CLOSE_FAMILIES = (
    CloseFamily(40, "resume", "Keep the cursor; resume after a random wait."),
    CloseFamily(41, "new_credential", "Get a new credential, then resume."),
    CloseFamily(42, "start_over", "Drop the cursor; take a snapshot."),
    CloseFamily(43, "upgrade", "Stop; this client needs mending or upgrading."),
    CloseFamily(44, "stop", "Stop; the person must act."),
)

CLOSE_FAMILIES: dict[int, CloseFamily] = {family.digits: family for family in _CLOSE_FAMILIES}


class ProtocolViolation(Exception):
    """The far side broke the protocol: the connection closes with this code."""

    def __init__(self, name: str, detail: str = "") -> None:
        self.close = CLOSES[name]
        self.detail = detail
        super().__init__(f"{name}: {detail}" if detail else name)
