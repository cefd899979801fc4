"""Telephone numbers: checked when they are typed, stored as E.164.

Source: the numbering plans as shipped in ``phonenumbers``.
"""

from __future__ import annotations

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType

from protocol.errors import Refused

# The United States, Canada, and the territories that share their texting rules.
TEXTING_REGIONS = frozenset({"US", "CA", "PR", "VI", "GU", "AS", "MP"})
_REFUSED_TYPES = frozenset(
    {PhoneNumberType.PREMIUM_RATE, PhoneNumberType.TOLL_FREE, PhoneNumberType.SHARED_COST}
)


def stored_number(typed: str) -> str:
    """A number as it is stored, from what was typed; without a country code it is taken as North American.

    Raises:
        Refused: ``invalid``.
    """
    return phonenumbers.format_number(_parse(typed), PhoneNumberFormat.E164)


def check_texting_number(stored: str) -> None:
    """Check that texts can be sent to a number (T1).

    Raises:
        Refused: ``invalid``.
    """
    number = _parse(stored)
    if phonenumbers.region_code_for_number(number) not in TEXTING_REGIONS:
        raise Refused(
            "invalid", f"{shown_number(stored)} is not a North American number; texts go only to those."
        )
    if phonenumbers.number_type(number) in _REFUSED_TYPES:
        raise Refused(
            "invalid", f"{shown_number(stored)} is a toll-free or premium number; it cannot be texted."
        )


def shown_number(stored: str) -> str:
    """A stored number as people at home read it."""
    number = phonenumbers.parse(stored)
    national = number.country_code == 1
    return phonenumbers.format_number(
        number, PhoneNumberFormat.NATIONAL if national else PhoneNumberFormat.INTERNATIONAL
    )


def _parse(typed: str) -> PhoneNumber:
    try:
        number = phonenumbers.parse(typed, "US")
    except NumberParseException:
        raise Refused("invalid", f"“{typed}” is not a telephone number.") from None
    if not phonenumbers.is_valid_number(number):
        raise Refused("invalid", f"“{typed}” is not a telephone number that is in use. Check the digits.")
    if number.extension:
        raise Refused("invalid", f"“{typed}” has an extension; give the number without it.")
    return number
