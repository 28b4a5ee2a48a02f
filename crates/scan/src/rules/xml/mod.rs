//! Rules on models that are XML: OpenVINO and PMML, and on XML itself.

super::registry::family! { "xml":
    "openvino-custom-layer",
    "openvino-library",
    "openvino-size-mismatch",
    "xml-entity-expansion",
    "xml-external-document",
    "xml-external-entity",
    "xml-invalid",
    "xml-script",
    "xml-stylesheet",
}
