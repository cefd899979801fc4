"""What can go wrong in the store, in words that its callers may act on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
from tortoise.exceptions import BaseORMException, DoesNotExist, IntegrityError, OperationalError

__all__ = ["Collision", "DoesNotExist", "IntegrityError", "StoreAway", "told_plainly"]


class StoreAway(Exception):
    """The database cannot be reached, is locked by another process or cannot write; try again later."""


class Collision(Exception):
    """Two transactions got in each other's way and this one was undone; run it again."""


_FROM_BELOW = (
    sqlite3.Error,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    BaseORMException,
)
_COLLISIONS = (
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
)
_AWAY = (
    asyncpg.PostgresConnectionError,
    asyncpg.InternalClientError,  # what asyncpg says between the server's farewell and the end of the stream
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
)
_SQLITE_AWAY = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
    }
)


@contextmanager
def told_plainly() -> Iterator[None]:
    """Raise what a driver said as one of this module's errors; let everything else pass."""
    try:
        yield
    except _FROM_BELOW as error:
        plain = _plainly(_driver_error(error))
        if plain is None:
            raise
        raise plain from error


def _driver_error(error: Exception) -> Exception:
    """Look behind Tortoise's wrapping, which keeps the driver's error as its argument."""
    if isinstance(error, OperationalError) and error.args and isinstance(error.args[0], Exception):
        return error.args[0]
    return error


def _plainly(error: Exception) -> Exception | None:
    if isinstance(error, _COLLISIONS):
        return Collision(str(error))
    if isinstance(error, _AWAY) or _is_closed(error) or _is_sqlite_away(error):
        return StoreAway(str(error))
    if isinstance(error, (sqlite3.IntegrityError, asyncpg.IntegrityConstraintViolationError)):
        return IntegrityError(error)
    return None


def _is_closed(error: Exception) -> bool:
    # asyncpg has one class for a connection that is gone and for a statement that is wrong.
    return isinstance(error, asyncpg.InterfaceError) and "clos" in str(error)


def _is_sqlite_away(error: Exception) -> bool:
    # The low byte is the primary code; the rest only says where.
    return isinstance(error, sqlite3.Error) and getattr(error, "sqlite_errorcode", 0) & 0xFF in _SQLITE_AWAY
