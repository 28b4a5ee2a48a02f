"""xgboost, lightgbm and catboost: native files of every kind, pickles, scikit-learn wrappers."""

from __future__ import annotations

from typing import Any

from . import Collector, need
from .estimators import data

OBJECTIVES = ["binary:logistic", "reg:squarederror", "reg:pseudohubererror", "count:poisson"]


def make(collector: Collector) -> None:
    for label, part in (("xgboost", xgboost), ("lightgbm", lightgbm), ("catboost", catboost)):
        collector.run(label, part)


def xgboost(collector: Collector) -> None:
    xgb = need("xgboost")
    features, labels, targets = data()
    matrix = xgb.DMatrix(features, label=labels, feature_names=[f"f {i}" for i in range(5)])
    booster = xgb.train({"objective": "binary:logistic", "max_depth": 3}, matrix, 4)
    booster.set_attr(note="trained for a test")
    linear = xgb.train({"booster": "gblinear", "objective": "reg:squarederror"}, matrix, 3)
    dart = xgb.train({"booster": "dart", "objective": "binary:logistic"}, matrix, 3)
    for name, model in (("tree", booster), ("linear", linear), ("dart", dart)):
        for suffix in ("json", "ubj", "deprecated", "model", "bin"):
            collector.save("xgboost", f"{name}.{suffix}", "xgboost", lambda path, model=model: model.save_model(str(path)))
        collector.save("xgboost", f"{name}_dump.json", "xgboost-dump", lambda path, model=model: model.dump_model(str(path), dump_format="json"))
        collector.save("xgboost", f"{name}_dump.txt", "xgboost-dump", lambda path, model=model: model.dump_model(str(path)))
        collector.save("xgboost", f"{name}.config.json", "json", lambda path, model=model: path.write_text(model.save_config()))
        collector.save("xgboost", f"{name}.raw.ubj", "xgboost", lambda path, model=model: path.write_bytes(model.save_raw("ubj")))
        collector.save("xgboost", f"{name}.raw.bin", "xgboost", lambda path, model=model: path.write_bytes(model.save_raw("deprecated")))
        collector.pickled("xgboost", name, lambda model=model: model, joblib=("none", "zlib"))
    collector.save("xgboost", "matrix.buffer", "xgboost-data", lambda path: matrix.save_binary(str(path)))

    wrappers: dict[str, Any] = {
        "classifier": lambda: xgb.XGBClassifier(n_estimators=4).fit(features, labels),
        "multiclass": lambda: xgb.XGBClassifier(n_estimators=2).fit(features, labels + (features[:, 2] > 1)),
        "regressor": lambda: xgb.XGBRegressor(n_estimators=4, early_stopping_rounds=2).fit(features, targets, eval_set=[(features, targets)], verbose=False),
        "ranker": lambda: xgb.XGBRanker(n_estimators=2).fit(features, labels, group=[60, 60]),
        "forest": lambda: xgb.XGBRFClassifier(n_estimators=4).fit(features, labels),
        "callbacks": lambda: xgb.XGBRegressor(n_estimators=4, callbacks=[xgb.callback.EarlyStopping(2)]).fit(features, targets, eval_set=[(features, targets)], verbose=False),
        "pipeline": lambda: need("sklearn.pipeline").make_pipeline(need("sklearn.preprocessing").StandardScaler(), xgb.XGBClassifier(n_estimators=2)).fit(features, labels),
        "calibrated": lambda: need("sklearn.calibration").CalibratedClassifierCV(xgb.XGBClassifier(n_estimators=2), cv=2).fit(features, labels),
        "search": lambda: need("sklearn.model_selection").GridSearchCV(xgb.XGBClassifier(n_estimators=2), {"max_depth": [2, 3]}, cv=2).fit(features, labels),
    }
    wrappers |= {"objective_" + o.replace(":", "_"): lambda o=o: xgb.XGBRegressor(n_estimators=2, objective=o).fit(features, labels) for o in OBJECTIVES}
    for name, build in wrappers.items():
        collector.pickled("xgboost", name, build, joblib=("none", "zlib", "lz4"))
    collector.save("xgboost", "classifier_native.json", "xgboost", lambda path: wrappers["classifier"]().save_model(str(path)))


