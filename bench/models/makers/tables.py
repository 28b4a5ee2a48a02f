"""pandas: frames, series and indexes of every type, in every protocol; files people keep beside them."""

from __future__ import annotations

from typing import Any

from . import Collector, need


def make(collector: Collector) -> None:
    collector.run("pandas", pandas_pickles)
    collector.run("pandas/files", pandas_files)
    collector.run("polars", polars_pickles)


def frame() -> Any:
    np, pd = need("numpy"), need("pandas")
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "number": rng.normal(size=20),
            "count": rng.integers(0, 9, 20),
            "name": [f"row {i}" for i in range(20)],
            "flag": rng.random(20) > 0.5,
            "day": pd.date_range("2024-01-01", periods=20, freq="D"),
            "kind": pd.Categorical(["a", "b"] * 10),
        }
    )


def pandas_pickles(collector: Collector) -> None:
    np, pd = need("numpy"), need("pandas")
    table = frame()
    days = pd.date_range("2024-01-01", periods=6, freq="h", tz="Europe/Berlin")
    builders: dict[str, Any] = {
        "frame": lambda: table,
        "frame_numeric": lambda: table[["number", "count"]],
        "frame_string_index": lambda: table.set_index("name"),
        "frame_multi_index": lambda: table.set_index(["kind", "count"]),
        "frame_multi_columns": lambda: pd.DataFrame(np.eye(2), columns=pd.MultiIndex.from_tuples([("a", 1), ("b", 2)])),
        "frame_objects": lambda: pd.DataFrame({"o": [1, "a", None, [1, 2], {"k": 1}]}),
        "frame_attrs": lambda: with_attrs(pd),
        "series": lambda: table["number"],
        "series_named": lambda: pd.Series([1, 2], name="y", index=["a", "b"]),
        "categorical": lambda: [table["kind"], pd.Categorical([1, 2, 1], ordered=True), pd.CategoricalDtype(["x"])],
        "indexes": lambda: [pd.Index([1, 2]), pd.RangeIndex(4), pd.Index(["a"]), pd.Index([0.5]), pd.CategoricalIndex(["a"]), pd.MultiIndex.from_product([[1, 2], ["a"]])],
        "datetime_index": lambda: [days, days.tz_localize(None), pd.DatetimeIndex(["2024-01-01", None]), days.tz_convert("UTC")],
        "timedelta_index": lambda: pd.timedelta_range("1h", periods=4),
        "period": lambda: [pd.period_range("2024-01", periods=3, freq="M"), pd.Period("2024-01"), pd.Series(pd.period_range("2024", periods=2, freq="Y"))],
        "interval": lambda: [pd.interval_range(0, 4), pd.Interval(0, 1), pd.cut(table["number"], 3)],
        "timestamps": lambda: [pd.Timestamp("2024-01-01", tz="UTC"), pd.Timedelta("1h"), pd.NaT, pd.NA, pd.Timestamp("2024-01-01")],
        "offsets": lambda: [getattr(pd.offsets, n)() for n in "Day Hour Minute Second MonthEnd MonthBegin BDay Week YearEnd QuarterEnd BMonthEnd Milli Nano CustomBusinessDay".split()] + [pd.DateOffset(months=2)],
        "nullable": lambda: pd.DataFrame({"i": pd.array([1, None], dtype="Int64"), "b": pd.array([True, None], dtype="boolean"), "f": pd.array([0.5, None], dtype="Float64"), "s": pd.array(["a", None], dtype="string")}),
        "nullable_small": lambda: [pd.array([1, None], dtype=k) for k in "Int8 Int16 Int32 UInt8 UInt16 UInt32 UInt64 Float32".split()],
        "sparse": lambda: pd.DataFrame({"s": pd.arrays.SparseArray([0, 0, 1])}),
        "arrow": lambda: pd.DataFrame({"i": pd.array([1, None], dtype="int64[pyarrow]"), "s": pd.array(["a", None], dtype="string[pyarrow]"), "t": pd.array(["a"] * 2, dtype=pd.ArrowDtype(need("pyarrow").string()))}),
        "dtypes": lambda: [pd.Int64Dtype(), pd.StringDtype(), pd.BooleanDtype(), pd.DatetimeTZDtype(tz="UTC"), pd.PeriodDtype("D"), pd.IntervalDtype("int64"), pd.SparseDtype("float64"), table.dtypes],
        "flags": lambda: table.set_flags(allows_duplicate_labels=False),
        "grouped": lambda: table.groupby("kind", observed=True)["number"].agg(["mean", "std"]),
        "pivot": lambda: table.pivot_table(index="kind", columns="flag", values="number", observed=True),
        "functions": lambda: [pd.isna, pd.to_numeric, pd.concat, pd.DataFrame, pd.Series, pd.get_dummies],
        "empty": lambda: [pd.DataFrame(), pd.Series(dtype=float), pd.DataFrame(columns=["a"])],
        "dict_of_frames": lambda: {"train": table, "test": table.head(3), "schema": dict(table.dtypes)},
        "groupby_object": lambda: table.groupby("kind", observed=True),
        "accessors": lambda: [table["day"].dt.isocalendar(), table["name"].str.len()],
    }
    for name, build in builders.items():
        collector.pickled("pandas", name, build, joblib=("none", "zlib") if "frame" in name else ())


def with_attrs(pd: Any) -> Any:
    table = pd.DataFrame({"a": [1]})
    table.attrs["source"] = "survey"
    return table


def pandas_files(collector: Collector) -> None:
    need("pandas")
    table = frame()
    for suffix in ("pkl", "pkl.gz", "pkl.bz2", "pkl.xz", "pkl.zip", "pkl.tar", "pkl.tar.gz", "pkl.zst"):
        collector.save("pandas", f"to_pickle.{suffix}", "pickle", lambda path: table.to_pickle(path))
    collector.save("pandas", "table.csv", "csv", lambda path: table.to_csv(path))
    collector.save("pandas", "table.json", "json", lambda path: table.to_json(path))
    collector.save("pandas", "table.parquet", "parquet", lambda path: (need("pyarrow"), table.to_parquet(path)))
    collector.save("pandas", "table.feather", "feather", lambda path: (need("pyarrow"), table.to_feather(path)))
    collector.save("pandas", "table.h5", "hdf5", lambda path: (need("tables"), table.to_hdf(path, key="t")))


def polars_pickles(collector: Collector) -> None:
    polars = need("polars")
    table = polars.DataFrame({"a": [1, 2], "b": ["x", "y"]})
    collector.pickled("polars", "frame", lambda: table)
    collector.pickled("polars", "series", lambda: table["a"])
