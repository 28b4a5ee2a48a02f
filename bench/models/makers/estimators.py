"""scikit-learn and what is built in its manner: estimators, pipelines, searches, vectorizers."""

from __future__ import annotations

from typing import Any

from . import Collector, need

TEXTS = ["good movie", "bad movie", "a great film", "terrible plot", "nice acting", "boring and slow"] * 5
EVERY = ("none", "zlib", "gzip", "bz2", "lzma", "xz", "lz4")


def make(collector: Collector) -> None:
    need("sklearn")
    collector.run("sklearn", estimators)
    collector.run("sklearn/compositions", compositions)
    collector.run("sklearn/kernels", kernels)
    collector.run("sklearn/others", others)
    collector.run("sklearn-like", relatives)


def data() -> tuple[Any, Any, Any]:
    """120 rows of 5 features, a class label and a number for each."""
    np = need("numpy")
    rng = np.random.default_rng(0)
    features = rng.normal(size=(120, 5))
    return features, (features[:, 0] + features[:, 1] > 0).astype(int), features @ np.arange(5.0)


def estimators(collector: Collector) -> None:
    """One fitted instance of each estimator that scikit-learn says it has."""
    import inspect

    np, discovery = need("numpy"), need("sklearn.utils.discovery") if _modern() else need("sklearn.utils")
    features, labels, targets = data()
    small = {"n_estimators": 4, "max_iter": 20, "n_components": 2, "random_state": 0, "n_init": 1, "max_leaf_nodes": 6}
    special = {"DictVectorizer": [{"a": 1, "b": "x"}], "FeatureHasher": [{"a": 1}], "HashingVectorizer": TEXTS, "CountVectorizer": TEXTS, "TfidfVectorizer": TEXTS}
    for name, kind in discovery.all_estimators():
        def fitted(name: str = name, kind: Any = kind) -> Any:
            from sklearn.linear_model import LinearRegression, LogisticRegression

            wanted = inspect.signature(kind.__init__).parameters
            options = {k: v for k, v in small.items() if k in wanted}
            if name in ("SparseCoder",):
                options["dictionary"] = np.eye(5)
            if "estimators" in wanted:
                inner = LogisticRegression() if "Classifier" in name else LinearRegression()
                options["estimators"] = [("one", inner), ("two", inner)]
            elif "estimator" in wanted and wanted["estimator"].default is inspect.Parameter.empty:
                options["estimator"] = LogisticRegression()
            for option, value in (("param_grid", {"C": [0.1, 1.0]}), ("param_distributions", {"C": [0.1, 1.0]}), ("transformer_list", [("s", need("sklearn.preprocessing").StandardScaler())]), ("transformers", [("s", need("sklearn.preprocessing").StandardScaler(), [0, 1])]), ("steps", [("c", LogisticRegression())]), ("base_estimator", LogisticRegression())):
                if option in wanted and wanted[option].default is inspect.Parameter.empty:
                    options[option] = value
            model = kind(**options)
            if name in special:
                return model.fit(special[name])
            if name in ("LabelEncoder", "LabelBinarizer"):
                return model.fit(labels)
            if name == "MultiLabelBinarizer":
                return model.fit([["a"], ["a", "b"]])
            if name == "PatchExtractor":
                return model.fit(np.zeros((2, 8, 8)))
            if name == "IsotonicRegression":
                return model.fit(features[:, 0], targets)
            for rows, answer in ((features, labels), (features, targets), (abs(features), labels), (features, np.c_[labels, 1 - labels]), (features, np.c_[targets, targets])):
                try:
                    return model.fit(rows, answer)
                except Exception as error:
                    last = error
            raise last

        collector.pickled("sklearn", name, fitted, protocols=(0, 2, 4, 5), joblib=EVERY if name in ("RandomForestClassifier", "StandardScaler") else ("none", "zlib"))


def _modern() -> bool:
    try:
        need("sklearn.utils.discovery")
    except Exception:
        return False
    return True


