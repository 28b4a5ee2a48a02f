//! Rules on MLflow models.

super::registry::family! { "mlflow":
    "mlflow-code",
    "mlflow-custom-loader",
}
