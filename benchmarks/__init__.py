"""What Causeway costs, measured beside what it could be compared with, in the same run."""

from __future__ import annotations
