"""Columns out of rows.

Arrow wants one type for a column and text in UTF-8; records from elsewhere keep neither promise. What does not fit
goes as JSON into columns that are marked so, and becomes what it was when ``io.arrow`` reads them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from cleaner.io.arrow import MARK, REST, is_json, need_arrow
from cleaner.io.rows import Row, json_line

# Other fields than the commonest so many have no column of their own: each costs a cell in every row of a group.
COLUMNS = 500


class Columns:
    """The columns of a table that is made, and how rows become them.

    ``kinds`` says for each column what it takes; there are none where the schema was given, and Arrow has its way.
    ``added`` columns are filled where they can hold what there is, and need not be.
    """

    def __init__(
        self, schema: Any, kinds: Mapping[str, frozenset[str]] | None = None, *, added: Collection[str] = ()
    ) -> None:
        self._pa, self._schema, self._kinds, self._added = need_arrow(), schema, kinds or {}, added
        self._json = {field.name for field in schema if is_json(field)}

    @classmethod
    def for_rows(cls, rows: list[Row]) -> Columns:
        """The columns that hold these rows, and :data:`cleaner.io.arrow.REST` for what later ones have besides."""
        pa = need_arrow()
        found = Counter(key for row in rows for key in row)
        common = {key for key, _ in found.most_common(COLUMNS)}
        names = [key for key in found if key in common and key != REST and _as_unicode(key) == key]
        columns = {name: _column(pa, name, [row.get(name) for row in rows]) for name in names}
        fields = [*(field for field, _ in columns.values()), pa.field(REST, pa.string(), metadata=MARK)]
        return cls(pa.schema(fields), {name: kinds for name, (_, kinds) in columns.items() if kinds})

    def table(self, rows: Sequence[Row]) -> tuple[Any, list[Row]]:
        """A table of the rows, and for each row the fields that have no place in it."""
        names = set(self._schema.names)
        rest: list[dict[str, Any]] = [
            {k: value for k, value in row.items() if value is not None and (k == REST or k not in names)}
            for row in rows
        ]
        columns = [field for field in self._schema if field.name != REST]
        arrays = [self._array(field, [row.get(field.name) for row in rows], rest) for field in columns]
        missing: list[Row] = [{} for _ in rows]
        if REST in names:
            arrays.append(self._pa.array([_json(each) if each else None for each in rest], self._pa.string()))
        else:
            missing = [{k: value for k, value in each.items() if self._matters(k, value)} for each in rest]
        return self._pa.table(arrays, schema=self._schema), missing

    def _matters(self, name: str, value: Any) -> bool:
        """Whether it matters that a field has no place: a page with nothing in it, which no column is for, does not."""
        return name not in self._added and not (isinstance(value, str | bytes) and not value)

    def _array(self, field: Any, values: list[Any], rest: list[dict[str, Any]]) -> Any:
        if field.name in self._json:
            values = [None if value is None else _json(value) for value in values]
        kinds, nested = self._kinds.get(field.name), self._pa.types.is_nested(field.type)
        for at, value in enumerate(values):
            # Arrow takes a string for a list of its letters.
            if (kinds is not None and _kind(value) not in kinds) or (nested and isinstance(value, str)):
                values[at], rest[at][field.name] = None, value
        array = _try_array(self._pa, values, field.type)
        if array is not None:
            return array
        for at, value in enumerate(values):
            if _try_array(self._pa, [value], field.type) is None:
                values[at], rest[at][field.name] = None, value
        return _try_array(self._pa, values, field.type)


_ANY_LIST = "list "


def _kind(value: Any) -> str:
    """What a value is to a column; ``""`` for what only JSON can tell: objects, lists of lists, endless numbers."""
    if isinstance(value, list):
        # Lists in it are not looked into: they may be nested deeper than Python's stack is.
        inner = {"" if isinstance(element, list) else _kind(element) for element in value} - {"null"}
        only = _one_kind(inner) if inner else ""
        return _ANY_LIST if not inner else _ANY_LIST + only if only else ""
    if isinstance(value, int) and not isinstance(value, bool):
        return "int" if abs(value) <= 1 << 53 else "long" if -(1 << 63) <= value < 1 << 63 else ""
    return "null" if value is None else "" if isinstance(value, dict) else type(value).__name__


def _one_kind(kinds: set[str]) -> str:
    """The kind that holds all of these, ``""`` if none does. A whole number of 53 bits is a float, too."""
    if kinds <= {"int", "long"}:
        return "long"
    if kinds <= {"int", "float"}:
        return "float"
    kinds = kinds - {_ANY_LIST} or kinds
    return kinds.pop() if len(kinds) == 1 else ""


def _column(pa: Any, name: str, values: list[Any]) -> tuple[Any, frozenset[str]]:
    """The field for these values, and the kinds that it takes; none for a column of JSON."""
    kinds = {_kind(value) for value in values} - {"null"}
    kind = _one_kind(kinds) if kinds else "str"
    array = _try_array(pa, values if kinds else [""], None) if kind not in ("", _ANY_LIST) else None
    if array is None:
        return pa.field(name, pa.string(), metadata=MARK), frozenset()
    also = {"long": {"int"}, "float": {"int"}}.get(kind, {_ANY_LIST} if kind.startswith(_ANY_LIST) else set())
    return pa.field(name, array.type), frozenset({kind, "null", *also})


def _try_array(pa: Any, values: list[Any], type: Any) -> Any:
    """The values as a column, lone surrogates replaced; ``None`` if they are none."""
    try:
        return pa.array(values, type)
    except UnicodeEncodeError:
        return _try_array(pa, [_as_unicode(value) for value in values], type)
    except Exception:  # pyarrow has half a dozen for values that do not go together
        return None


def _as_unicode(value: Any) -> Any:
    if isinstance(value, str):
        return "".join("\ufffd" if "\ud800" <= letter <= "\udfff" else letter for letter in value)
    if isinstance(value, Mapping):
        return {_as_unicode(key): _as_unicode(inner) for key, inner in value.items()}
    return [_as_unicode(inner) for inner in value] if isinstance(value, list) else value


def _json(value: Any) -> str:
    return json_line(value).decode().rstrip("\n")