def compositions(collector: Collector) -> None:
    np = need("numpy")
    from scipy import stats
    from sklearn import calibration, compose, ensemble, feature_extraction, feature_selection, impute, linear_model, metrics, model_selection, naive_bayes, neighbors, neural_network, pipeline, preprocessing, svm, tree

    from .tables import frame

    features, labels, targets = data()

    def columns() -> Any:
        table = frame()
        made = compose.ColumnTransformer(
            [
                ("num", pipeline.make_pipeline(impute.SimpleImputer(), preprocessing.StandardScaler()), ["number", "count"]),
                ("cat", preprocessing.OneHotEncoder(handle_unknown="ignore"), ["kind"]),
                ("ord", preprocessing.OrdinalEncoder(), compose.make_column_selector(pattern="flag")),
                ("text", feature_extraction.text.TfidfVectorizer(), "name"),
            ],
            remainder="drop",
        )
        return pipeline.Pipeline([("prep", made), ("model", ensemble.GradientBoostingClassifier(n_estimators=3))]).fit(table, table["flag"])

    logistic, forest = linear_model.LogisticRegression(), ensemble.RandomForestClassifier(4)
    builders: dict[str, Any] = {
        "pipeline_columns": columns,
        "pipeline_text": lambda: pipeline.make_pipeline(feature_extraction.text.TfidfVectorizer(ngram_range=(1, 2), stop_words="english"), naive_bayes.MultinomialNB()).fit(TEXTS, [1, 0] * 15),
        "pipeline_svm": lambda: pipeline.make_pipeline(preprocessing.RobustScaler(), svm.SVC(probability=False)).fit(features, labels),
        "pipeline_set_output": lambda: pipeline.make_pipeline(preprocessing.StandardScaler()).set_output(transform="pandas").fit(features),
        "grid_search": lambda: model_selection.GridSearchCV(pipeline.make_pipeline(preprocessing.StandardScaler(), svm.SVC()), {"svc__C": [0.1, 1], "svc__kernel": ["rbf", "linear"]}, scoring={"acc": "accuracy", "f1": metrics.make_scorer(metrics.f1_score, average="macro")}, refit="acc", cv=2).fit(features, labels),
        "random_search": lambda: model_selection.RandomizedSearchCV(svm.SVC(), {"C": stats.loguniform(0.1, 1), "gamma": stats.uniform(0, 1)}, n_iter=2, cv=2).fit(features, labels),
        "custom_scorers": lambda: [metrics.make_scorer(metrics.mean_squared_error, greater_is_better=False), metrics.make_scorer(metrics.fbeta_score, beta=2), metrics.get_scorer("roc_auc"), metrics.get_scorer("neg_log_loss")],
        "calibrated": lambda: [calibration.CalibratedClassifierCV(svm.LinearSVC(), method=m, cv=2).fit(features, labels) for m in ("sigmoid", "isotonic")],
        "stacking": lambda: ensemble.StackingClassifier([("lr", logistic), ("rf", forest)], final_estimator=logistic, cv=2).fit(features, labels),
        "voting": lambda: ensemble.VotingClassifier([("lr", logistic), ("rf", forest)], voting="soft").fit(features, labels),
        "bagging": lambda: ensemble.BaggingClassifier(tree.DecisionTreeClassifier(), 4).fit(features, labels),
        "function_transformer": lambda: [preprocessing.FunctionTransformer(f, inverse_func=g).fit(abs(features)) for f, g in ((np.log1p, np.expm1), (np.sqrt, np.square), (None, None), (np.abs, None))],
        "target_regressor": lambda: compose.TransformedTargetRegressor(linear_model.Ridge(), func=np.log1p, inverse_func=np.expm1).fit(features, abs(targets)),
        "target_regressor_quantile": lambda: compose.TransformedTargetRegressor(linear_model.Ridge(), transformer=preprocessing.QuantileTransformer(n_quantiles=10)).fit(features, targets),
        "select": lambda: [feature_selection.SelectKBest(s, k=2).fit(abs(features), labels) for s in (feature_selection.f_classif, feature_selection.chi2, feature_selection.mutual_info_classif)],
        "rfe": lambda: feature_selection.RFECV(logistic, cv=2).fit(features, labels),
        "neighbors": lambda: [neighbors.KNeighborsClassifier(algorithm=a).fit(features, labels) for a in ("ball_tree", "kd_tree", "brute")],
        "neighbors_metric": lambda: [neighbors.KNeighborsRegressor(metric=m, weights="distance").fit(features, targets) for m in ("manhattan", "chebyshev", "minkowski", "cosine")] + [neighbors.NearestNeighbors(metric="mahalanobis", metric_params={"VI": np.eye(5)}, algorithm="brute").fit(features)],
        "trees": lambda: [neighbors.BallTree(features), neighbors.KDTree(features), neighbors.KernelDensity().fit(features), neighbors.LocalOutlierFactor(novelty=True).fit(features)],
        "hist_boosting": lambda: [ensemble.HistGradientBoostingClassifier(max_iter=5, early_stopping=True).fit(features, labels), ensemble.HistGradientBoostingRegressor(max_iter=5, loss="quantile", quantile=0.5).fit(features, targets), ensemble.HistGradientBoostingClassifier(max_iter=3, categorical_features=[0]).fit(abs(features).round(), labels)],
        "gradient_boosting": lambda: [ensemble.GradientBoostingClassifier(n_estimators=3, loss=x).fit(features, labels) for x in ("log_loss", "exponential")] + [ensemble.GradientBoostingRegressor(n_estimators=3, loss=x).fit(features, targets) for x in ("squared_error", "huber", "quantile", "absolute_error")],
        "linear_losses": lambda: [linear_model.SGDClassifier(loss=x).fit(features, labels) for x in ("hinge", "log_loss", "modified_huber", "perceptron", "squared_hinge")] + [linear_model.SGDRegressor(loss=x).fit(features, targets) for x in ("squared_error", "huber", "epsilon_insensitive")],
        "svms": lambda: [svm.SVC(kernel=k).fit(features, labels) for k in ("rbf", "linear", "poly", "sigmoid")] + [svm.OneClassSVM().fit(features), svm.NuSVC().fit(features, labels), svm.SVC(kernel=metrics.pairwise.cosine_similarity).fit(features, labels)],
        "networks": lambda: [neural_network.MLPClassifier((8,), solver=s, max_iter=20, early_stopping=s != "lbfgs").fit(features, labels) for s in ("adam", "sgd", "lbfgs")],
        "multi": lambda: [need("sklearn.multiclass").OneVsRestClassifier(logistic).fit(features, labels), need("sklearn.multioutput").MultiOutputClassifier(logistic).fit(features, np.c_[labels, 1 - labels]), need("sklearn.multioutput").ClassifierChain(logistic).fit(features, np.c_[labels, 1 - labels])],
        "vectorizers": lambda: [feature_extraction.text.CountVectorizer(analyzer="char", ngram_range=(2, 3)).fit(TEXTS), feature_extraction.text.TfidfVectorizer(tokenizer=str.split, token_pattern=None, preprocessor=str.lower).fit(TEXTS), feature_extraction.text.HashingVectorizer(), feature_extraction.text.TfidfTransformer().fit(np.eye(3))],
        "iterative_imputer": lambda: (need("sklearn.experimental.enable_iterative_imputer"), need("sklearn.impute").IterativeImputer(max_iter=2).fit(features))[1],
        "bundle": lambda: {"model": forest.fit(features, labels), "scaler": preprocessing.StandardScaler().fit(features), "columns": ["a", "b", "c", "d", "e"], "metrics": {"auc": np.float64(0.93)}, "threshold": 0.5},
        "tuple_bundle": lambda: (tree.DecisionTreeRegressor(max_depth=3).fit(features, targets), features[:3], labels[:3]),
        "list_of_models": lambda: [linear_model.Ridge(a).fit(features, targets) for a in (0.1, 1, 10)],
    }
    for name, build in builders.items():
        collector.pickled("sklearn", name, build, joblib=EVERY if name in ("pipeline_columns", "grid_search") else ("none", "zlib", "lz4"))


