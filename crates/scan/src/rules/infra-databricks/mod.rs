//! Rules on Databricks.

super::registry::family! { "infra-databricks":
    "cluster-no-isolation",
    "cluster-script-foreign",
    "databricks-own-key",
    "databricks-public-ip",
    "databricks-workspace-public",
    "grant-to-all-users",
    "ip-list-open",
    "library-unpinned",
    "permission-for-all-users",
    "served-key-written-out",
    "served-version-missing",
    "serving-not-logged",
    "serving-personal-data-passes",
    "serving-without-gateway",
    "serving-without-guardrail",
    "serving-without-rate-limit",
    "token-without-end",
    "workspace-exports-allowed",
    "workspace-ip-lists-off",
}
