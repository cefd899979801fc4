"""Drafts as they are told, to their writer alone."""

from __future__ import annotations

from protocol.entities import Draft as DraftShape
from storage.models import Draft


def draft_shape(draft: Draft) -> DraftShape:
    """What somebody has begun to write."""
    return DraftShape(
        id=str(draft.id),
        version=draft.version,
        scope=str(draft.scope_id),
        channel=draft.channel,  # type: ignore[arg-type]
        text=draft.body,
    )
