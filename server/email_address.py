"""The one form of email address that is accepted anywhere: a plain ``addr-spec`` and nothing around it.

Mail libraries are generous: ``a@b.example, c@d.example`` in a To header silently makes two recipients, and a
line end in an address is silently cut. So every address is checked against this form before it is stored and
again before it is used. Quoted local parts, comments and domain literals are legal and refused: no client has
one, and every one seen is an attack.

Source: RFC 5321 sections 4.1.2 and 4.5.3.1 (sizes), RFC 5322 section 3.4.1.
"""

from __future__ import annotations

import re
from typing import Final

MAX_ADDRESS_CHARACTERS: Final = 254
MAX_LOCAL_CHARACTERS: Final = 64

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_LAST_LABEL = r"[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])"
_ADDRESS = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@(?:{_LABEL}\.)+{_LAST_LABEL}")


def is_email_address(text: str) -> bool:
    """Tell whether a text is exactly one deliverable address, in ASCII, with a dot in its domain."""
    if len(text) > MAX_ADDRESS_CHARACTERS:
        return False
    match = _ADDRESS.fullmatch(text)
    return match is not None and len(match[1]) <= MAX_LOCAL_CHARACTERS
