"""Emails to be sent: written in the transaction that wants them, so they exist if and only if it commits."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from server.transaction import Transaction
from storage.keys import new_id
from storage.models import Mail


async def post(change: Transaction, address: str, template: str, content: Mapping[str, str]) -> Mail:
    """Leave an email for the worker: ``template`` is a letter's name, ``content`` what it is filled with.

    Its Message-ID is made of its key, so that every try carries the same one.
    """
    mail = await Mail.create(
        id=new_id(),
        firm_id=change.firm,
        address=address,
        template=template,
        content=msgspec.json.encode(content).decode(),
        created_at=change.now,
    )
    await change.later("email", mail.id)
    return mail
