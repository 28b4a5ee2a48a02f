"""numpy and scipy: arrays of every type, random generators, sparse matrices, fitted objects."""

from __future__ import annotations

from typing import Any

from . import Collector, need


def make(collector: Collector) -> None:
    collector.run("numpy", numpy_pickles)
    collector.run("numpy/npy", numpy_files)
    collector.run("scipy", scipy_pickles)


def numpy_values() -> dict[str, Any]:
    np = need("numpy")
    rng = np.random.default_rng(0)
    kinds = "? b B h H i I l L q Q e f d g F D G".split()
    found: dict[str, Any] = {
        "all_dtypes": {k: np.arange(6).reshape(2, 3).astype(k) for k in kinds},
        "big_endian": [np.arange(4, dtype=">f8"), np.arange(4, dtype=">i2")],
        "strings": [np.array(["a", "bcd"]), np.array([b"a", b"bcd"]), np.array([b"\x00raw", b"x"], dtype="V4")],
        "objects": [np.array([1, "a", None, {"k": 2}], dtype=object), np.array([[1, 2], [3]], dtype=object)],
        "structured": np.array([(1, 2.0, "a")], dtype=[("id", "i4"), ("w", "f8"), ("n", "U4")]),
        "nested_struct": np.zeros(2, dtype=[("p", [("x", "f4"), ("y", "f4")]), ("v", "f8", (2, 2))]),
        "record": np.rec.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")]),
        "masked": np.ma.masked_array([1.0, 2.0, 3.0], mask=[0, 1, 0]),
        "masked_constant": np.ma.masked,
        "datetimes": [np.array(["2024-01-01", "NaT"], dtype="M8[D]"), np.array([1, 2], dtype="m8[ns]"), np.datetime64("2024-05-01T00:00"), np.timedelta64(3, "h")],
        "fortran": np.asfortranarray(rng.normal(size=(4, 5))),
        "strided": rng.normal(size=(8, 8))[::2, ::2],
        "empty": [np.empty((0, 3)), np.array(5.0), np.zeros((2, 0, 2))],
        "scalars": [np.float32(1.5), np.float64(2.5), np.int64(3), np.bool_(True), np.str_("s"), np.bytes_(b"b"), np.complex128(1j), np.uint8(9), np.float16(0.5)],
        "dtypes": [np.dtype("f4"), np.dtype([("a", "i4")]), np.float32, np.int64, np.dtype("O"), np.dtype("M8[ns]"), np.dtype("U5")],
        "functions": [np.mean, np.log1p, np.exp, np.sqrt, np.argmax, np.maximum, np.add, np.median, np.nanmean, np.linalg.norm, np.sum],
        "random_state": np.random.RandomState(3),
        "generator": rng,
        "bit_generators": [np.random.PCG64(1), np.random.MT19937(1), np.random.Philox(1), np.random.SFC64(1), np.random.PCG64DXSM(1)],
        "seed_sequence": np.random.SeedSequence(5),
        "global_state": np.random.get_state(),
        "polynomial": [np.poly1d([1, 2, 3]), np.polynomial.Polynomial([1, 2]), np.polynomial.Chebyshev([1, 2])],
        "matrix": np.asmatrix([[1, 2], [3, 4]]),
        "memmap_like": np.ndarray(shape=(2,), dtype="f4", buffer=b"\x00" * 8),
        "errors_state": [np.linalg.LinAlgError("singular"), np.finfo(np.float32).eps],
        "vectorized": np.vectorize(abs),
        "char_array": np.char.array(["a", "b"]),
        "dict_of_weights": {f"layer{i}/kernel": rng.normal(size=(16, 16)).astype("f4") for i in range(4)},
        "large": rng.normal(size=(300, 100)),
    }
    try:
        found["string_dtype"] = np.array(["a", "long string here"], dtype=np.dtypes.StringDType())
    except AttributeError:
        pass  # numpy 1
    return found


def numpy_pickles(collector: Collector) -> None:
    for name, value in numpy_values().items():
        every = ("none", "zlib", "gzip", "bz2", "lzma", "xz", "lz4")
        wanted = every if name in ("all_dtypes", "large") else ("none", "zlib")
        collector.pickled("numpy", name, lambda value=value: value, joblib=wanted)


def numpy_files(collector: Collector) -> None:
    np = need("numpy")
    for name, value in numpy_values().items():
        if not isinstance(value, np.ndarray) or isinstance(value, np.ma.MaskedArray):
            continue
        collector.save("numpy", f"{name}.npy", "npy", lambda path, value=value: np.save(path, value))
    weights = {f"w{i}": np.random.default_rng(i).normal(size=(8, 8)) for i in range(3)}
    collector.save("numpy", "weights.npz", "npz", lambda path: np.savez(path, **weights))
    collector.save("numpy", "weights_compressed.npz", "npz", lambda path: np.savez_compressed(path, **weights))
    mixed = {"names": np.array(["a", None, {"b": 1}], dtype=object), "x": np.arange(3)}
    collector.save("numpy", "objects.npz", "npz", lambda path: np.savez(path, **mixed))
    for version in ((1, 0), (2, 0), (3, 0)):
        def write(path: Any, version: Any = version) -> None:
            with open(path, "wb") as file:
                np.lib.format.write_array(file, np.arange(6.0), version=version)

        collector.save("numpy", f"version{version[0]}.npy", "npy", write)
    collector.save("numpy", "table.txt", "text", lambda path: np.savetxt(path, np.eye(3)))


