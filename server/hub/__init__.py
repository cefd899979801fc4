"""Live connections: who is connected, what each may see, and how it reaches them."""

from __future__ import annotations
