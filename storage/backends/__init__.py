"""Tortoise's two database clients, corrected: their transactions survive cancellation."""

from __future__ import annotations
