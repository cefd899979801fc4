"""What the transactions of both engines share: how they become current, and how they stop being usable."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tortoise.backends.base.client import TransactionalDBClient
from tortoise.connection import get_connections
from tortoise.context import TortoiseContext, _current_context
from tortoise.exceptions import TransactionManagementError


@contextmanager
def models_of(context: TortoiseContext) -> Iterator[None]:
    """Bind the models to this context for this task. Entering the context itself would not nest."""
    token = _current_context.set(context)
    try:
        yield
    finally:
        _current_context.reset(token)


@contextmanager
def current(client: TransactionalDBClient) -> Iterator[None]:
    """Make models and statements of this task use `client`, until the end of this scope and never after."""
    token = get_connections().set(client.connection_name, client)
    try:
        yield
    finally:
        client._finalized = True
        get_connections().reset(token)


def refuse_if_finished(client: TransactionalDBClient) -> None:
    """Raise TransactionManagementError for a task that outlived the transaction it was started in."""
    if client._finalized:
        raise TransactionManagementError(
            "this transaction has ended: a task that was started inside it must not outlive it"
        )
