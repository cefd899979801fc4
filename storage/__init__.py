"""What lasts: the database, its encryption and the stored files."""

from __future__ import annotations
