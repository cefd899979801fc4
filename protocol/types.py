"""The small vocabulary that every structure on the wire is written in.

Each alias carries its own bounds, so a decoded value has already been checked. Control characters are
refused for the whole frame by :mod:`protocol.codec`, not here.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

MAX_MESSAGE_CHARACTERS = 16_000
MAX_TEXT_CHARACTERS = 2_048
MAX_UPLOAD_BYTES = 104_857_600
MAX_EXACT_INTEGER = 2**53 - 1
MAX_FEED_NUMBER = 2**31 - 1  # a greater one would be no answer, but a fault in the store, which holds 32 bits

# A lone $ would also match before a last line feed, and "id\n" is no id.
_END = r"$(?!\n)"
_UUID = rf"^[0-9a-f]{{8}}-[0-9a-f]{{4}}-[0-9a-f]{{4}}-[0-9a-f]{{4}}-[0-9a-f]{{12}}{_END}"
# Names go into headers of mail and downloads, where a line break would begin another header.
_ONE_LINE = rf"^[^\t\n\r\u2028\u2029]*{_END}"
_NOT_BLANK = rf"^[^\t\n\r\u2028\u2029]*[^\s][^\t\n\r\u2028\u2029]*{_END}"

MADE_BY_CLIENT = rf"^[A-Za-z0-9_-]{{8,64}}{_END}"

PATTERN_MEANINGS = {
    _UUID: "an id: a UUID in lower case, with hyphens",
    _ONE_LINE: "a single line",
    _NOT_BLANK: "a single line, not blank",
    MADE_BY_CLIENT: "8 to 64 letters, digits, - or _",
}

Id = Annotated[str, Meta(pattern=_UUID, description="UUID in lower case, with hyphens")]
Key = Annotated[str, Meta(pattern=MADE_BY_CLIENT, description="made by the client, the same in every repeat")]
Millis = Annotated[int, Meta(ge=0, le=MAX_EXACT_INTEGER, description="milliseconds since 1970, UTC")]
Count = Annotated[int, Meta(ge=0, le=MAX_EXACT_INTEGER)]
Number = Annotated[int, Meta(ge=1, le=MAX_FEED_NUMBER, description="place in a feed, from 1, dense")]
Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=_NOT_BLANK)]
Line = Annotated[str, Meta(max_length=200, pattern=_ONE_LINE)]
FileName = Annotated[str, Meta(min_length=1, max_length=255, pattern=_ONE_LINE)]
MessageText = Annotated[str, Meta(max_length=MAX_MESSAGE_CHARACTERS)]
SmsText = Annotated[str, Meta(min_length=1, max_length=MAX_TEXT_CHARACTERS)]
EmailAddress = Annotated[str, Meta(min_length=3, max_length=254, pattern=_ONE_LINE)]
PhoneNumber = Annotated[str, Meta(min_length=3, max_length=40, pattern=_ONE_LINE)]
Cursor = Annotated[str, Meta(max_length=64, description="opaque: a place in one log")]

Role = Literal["member", "admin", "client"]
Side = Literal["firm", "client"]


class Arguments(Struct, frozen=True, forbid_unknown_fields=True):
    """What a command or query takes. Servers refuse arguments they do not know."""


class Shape(Struct, frozen=True, omit_defaults=True):
    """What the server tells. Servers only add fields; clients ignore what they do not know."""