def lightgbm(collector: Collector) -> None:
    lgb = need("lightgbm")
    features, labels, targets = data()
    booster = lgb.train({"objective": "binary", "verbose": -1}, lgb.Dataset(features, labels), 4)
    collector.save("lightgbm", "model.txt", "lightgbm", lambda path: booster.save_model(str(path)))
    collector.save("lightgbm", "model.json", "json", lambda path: path.write_text(__import__("json").dumps(booster.dump_model())))
    collector.save("lightgbm", "train.bin", "lightgbm-data", lambda path: lgb.Dataset(features, labels).construct().save_binary(str(path)))
    quiet = {"n_estimators": 4, "verbose": -1}
    builders: dict[str, Any] = {
        "booster": lambda: booster,
        "classifier": lambda: lgb.LGBMClassifier(**quiet).fit(features, labels),
        "regressor": lambda: lgb.LGBMRegressor(**quiet).fit(features, targets),
        "ranker": lambda: lgb.LGBMRanker(**quiet).fit(features, labels, group=[60, 60]),
        "dart": lambda: lgb.LGBMClassifier(boosting_type="dart", **quiet).fit(features, labels),
        "early": lambda: lgb.LGBMClassifier(**quiet).fit(features, labels, eval_set=[(features, labels)], callbacks=[lgb.early_stopping(2, verbose=False)]),
        "frame": lambda: lgb.LGBMClassifier(**quiet).fit(need("makers.tables").frame()[["number", "count", "kind"]], need("makers.tables").frame()["flag"]),
        "pipeline": lambda: need("sklearn.pipeline").make_pipeline(need("sklearn.preprocessing").StandardScaler(), lgb.LGBMClassifier(**quiet)).fit(features, labels),
        "cv": lambda: lgb.cv({"objective": "binary", "verbose": -1}, lgb.Dataset(features, labels), 3, nfold=2, return_cvbooster=True),
    }
    for name, build in builders.items():
        collector.pickled("lightgbm", name, build, joblib=("none", "zlib", "lz4"))


def catboost(collector: Collector) -> None:
    cat = need("catboost")
    features, labels, targets = data()
    quiet = {"iterations": 4, "verbose": False, "allow_writing_files": False}
    model = cat.CatBoostClassifier(**quiet).fit(features, labels)
    for fmt in ("cbm", "json", "onnx", "cpp", "python", "coreml", "pmml"):
        suffix = {"python": "py", "cpp": "cpp", "coreml": "mlmodel"}.get(fmt, fmt)
        collector.save("catboost", f"model.{suffix}", f"catboost-{fmt}", lambda path, fmt=fmt: model.save_model(str(path), format=fmt))
    builders: dict[str, Any] = {
        "classifier": lambda: model,
        "regressor": lambda: cat.CatBoostRegressor(**quiet).fit(features, targets),
        "plain": lambda: cat.CatBoost({**quiet, "loss_function": "RMSE"}).fit(features, targets),
        "ranker": lambda: cat.CatBoostRanker(**quiet).fit(features, labels, group_id=[0] * 60 + [1] * 60),
        "categories": lambda: cat.CatBoostClassifier(cat_features=["name", "kind"], **quiet).fit(need("makers.tables").frame()[["name", "kind", "number"]], need("makers.tables").frame()["flag"]),
        "pipeline": lambda: need("sklearn.pipeline").make_pipeline(need("sklearn.preprocessing").StandardScaler(), cat.CatBoostClassifier(**quiet)).fit(features, labels),
    }
    for name, build in builders.items():
        collector.pickled("catboost", name, build, joblib=("none", "zlib"))