def kernels(collector: Collector) -> None:
    from sklearn import gaussian_process as gp

    features, labels, targets = data()
    k = gp.kernels
    made = {
        "rbf": k.ConstantKernel(1.0) * k.RBF(1.0) + k.WhiteKernel(0.1),
        "matern": k.Matern(nu=1.5),
        "periodic": k.ExpSineSquared() * k.RationalQuadratic(),
        "dot": k.DotProduct() ** 2,
        "compound": k.CompoundKernel([k.RBF(), k.Matern()]),
        "pairwise": k.PairwiseKernel(metric="laplacian"),
    }
    for name, kernel in made.items():
        if name == "compound":
            collector.pickled("sklearn", f"kernel_{name}", lambda kernel=kernel: kernel)
            continue
        collector.pickled("sklearn", f"gp_{name}", lambda kernel=kernel: gp.GaussianProcessRegressor(kernel).fit(features, targets), joblib=("none", "zlib"))
    collector.pickled("sklearn", "gp_classifier", lambda: gp.GaussianProcessClassifier(made["rbf"]).fit(features, labels))


def others(collector: Collector) -> None:
    np = need("numpy")
    from sklearn import datasets, inspection, metrics, model_selection, tree, utils

    features, labels, targets = data()
    model = tree.DecisionTreeClassifier(max_depth=3).fit(features, labels)
    builders: dict[str, Any] = {
        "bunch": lambda: [utils.Bunch(a=1), datasets.load_iris(), datasets.load_diabetes(as_frame=True)],
        "splitters": lambda: [model_selection.KFold(3), model_selection.StratifiedKFold(3, shuffle=True, random_state=np.random.RandomState(0)), model_selection.TimeSeriesSplit(), model_selection.GroupKFold(2), model_selection.ShuffleSplit(2)],
        "tree_object": lambda: model.tree_,
        "importance": lambda: inspection.permutation_importance(model, features, labels, n_repeats=2),
        "dependence": lambda: inspection.partial_dependence(model, features, [0]),
        "displays": lambda: metrics.roc_curve(labels, features[:, 0]),
        "cv_results": lambda: model_selection.cross_validate(model, features, labels, cv=2, return_estimator=True),
        "functions": lambda: [metrics.accuracy_score, metrics.mean_squared_error, metrics.r2_score, metrics.pairwise.rbf_kernel, utils.shuffle],
        "distance_metrics": lambda: [metrics.DistanceMetric.get_metric(m) for m in ("euclidean", "manhattan", "haversine", "minkowski")],
        "parameter_grid": lambda: [model_selection.ParameterGrid({"a": [1]}), model_selection.ParameterSampler({"a": [1]}, 1)],
    }
    for name, build in builders.items():
        collector.pickled("sklearn", name, build)


