"""Commands about cases."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType, field

from protocol.types import Arguments, Id, Line, Name

People = Annotated[list[Id], Meta(max_length=50)]


class CreateMatter(Arguments, frozen=True, kw_only=True):
    """A case for one client; related contacts and responsible users by id."""

    name: Name
    client: Id
    number: Line = ""
    area: Line = ""
    related: People = field(default_factory=list)
    responsible: People = field(default_factory=list)


class UpdateMatter(Arguments, frozen=True, kw_only=True):
    """Changes what is given and leaves the rest."""

    matter: Id
    name: Name | UnsetType = UNSET
    client: Id | UnsetType = UNSET
    number: Line | UnsetType = UNSET
    area: Line | UnsetType = UNSET
    related: People | UnsetType = UNSET
    responsible: People | UnsetType = UNSET
