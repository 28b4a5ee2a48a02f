//! What TensorFlow operations do beyond computing.

/// Operations that touch files, the network or other code, by their name in a graph.
pub(crate) fn dangerous_op(op: &str) -> Option<&'static str> {
    Some(match op {
        "WriteFile" => "writes a file",
        "ReadFile" => "reads a file",
        "PyFunc" | "PyFuncStateless" | "EagerPyFunc" | "_EagerPyFunc" => "calls Python code",
        _ => return None,
    })
}