def relatives(collector: Collector) -> None:
    np = need("numpy")
    features, labels, targets = data()

    def imblearn() -> Any:
        need("imblearn")
        from imblearn import combine, ensemble, over_sampling, pipeline, under_sampling
        from sklearn.linear_model import LogisticRegression

        return [
            pipeline.make_pipeline(over_sampling.SMOTE(k_neighbors=2), LogisticRegression()).fit(features, labels),
            pipeline.make_pipeline(under_sampling.RandomUnderSampler(), LogisticRegression()).fit(features, labels),
            ensemble.BalancedRandomForestClassifier(4).fit(features, labels),
            ensemble.EasyEnsembleClassifier(2).fit(features, labels),
            ensemble.RUSBoostClassifier(n_estimators=2).fit(features, labels),
            combine.SMOTETomek(),
            over_sampling.ADASYN(),
        ]

    def encoders() -> Any:
        kinds = need("category_encoders")
        from .tables import frame

        table = frame()
        names = "TargetEncoder OrdinalEncoder OneHotEncoder BinaryEncoder CatBoostEncoder WOEEncoder LeaveOneOutEncoder HashingEncoder CountEncoder JamesSteinEncoder".split()
        return [getattr(kinds, n)(cols=["name"]).fit(table[["name", "number"]], table["flag"].astype(int)) for n in names]

    def results() -> Any:
        sm = need("statsmodels.api")
        rows = sm.add_constant(features)
        return {
            "ols": sm.OLS(targets, rows).fit(),
            "logit": sm.Logit(labels, sm.add_constant(np.random.default_rng(3).normal(size=(120, 2)))).fit(disp=0),
            "glm": sm.GLM(labels, rows[:, 3:], family=sm.families.Binomial()).fit(),
            "poisson": sm.GLM(labels + 1, rows, family=sm.families.Poisson()).fit(),
            "rlm": sm.RLM(targets, rows).fit(),
            "wls": sm.WLS(targets, rows, weights=np.ones(120)).fit(),
        }

    def formulas() -> Any:
        smf, pd = need("statsmodels.formula.api"), need("pandas")
        table = pd.DataFrame({"y": targets, "a": features[:, 0], "g": ["u", "v"] * 60})
        return [smf.ols("y ~ a + C(g)", table).fit(), smf.glm("y ~ a", table).fit(), smf.mixedlm("y ~ a", table, groups=table["g"]).fit()]

    def series() -> Any:
        tsa = need("statsmodels.tsa.api")
        return [tsa.ARIMA(targets, order=(1, 0, 1)).fit(), tsa.ExponentialSmoothing(abs(targets) + 1).fit(), tsa.SARIMAX(targets, order=(1, 0, 0)).fit(disp=0), tsa.AutoReg(targets, 2).fit(), tsa.VAR(features).fit(1)]

    def pyod() -> Any:
        need("pyod")
        from pyod.models import ecod, hbos, iforest, knn, lof

        return [kind.fit(features) for kind in (iforest.IForest(n_estimators=4), knn.KNN(), lof.LOF(), hbos.HBOS(), ecod.ECOD())]

    def lifelines() -> Any:
        kinds, pd = need("lifelines"), need("pandas")
        table = pd.DataFrame({"t": abs(targets) + 0.1, "e": labels, "x": features[:, 2]})
        return [kinds.KaplanMeierFitter().fit(table["t"], table["e"]), kinds.CoxPHFitter().fit(table, "t", "e"), kinds.WeibullFitter().fit(table["t"], table["e"])]

    def crf() -> Any:
        kinds = need("sklearn_crfsuite")
        return kinds.CRF(max_iterations=3).fit([[{"w": "a"}, {"w": "b"}]], [["X", "Y"]])

    builders: dict[tuple[str, str], Any] = {
        ("imbalanced-learn", "pipelines"): imblearn,
        ("category_encoders", "encoders"): encoders,
        ("statsmodels", "regressions"): results,
        ("statsmodels", "formulas"): formulas,
        ("statsmodels", "series"): series,
        ("pyod", "detectors"): pyod,
        ("lifelines", "survival"): lifelines,
        ("crf", "crf"): crf,
        ("hdbscan", "hdbscan"): lambda: need("hdbscan").HDBSCAN(min_cluster_size=4, prediction_data=True).fit(features),
        ("umap", "umap"): lambda: need("umap").UMAP(n_neighbors=4, n_epochs=5).fit(features),
    }
    for (framework, name), build in builders.items():
        collector.pickled(framework, name, build, protocols=(2, 4, 5), joblib=("none", "zlib"))
