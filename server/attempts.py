"""Failed sign-ins are answered ever more slowly: delays, not lockouts, which anybody could inflict on others.

An account's delay is sat out by the server and then the password is checked all the same, so its owner always
gets in. An address that fails often is sent away for a while: that harms only those who share it. Both counts
stand in the database, so they hold on every node and through restarts, and for accounts that do not exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from protocol.errors import Refused
from server import tokens
from storage.database import Database
from storage.models import SignInAttempt

_FORGOTTEN_AFTER_MS = 3_600_000
_LINKS_AT_ONCE = 3
_LINKS_PAUSE_MS = 600_000


@dataclass(frozen=True, slots=True)
class _Growth:
    """A delay that doubles with each failure after the free ones."""

    free: int
    first_ms: int
    most_ms: int

    def delay_ms(self, failures: int) -> int:
        if failures < self.free:
            return 0
        return min(self.most_ms, self.first_ms << min(failures - self.free, 20))


_ACCOUNT = _Growth(free=5, first_ms=250, most_ms=4_000)
_ADDRESS = _Growth(free=20, first_ms=1_000, most_ms=60_000)


async def begin(database: Database, account: str, network: str, now: int) -> int:
    """Count a try as failed before it is made, so that tries at the same time cannot escape the count.

    Returns:
        How long to hold this try, in milliseconds.

    Raises:
        Refused: ``too_many``, where the address has to wait.
    """
    account_id, network_id = await _ids(database, account, network)
    async with database.transaction():
        rows = {row_id: await _locked(database, row_id, now) for row_id in sorted({account_id, network_id})}
        of_network, of_account = rows[network_id], rows[account_id]
        wait_ms = of_network.last_at + _ADDRESS.delay_ms(of_network.failures) - now
        if wait_ms <= 0:
            await _count(of_network, now)
            await _count(of_account, now)
    if wait_ms > 0:
        raise Refused("too_many", "Too many attempts failed. Wait a little, then try again.", wait_ms)
    return _ACCOUNT.delay_ms(of_account.failures - 1)


async def succeeded(database: Database, account: str, network: str, now: int) -> None:
    """Take back what ``begin`` counted, inside the transaction that signs the person in."""
    account_id, network_id = await _ids(database, account, network)
    for row_id in sorted({account_id, network_id}):  # in one order everywhere, lest two wait for each other
        row = await _locked(database, row_id, now)
        row.failures = 0 if row_id == account_id else max(0, row.failures - 1)
        await row.save(update_fields=["failures"])


async def may_send_link(database: Database, firm: UUID, address: str, now: int) -> bool:
    """Whether another sign-in link may go to an address: a few at once, then none until a while has passed.

    Inside a transaction; the same rows are read and written for an address that nobody has.
    """
    name = await tokens.digest(database, "sign-in links", str(firm), address)
    row = await _locked(database, UUID(name[:32]), now, _LINKS_PAUSE_MS)
    allowed = row.failures < _LINKS_AT_ONCE
    await _count(row, now if allowed else row.last_at, 1 if allowed else 0)
    return allowed


async def _ids(database: Database, account: str, network: str) -> tuple[UUID, UUID]:
    """The rows' keys: neither an address nor an account can be read from the table."""
    digests = [
        await tokens.digest(database, "sign-in attempts", kind, name)
        for kind, name in (("account", account), ("network", network))
    ]
    return UUID(digests[0][:32]), UUID(digests[1][:32])


async def _locked(
    database: Database, row_id: UUID, now: int, forgotten_after_ms: int = _FORGOTTEN_AFTER_MS
) -> SignInAttempt:
    """A row that stays ours until the transaction ends; a new one, or one of long ago, counts nothing."""
    await database.execute(
        "INSERT INTO sign_in_attempt (id, failures, last_at) VALUES ($1, 0, 0) ON CONFLICT DO NOTHING",
        [row_id],
    )
    row = await SignInAttempt.filter(id=row_id).select_for_update().get()
    if row.last_at < now - forgotten_after_ms:
        row.failures = 0
    return row


async def _count(row: SignInAttempt, now: int, more: int = 1) -> None:
    row.failures += more
    row.last_at = now
    await row.save(update_fields=["failures", "last_at"])
