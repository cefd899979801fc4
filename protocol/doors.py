"""The addresses over HTTP that are neither a command's nor a query's: signing in, files, and health."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from protocol.entities import Document
from protocol.sign_in import LinkRequest, PasswordSignIn, Redemption, SignedIn
from protocol.types import Arguments, FileName, Id, Key, Shape

Credential = Literal["none", "any", "for_changes"]


@dataclass(frozen=True, slots=True)
class Door:
    """One address. ``takes_file`` and ``gives_file`` say that a body is the file itself, streamed."""

    name: str
    method: str
    path: str
    meaning: str
    credential: Credential
    refusals: tuple[str, ...] = ()
    args: type[Arguments] | None = None
    result: type[Shape] | None = None
    status: int = 200
    in_path: dict[str, Any] = field(default_factory=dict)
    in_query: dict[str, Any] = field(default_factory=dict)
    takes_file: bool = False
    gives_file: bool = False


DOORS = (
    Door(
        "session.get",
        "get",
        "/api/session",
        "Tells who is signed in, until when, and the token for changes; to others, only the firm's name.",
        "any",
        ("not_signed_in",),
        result=SignedIn,
    ),
    Door(
        "sign_in.password",
        "post",
        "/api/sign-in/password",
        "Signs a firm user in and sets the session's cookie.",
        "none",
        ("csrf", "invalid", "bad_credentials", "too_many"),
        PasswordSignIn,
        SignedIn,
    ),
    Door(
        "sign_in.link",
        "post",
        "/api/sign-in/link",
        "Sends a client a link and a code. The answer is the same for an address that nobody has.",
        "none",
        ("csrf", "invalid", "too_many"),
        LinkRequest,
        status=202,
    ),
    Door(
        "sign_in.redeem",
        "post",
        "/api/sign-in/redeem",
        "Signs a client in by link or code and sets the session's cookie.",
        "none",
        ("csrf", "invalid", "code_needed", "bad_credentials", "too_many"),
        Redemption,
        SignedIn,
    ),
    Door(
        "sign_out", "post", "/api/sign-out", "Ends the session; twice is no fault.", "for_changes", ("csrf",)
    ),
    Door(
        "document.upload",
        "put",
        "/api/portals/{portal}/documents/{key}",
        "Uploads one file to a matter. `message.send` or `share.add` then shows it in the portal; repeating "
        "the same key answers the same document.",
        "for_changes",
        (
            "not_signed_in",
            "csrf",
            "invalid",
            "not_found",
            "key_reused",
            "too_large",
            "too_many",
            "unavailable",
        ),
        result=Document,
        in_path={"portal": Id, "key": Key},
        in_query={"name": FileName},
        takes_file=True,
    ),
    Door(
        "document.download",
        "get",
        "/api/documents/{document}/content",
        "Gives a document's content, always as an attachment, whole or one range of it. A participant's "
        "first download is told as `document.opened`; one under way is cut when the right to it ends.",
        "any",
        ("not_signed_in", "not_found"),
        in_path={"document": Id},
        gives_file=True,
    ),
    Door("alive", "get", "/healthz", "Whether the process lives.", "none"),
    Door("ready", "get", "/readyz", "Whether it can serve: the store answers.", "none", ("unavailable",)),
)
