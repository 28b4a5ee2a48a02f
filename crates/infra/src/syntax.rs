//! Which syntax a file is in, by its name and by what stands in it.

/// A syntax of infrastructure as code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Syntax {
    /// `.tf` and `.tfvars`.
    Terraform,
    /// What `terraform show -json` prints.
    TerraformPlan,
    /// A template of CloudFormation or SAM.
    CloudFormation,
    /// A template of the Azure Resource Manager in JSON.
    Arm,
    /// Bicep.
    Bicep,
    /// Objects of Kubernetes.
    Kubernetes,
    /// A Compose file.
    Compose,
    /// Instructions to build an image.
    Dockerfile,
    /// Settings of AI software in a file of their own, values of a chart among them.
    Settings,
}

/// The syntax of a file, if it is infrastructure.
pub fn syntax_of(path: &str, text: &str) -> Option<Syntax> {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let ending = name.rsplit('.').next().unwrap_or_default();
    if crate::dockerfile::is_name(&name) {
        return text
            .lines()
            .any(|line| line.trim_start().to_ascii_uppercase().starts_with("FROM"))
            .then_some(Syntax::Dockerfile);
    }
    if crate::kustomize::is_name(path.rsplit('/').next().unwrap_or(path)) {
        return Some(Syntax::Kubernetes);
    }
    match ending {
        "tf" | "tfvars" | "tofu" => Some(Syntax::Terraform),
        "bicep" => Some(Syntax::Bicep),
        "properties" => text.contains("inference_address").then_some(Syntax::Settings),
        "py" => matches!(&*name, "jupyterhub_config.py" | "jupyter_server_config.py" | "jupyter_notebook_config.py")
            .then_some(Syntax::Settings),
        "yaml" | "yml" | "json" | "template" => {
            let head = head(text);
            if text.contains("AWSTemplateFormatVersion") || (text.contains("Resources") && text.contains("AWS::")) {
                return Some(Syntax::CloudFormation);
            }
            if ending == "json" && text.contains("deploymentTemplate.json") {
                return Some(Syntax::Arm);
            }
            if ending == "json" && text.contains("\"planned_values\"") && text.contains("\"format_version\"") {
                return Some(Syntax::TerraformPlan);
            }
            let kubernetes =
                ["apiVersion", "\"apiVersion\""].iter().any(|word| text.contains(word)) && text.contains("kind");
            if kubernetes {
                return Some(Syntax::Kubernetes);
            }
            if name.starts_with("values") || name == "milvus.yaml" || head.contains("model_list:") {
                return Some(Syntax::Settings);
            }
            // Settings of an agent: what they switch on is known by its name.
            let switches = ["allow_dangerous_deserialization", "allow_dangerous_code", "allow_dangerous_requests"];
            let is_agent = switches.iter().any(|word| head.contains(word))
                || head.contains("executor:") && head.contains("approval:") && head.contains("tools:");
            if is_agent && !compose_like(&name, head) {
                return Some(Syntax::Settings);
            }
            let compose = compose_like(&name, head);
            (compose && text.contains("services") && (text.contains("image") || text.contains("build")))
                .then_some(Syntax::Compose)
        }
        _ => None,
    }
}

/// Whether a file is one of services.
fn compose_like(name: &str, head: &str) -> bool {
    name.contains("compose") || head.contains("\nservices:") || head.starts_with("services:")
}

/// The beginning of a text, where the keys that tell syntaxes apart stand.
fn head(text: &str) -> &str {
    text.get(..text.floor_char_boundary(64 << 10)).unwrap_or(text)
}
