"""How the tables came to be, step by step; made by Tortoise's own command, see `storage.migrate`."""

from __future__ import annotations
