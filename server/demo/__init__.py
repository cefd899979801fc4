"""The demo: a firm with people and cases, a carrier and a mailbox, in one process on one machine (W5)."""

from __future__ import annotations

from server.demo.run import run

__all__ = ["run"]
