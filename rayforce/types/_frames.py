"""Columns as arrays and frames of numpy and pandas."""

from __future__ import annotations

from typing import Any

from .. import errors
from .._ext import core
from .._extras import needs

Pairs = list[tuple[str, Any]]

I16, I64, B8, U8, SYM, STR, TIMESTAMP, DATE, GUID = 3, 5, 1, 2, 12, 13, 10, 8, 11


def to_series(column: Any, types: str, categories: bool, name: str | None = None) -> Any:
    with needs("pandas"):
        import pandas as pd

    if types not in ("numpy", "arrow"):
        raise ValueError(f"types={types!r}: expected 'numpy' or 'arrow'")
    if types == "arrow":
        with needs("arrow"):
            import pyarrow as pa

        data = pa.array(column)
        return pd.Series(pd.array(data, dtype=pd.ArrowDtype(data.type)), name=name, copy=False)
    array = _pandas_array(pd, column, categories)
    # pandas would look for text in objects and make another dtype of it.
    kind = getattr(getattr(array, "dtype", None), "kind", "")
    dtype = object if kind == "O" and not hasattr(array, "categories") else None
    return pd.Series(array, name=name, copy=False, dtype=dtype)


def _pandas_array(pd: Any, column: Any, categories: bool) -> Any:
    """What a Series is made over: numpy's memory where a dtype of pandas shows it."""
    code = column.type_code
    if I16 <= code <= I64 and core.nulls_of(column):
        values, mask = core.raw_array(column), core.raw_array(core.null_mask(column))
        return pd.arrays.IntegerArray(values, mask, copy=False)
    if code == DATE:
        return core.to_numpy(column).astype("M8[s]")
    if code == TIMESTAMP:
        return pd.DatetimeIndex(core.to_numpy(column)).tz_localize("UTC").array
    if code == SYM and categories:
        codes, texts = core.symbol_codes(column)
        return pd.Categorical.from_codes(codes, categories=pd.Index(texts, dtype=object if not texts else None))
    if code == STR:
        return pd.array(core.to_numpy(column), dtype="str")
    if code == GUID or code == 0:
        import numpy as np

        out = np.empty(len(column), object)
        out[:] = core.as_list(column)
        return out
    return core.to_numpy(column)


def to_frame(pairs: Pairs, index: Any, types: str, categories: bool) -> Any:
    with needs("pandas"):
        import pandas as pd

    series = []
    for name, column in pairs:
        try:
            series.append(to_series(column, types, categories, name))
        except errors.ConversionError as e:
            raise e.in_column(name) from None
    if len({name for name, _ in pairs}) == len(pairs):
        frame = pd.DataFrame({s.name: s for s in series}, copy=False)
    else:
        frame = pd.concat(series, axis=1)
    return frame if index is None else frame.set_index(index)


def to_matrix(pairs: Pairs, dtype: Any) -> Any:
    """Columns side by side, in the type that holds all of them."""
    import numpy as np

    rows = len(pairs[0][1]) if pairs else 0
    if dtype is not None:
        dtype = np.dtype(dtype)
    arrays = []
    for name, column in pairs:
        try:
            array = core.to_numpy(column)
        except errors.ConversionError as e:
            raise e.in_column(name) from None
        if dtype is not None and dtype.kind == "O":
            array = np.empty(rows, object)
            array[:] = core.as_list(column)
        arrays.append(array)
    kinds = {"number" if a.dtype.kind in "biuf" else a.dtype.str for a in arrays}
    if dtype is None and len(kinds) > 1:
        raise core.conversion_error(
            f"columns of {', '.join(sorted(kinds))} in one array; arrays() gives each its own, dtype=object mixes"
        )
    common = dtype if dtype is not None else np.result_type(*arrays) if arrays else np.dtype("f8")
    out = np.empty((rows, len(arrays)), common)
    for i, (array, (name, _)) in enumerate(zip(arrays, pairs, strict=True)):
        out[:, i] = array
        if array.dtype.kind in "iu" and common.kind == "f" and (out[:, i].astype(array.dtype) != array).any():
            raise core.conversion_error(f"column {name!r} would change as {common}")
    return out


def to_records(pairs: Pairs) -> Any:
    import numpy as np

    arrays = [core.to_numpy(column) for _, column in pairs]
    out = np.empty(
        len(arrays[0]) if arrays else 0, [(name, a.dtype) for (name, _), a in zip(pairs, arrays, strict=True)]
    )
    for (name, _), array in zip(pairs, arrays, strict=True):
        out[name] = array
    return out


def to_widget(table: Any, options: dict[str, Any]) -> Any:
    with needs("web"):
        import pyarrow as pa
        from perspective.widget import PerspectiveWidget

    if lists := [name for name, kind in table.dtypes.items() if kind == "list"]:
        raise core.conversion_error(
            f"columns of lists: {', '.join(lists)}; a widget shows one value a cell", None, "widget"
        )
    texts = {name: "str" for name, kind in table.dtypes.items() if kind in ("time", "timespan", "guid")}
    shown = table.cast(texts).to_arrow()
    # Perspective reads text behind offsets only.
    plain = [pa.field(f.name, pa.large_string() if pa.types.is_string_view(f.type) else f.type) for f in shown.schema]
    return PerspectiveWidget(shown.cast(pa.schema(plain)), **options)
