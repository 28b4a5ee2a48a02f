//! Rules on models of XGBoost, LightGBM and CatBoost.

super::registry::family! { "boost":
    "boost-invalid",
    "model-absurd-count",
    "model-count-mismatch",
}