def scipy_pickles(collector: Collector) -> None:
    np, sparse = need("numpy"), need("scipy.sparse")
    interpolate, stats, spatial = need("scipy.interpolate"), need("scipy.stats"), need("scipy.spatial")
    optimize, signal, special = need("scipy.optimize"), need("scipy.signal"), need("scipy.special")
    transform = need("scipy.spatial.transform")
    base = sparse.random(10, 8, 0.3, random_state=0)
    x = np.linspace(0, 5, 12)
    points = np.random.default_rng(0).normal(size=(20, 3))
    builders: dict[str, Any] = {f"sparse_{k}": lambda k=k: base.asformat(k) for k in "csr csc coo bsr dia dok lil".split()}
    builders |= {f"sparse_array_{k}": lambda k=k: getattr(sparse, f"{k}_array")(base) for k in "csr csc coo bsr dia dok lil".split()}
    builders |= {
        "interp1d": lambda: interpolate.interp1d(x, np.sin(x), fill_value="extrapolate"),
        "cubic": lambda: interpolate.CubicSpline(x, np.sin(x)),
        "pchip": lambda: interpolate.PchipInterpolator(x, np.sin(x)),
        "akima": lambda: interpolate.Akima1DInterpolator(x, np.sin(x)),
        "univariate": lambda: interpolate.UnivariateSpline(x, np.sin(x)),
        "bspline": lambda: interpolate.make_interp_spline(x, np.sin(x)),
        "bivariate": lambda: interpolate.RectBivariateSpline(x, x, np.outer(x, x)),
        "rbf": lambda: interpolate.RBFInterpolator(points, points[:, 0]),
        "grid": lambda: interpolate.RegularGridInterpolator((x, x), np.outer(x, x)),
        "nearest": lambda: interpolate.NearestNDInterpolator(points, points[:, 0]),
        "linear_nd": lambda: interpolate.LinearNDInterpolator(points, points[:, 0]),
        "frozen": lambda: [getattr(stats, n)(*a) for n, a in {"norm": (0, 1), "gamma": (2,), "beta": (1, 2), "uniform": (0, 3), "randint": (1, 9), "loguniform": (0.1, 1), "expon": (), "poisson": (3,), "t": (4,), "lognorm": (1,)}.items()],
        "continuous": lambda: [stats.norm, stats.expon, stats.poisson],
        "multivariate": lambda: [stats.multivariate_normal([0, 1], np.eye(2)), stats.dirichlet([1, 2])],
        "kde": lambda: stats.gaussian_kde(points.T),
        "test_result": lambda: [stats.chi2_contingency([[1, 2], [3, 4]]), stats.f_oneway(x, x + 1)],
        "kendall": lambda: [stats.pearsonr(x, x**2), stats.linregress(x, x), stats.ks_2samp(x, x)],
        "histogram": lambda: stats.rv_histogram(np.histogram(x, bins=4)),
        "ecdf": lambda: stats.ecdf(x),
        "kdtree": lambda: [spatial.KDTree(points), spatial.cKDTree(points)],
        "rotation": lambda: transform.Rotation.from_euler("xyz", [1, 2, 3]),
        "optimize_result": lambda: optimize.minimize(abs, 1.0, method="Nelder-Mead"),
        "optimize_bfgs": lambda: optimize.minimize(np.linalg.norm, [1.0, 2.0], method="BFGS"),
        "least_squares": lambda: optimize.least_squares(np.sin, [0.5]),
        "bounds": lambda: [optimize.Bounds([0], [1]), optimize.LinearConstraint(np.eye(2), 0, 1)],
        "signal": lambda: [signal.lti([1], [1, 2]), signal.StateSpace(1, 1, 1, 0), signal.dlti([1], [1, 2])],
        "linear_operator": lambda: sparse.linalg.aslinearoperator(np.eye(3)),
        "functions": lambda: [special.expit, special.logit, special.softmax, special.gamma, stats.zscore, spatial.distance.cosine, spatial.distance.euclidean, optimize.fmin],
    }
    for name, build in builders.items():
        collector.pickled("scipy", name, build, joblib=("none", "zlib"))
    collector.save("scipy", "matrix.npz", "npz", lambda path: sparse.save_npz(path, base.tocsr()))
    io = need("scipy.io")
    collector.save("scipy", "weights.mat", "mat", lambda path: io.savemat(str(path), {"w": points}))
    collector.save("scipy", "matrix.mtx", "text", lambda path: io.mmwrite(str(path), base))
