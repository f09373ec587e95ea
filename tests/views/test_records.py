import datetime as dt
import json
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshop.views.records import cells, column_type, to_json

DAY = dt.date(2026, 3, 1)
NOON = dt.datetime(2026, 3, 1, 12)


@pytest.mark.parametrize(
    ("values", "kind", "plain"),
    [
        (pd.Series([1, 2]), "integer", [1, 2]),
        (pd.Series([1, None], dtype="Int64"), "integer", [1, None]),
        (pd.Series([1.5, np.nan, np.inf]), "number", [1.5, None, None]),
        (pd.Series([True, False]), "boolean", [True, False]),
        (pd.Series(["a", None]), "string", ["a", None]),
        (pd.Series(["a"], dtype="category"), "string", ["a"]),
        (pd.to_datetime(pd.Series(["2026-03-01", None])), "date", [DAY, None]),
        (pd.to_datetime(pd.Series(["2026-03-01T12:00"])), "datetime", [NOON]),
        (pd.Series([DAY], dtype=object), "date", [DAY]),
        (pd.Series([Decimal("1.5"), 2], dtype=object), "number", [1.5, 2]),
        (pd.Series([1, "a"], dtype=object), "string", [1, "a"]),
        (pd.Series([["a", "b"], {"d", "c"}], dtype=object), "string", ["a; b", "c; d"]),
        (pd.Series([None, None], dtype=object), "string", [None, None]),
    ],
)
def test_cells_are_plain_and_typed(values, kind, plain):
    found = cells(values)
    assert column_type(values) == kind
    assert found == plain
    assert [type(cell) for cell in found] == [type(cell) for cell in plain]


def test_a_time_with_a_zone_keeps_it():
    values = pd.to_datetime(pd.Series(["2026-03-01T12:00Z"]))
    assert [to_json(cell) for cell in cells(values)] == ["2026-03-01T12:00:00+00:00"]


@given(
    st.lists(
        st.one_of(
            st.none(), st.floats(), st.integers(), st.booleans(), st.text(), st.dates(),
            st.datetimes(), st.decimals(), st.just(pd.NA), st.just(pd.NaT),
        )
    )
)  # fmt: skip
def test_any_column_is_fit_for_strict_json(values):
    series = pd.Series(values, dtype=object)
    found = [to_json(cell) for cell in cells(series)]
    assert json.loads(json.dumps(found, allow_nan=False)) == found
