//! The kinds of fact about configuration, shared by JSON and YAML.

use redan_domain::facts;

facts! {
    /// Code is taken from another repository than the model's.
    REMOTE_CODE = "config-remote-code";
    /// Code that ships with the model is run, or a flag in a recipe allows it.
    LOCAL_CODE = "config-local-code";
    /// A name that is instantiated or called is one that runs code, starts a process or opens files.
    DANGEROUS_CALLABLE = "config-dangerous-callable";
    /// A value is source code that would do harm where it is evaluated.
    CODE_IN_VALUE = "config-code-in-value";
    /// A file is referred to outside the model's own folder, at a place nothing honest reads.
    PATH_ESCAPE = "config-path-escape";
    /// The base model comes from an address that is not a model hub.
    FOREIGN_BASE = "config-foreign-base";
    /// The base model is a path of somebody's machine, or an address of a hub.
    LOCAL_BASE = "config-local-base";
    /// A key that decides what is loaded stands twice.
    DUPLICATE_KEY = "config-duplicate-key";
    /// A value is taken from an environment variable.
    ENVIRONMENT = "config-environment";
    /// A digest or title in an image manifest leads out of the folder it is unpacked to.
    OCI_ESCAPE = "oci-path-escape";
    /// A layer is fetched from an address instead of the registry.
    OCI_FOREIGN_LAYER = "oci-foreign-layer";
}
