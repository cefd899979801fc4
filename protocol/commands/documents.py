"""Commands about a matter's documents and their shares."""

from __future__ import annotations

from protocol.entities import Share
from protocol.types import Arguments, FileName, Id, Shape


class RenameDocument(Arguments, frozen=True, kw_only=True):
    """Gives a document another name."""

    document: Id
    name: FileName


class DeleteDocument(Arguments, frozen=True, kw_only=True):
    """Removes a document from its matter; its shares stop with it."""

    document: Id


class AddShare(Arguments, frozen=True, kw_only=True):
    """Makes a document of the matter visible in its portal, without a message."""

    portal: Id
    document: Id


class StopShare(Arguments, frozen=True, kw_only=True):
    """Ends one share. The result names any other share that still gives access (rule D3)."""

    share: Id


class ShareStopped(Shape, frozen=True, kw_only=True):
    """The share that has ended, and those of the same document that still stand."""

    share: Share
    others: list[Share]
