"""Values of every structure of the protocol, made from the structures themselves."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec
from hypothesis import strategies as st
from msgspec import inspect

from protocol.catalog import Structure
from protocol.types import MAX_EXACT_INTEGER

# Whatever the protocol calls text: everything but controls and halves of surrogate pairs.
CHARACTERS = st.characters(exclude_categories=("Cc", "Cs")) | st.sampled_from("\t\n\r")
LONGEST_LIST = 3

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-MAX_EXACT_INTEGER, MAX_EXACT_INTEGER)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(CHARACTERS, max_size=20)
)
plain_values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(CHARACTERS, max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


def instances(structure: Structure) -> st.SearchStrategy[Any]:
    """Instances of a structure, with its optional fields given or not."""
    fields = inspect.type_info(structure).fields  # type: ignore[attr-defined]
    given = {field.name: of_type(field.type) for field in fields}
    required = {name: given[name] for name in (field.name for field in fields if field.required)}
    optional = {name: kind for name, kind in given.items() if name not in required}
    return st.fixed_dictionaries(required, optional=optional).map(lambda values: structure(**values))


def of_type(kind: inspect.Type) -> st.SearchStrategy[Any]:
    """Values of one type, within its bounds."""
    match kind:
        case inspect.Metadata(type=inner):
            return of_type(inner)
        case inspect.UnionType(types=members):
            return st.one_of(*[of_type(member) for member in members])
        case inspect.ListType(item_type=item, max_length=most):
            return st.lists(of_type(item), max_size=min(LONGEST_LIST, most or LONGEST_LIST))
        case inspect.TupleType(item_types=items):
            return st.tuples(*[of_type(item) for item in items])
        case inspect.StructType(cls=structure):
            return st.deferred(lambda: instances(structure))
    return _SCALARS[type(kind)](kind)


def _text(kind: inspect.StrType) -> st.SearchStrategy[str]:
    if kind.pattern is None or "u2028" in kind.pattern:
        characters = (
            CHARACTERS if kind.pattern is None else st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"))
        )
        longest = min(kind.max_length or 20, 20)
        texts = st.text(characters, min_size=kind.min_length or 0, max_size=longest)
        fits = re.compile(kind.pattern or "").match
        return texts.map(lambda text: text if fits(text) else "x" + text[1:])  # one that is blank does not
    return st.from_regex(kind.pattern, fullmatch=True)


def _integer(kind: inspect.IntType) -> st.SearchStrategy[int]:
    least = -MAX_EXACT_INTEGER if kind.ge is None else kind.ge
    return st.integers(least, MAX_EXACT_INTEGER if kind.le is None else kind.le)


_SCALARS: dict[type[inspect.Type], Callable[[Any], st.SearchStrategy[Any]]] = {
    inspect.StrType: _text,
    inspect.IntType: _integer,
    inspect.BoolType: lambda _: st.booleans(),
    inspect.NoneType: lambda _: st.none(),
    inspect.LiteralType: lambda kind: st.sampled_from(kind.values),
    inspect.DictType: lambda _: st.dictionaries(st.text(CHARACTERS, max_size=8), plain_values, max_size=3),
    inspect.AnyType: lambda _: plain_values,
}


def as_plain(value: Any) -> Any:
    """A structure as it travels."""
    return msgspec.to_builtins(value)
