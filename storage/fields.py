"""A column that is plain text in Python and sealed in the database.

A field knows its value but not its row when it is read, and a sealed value opens only together with its
row. So the field hands a `Sealed` on, and `EncryptedModel` opens it once the row is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self, cast
from uuid import UUID

from tortoise.fields.base import Field
from tortoise.models import Model

from storage.vault import current_vault


@dataclass(frozen=True)
class Sealed:
    """What stands in the database; `.values()` and `.values_list()` give this, never text."""

    content: bytes


class EncryptedText(Field[str], str):  # type: ignore[misc]
    """Text sealed for its firm, table, column and row. It cannot be filtered, ordered or updated in bulk.

    The model needs `firm_id` and a key that is known before the row is inserted.
    """

    indexable = False
    SQL_TYPE = "BLOB"

    class _db_postgres:  # noqa: N801, the name is Tortoise's
        SQL_TYPE = "BYTEA"

    def to_db_value(self, value: str | None, instance: type[Model] | Model | None) -> bytes | None:
        if not isinstance(instance, Model):
            raise TypeError(f"{self.model_field_name} is encrypted: load the rows, change and save them")
        if value is None:
            return None
        self.validate(value)
        return current_vault.get().seal(*self._place(instance), value.encode())

    def to_python_value(self, value: str | bytes | None) -> str | Sealed | None:
        return Sealed(bytes(value)) if isinstance(value, bytes | memoryview) else value

    def open(self, sealed: Sealed, instance: Model) -> str:
        return current_vault.get().open(*self._place(instance), sealed.content).decode()

    def _place(self, instance: Model) -> tuple[UUID, str, str, UUID]:
        table = instance._meta.db_table  # noqa: SLF001, Tortoise has no public name for it
        return (instance.firm_id, table, self.model_field_name, instance.pk)  # type: ignore[attr-defined]


class EncryptedModel(Model):
    """A model with encrypted columns."""

    class Meta:
        abstract = True

    @classmethod
    def _init_from_db(cls, **columns: Any) -> Self:
        self = super()._init_from_db(**columns)
        for name, value in list(self.__dict__.items()):
            if isinstance(value, Sealed):
                field = cast(EncryptedText, cls._meta.fields_map[name])
                object.__setattr__(self, name, field.open(value, self))
        return self
