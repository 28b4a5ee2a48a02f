//! What readers make of small projects: values, unknowns, references, relations.

use redan_infra::check::{parse, run};
use redan_infra::{File, Model, analyse};

fn model(files: &[(&str, &str)]) -> Model {
    let files: Vec<File> =
        files.iter().map(|(path, text)| File { path: (*path).to_string(), text: (*text).to_string() }).collect();
    analyse(&files)
}

/// Certain and uncertain hits of a check.
fn hits(model: &Model, check: &str) -> (usize, usize) {
    let check = parse(check).unwrap();
    let hits = run(&check, model);
    let unknown = hits.iter().filter(|hit| hit.unknown.is_some()).count();
    (hits.len() - unknown, unknown)
}

const OPEN: &str = "on notebook\nwhen direct_internet_access == \"Enabled\"";

#[test]
fn variables_locals_and_conditions_of_terraform() {
    let with = |value: &str, rest: &str| {
        model(&[(
            "main.tf",
            &format!(
                "resource \"aws_sagemaker_notebook_instance\" \"n\" {{\n  direct_internet_access = {value}\n}}\n{rest}"
            ),
        )])
    };
    for (value, rest, wanted) in [
        ("var.x", "variable \"x\" {\n  default = \"Enabled\"\n}", (1, 0)),
        ("var.x", "variable \"x\" {}", (0, 1)),
        ("local.x", "locals {\n  x = format(\"%s\", \"Enabled\")\n}", (1, 0)),
        ("var.a ? \"Enabled\" : \"Disabled\"", "variable \"a\" {}", (0, 1)),
        ("var.a ? \"Enabled\" : \"Enabled\"", "variable \"a\" {}", (1, 0)),
        ("var.a ? \"Disabled\" : \"Enabled\"", "variable \"a\" {\n  default = true\n}", (0, 0)),
        ("lookup({ a = \"Enabled\" }, \"a\", \"x\")", "", (1, 0)),
        ("local.x", "locals {\n  x = local.x\n}", (0, 1)),
    ] {
        assert_eq!(hits(&with(value, rest), OPEN), wanted, "{value} {rest}");
    }
}

#[test]
fn tfvars_win_and_absent_resources_do_not_count() {
    let main = "variable \"x\" {\n  default = \"Enabled\"\n}\nresource \"aws_sagemaker_notebook_instance\" \"n\" {\n  direct_internet_access = var.x\n}\nresource \"aws_sagemaker_notebook_instance\" \"none\" {\n  count = 0\n  direct_internet_access = \"Enabled\"\n}\n";
    assert_eq!(hits(&model(&[("a/main.tf", main)]), OPEN), (1, 0));
    let given = model(&[("a/main.tf", main), ("a/terraform.tfvars", "x = \"Disabled\"\n")]);
    assert_eq!(hits(&given, OPEN), (0, 0));
}

#[test]
fn modules_are_read_as_they_are_called() {
    let module = "variable \"access\" {\n  default = \"Enabled\"\n}\nresource \"aws_sagemaker_notebook_instance\" \"n\" {\n  direct_internet_access = var.access\n}\n";
    let call = |access: &str| format!("module \"nb\" {{\n  source = \"./modules/nb\"\n  access = \"{access}\"\n}}\n");
    assert_eq!(hits(&model(&[("main.tf", &call("Enabled")), ("modules/nb/main.tf", module)]), OPEN), (1, 0));
    let safe = model(&[("main.tf", &call("Disabled")), ("modules/nb/main.tf", module)]);
    assert_eq!(hits(&safe, OPEN), (0, 0));
    let resource = safe.of_kind("notebook").next().unwrap();
    assert_eq!(resource.address, "module.nb.aws_sagemaker_notebook_instance.n");
}

#[test]
fn every_syntax_gives_the_same_kind() {
    for (path, text) in [
        (
            "plan.json",
            r#"{"format_version":"1.2","planned_values":{"root_module":{"resources":[{"address":"a.n","mode":"managed","type":"aws_sagemaker_notebook_instance","name":"n","values":{"direct_internet_access":"Enabled"}}]}}}"#,
        ),
        (
            "t.json",
            r#"{"Resources":{"N":{"Type":"AWS::SageMaker::NotebookInstance","Properties":{"DirectInternetAccess":"Enabled"}}}}"#,
        ),
        (
            "t.yaml",
            "Parameters:\n  A: {Type: String, Default: Enabled}\nResources:\n  N:\n    Type: AWS::SageMaker::NotebookInstance\n    Properties:\n      DirectInternetAccess: !Ref A\n",
        ),
        (
            "cc.tf",
            "resource \"awscc_sagemaker_notebook_instance\" \"n\" {\n  direct_internet_access = \"Enabled\"\n}\n",
        ),
    ] {
        assert_eq!(hits(&model(&[(path, text)]), OPEN), (1, 0), "{path}");
    }
}

#[test]
fn bicep_and_arm_agree() {
    let check = "on azure_ai_account\nwhen public_network_access_enabled is on and local_auth_enabled is on";
    let bicep = "param access string = 'Enabled'\nresource a 'Microsoft.CognitiveServices/accounts@2024-10-01' = {\n  name: 'a'\n  properties: {\n    publicNetworkAccess: access\n    disableLocalAuth: false\n  }\n}\n";
    let arm = r#"{"$schema":"https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#","parameters":{"access":{"type":"string","defaultValue":"Enabled"}},"resources":[{"type":"Microsoft.CognitiveServices/accounts","name":"a","properties":{"publicNetworkAccess":"[parameters('access')]","disableLocalAuth":false}}]}"#;
    let azapi = "resource \"azapi_resource\" \"a\" {\n  type = \"Microsoft.CognitiveServices/accounts@2024-10-01\"\n  body = {\n    properties = {\n      publicNetworkAccess = \"Enabled\"\n      disableLocalAuth = false\n    }\n  }\n}\n";
    for (path, text) in [("main.bicep", bicep), ("azuredeploy.json", arm), ("main.tf", azapi)] {
        assert_eq!(hits(&model(&[(path, text)]), check), (1, 0), "{path}");
    }
}

#[test]
fn charts_are_rendered_with_their_values() {
    let template = "apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ include \"x.name\" . }}\nspec:\n  type: {{ .Values.service.type }}\n";
    let files = [("chart/values.yaml", "service:\n  type: LoadBalancer\n"), ("chart/templates/service.yaml", template)];
    let model = model(&files);
    assert_eq!(hits(&model, "on service\nwhen spec.type == \"LoadBalancer\""), (1, 0));
    assert_eq!(hits(&model, "on service\nwhen metadata.name == \"y\""), (0, 1));
    assert!(!model.files()[1].incomplete.is_empty(), "what was not rendered is said");
    let service = model.of_kind("service").next().unwrap();
    let place = service.attributes.path("spec.type").unwrap().place;
    assert_eq!(
        template.lines().take_while(|line| !line.contains("type:")).map(|line| line.len() as u32 + 1).sum::<u32>() + 8,
        place.start
    );
}

#[test]
fn what_is_not_read_is_said() {
    let model = model(&[("main.tf", "resource \"a\" \"b\" {\n  x = [\n"), ("x.bicep", "resource = = \n")]);
    assert!(model.files().iter().all(|file| !file.incomplete.is_empty()));
}

#[test]
fn hostile_files_end() {
    let many = "module \"m\" {\n  source = \"./\"\n}\n".repeat(50);
    let bomb = format!(
        "locals {{\n  a0 = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]\n{}}}\nresource \"aws_s3_bucket\" \"b\" {{\n  bucket = local.a11\n}}\n",
        (1..12)
            .map(|at| format!("  a{at} = [{}]\n", vec![format!("local.a{}", at - 1); 10].join(", ")))
            .collect::<String>()
    );
    let model = model(&[
        ("a/main.tf", &many),
        ("b/main.tf", &bomb),
        ("c.yaml", "apiVersion: v1\nkind: List\nitems: [{kind: List, items: []}]\n"),
    ]);
    assert!(model.resources().len() < 1000);
}

#[test]
fn settings_of_their_own_file_have_places() {
    let text = "# c\ninference_address=http://0.0.0.0:8080\nallowed_urls=.*\n";
    let values = "hub:\n  config:\n    JupyterHub: {authenticator_class: dummy}\n";
    let model = model(&[("config.properties", text), ("values.yaml", values)]);
    let place = |check: &str| run(&parse(check).unwrap(), &model).first().map(|hit| hit.place.start);
    assert_eq!(place("on config_file\nwhen settings.allowed_urls == \".*\""), text.find("allowed").map(|at| at as u32));
    let class = "on config_file\nwhen settings.hub.config.JupyterHub.authenticator_class == \"dummy\"";
    assert_eq!(place(class), values.find("dummy").map(|at| at as u32));
}

#[test]
fn many_objects_cost_their_number_and_what_is_left_out_is_said() {
    let pair = |at: usize| {
        format!(
            "kind: Service\nmetadata: {{name: s{at}}}\nspec: {{type: LoadBalancer, selector: {{app: a{at}}}}}\n---\n\
             kind: Pod\nmetadata: {{name: p{at}, labels: {{app: a{at}}}}}\n\
             spec: {{containers: [{{name: c, image: x}}]}}\n---\n"
        )
    };
    let text: String = (0..6000).map(pair).collect();
    let files = [File { path: "k.yaml".to_string(), text: text.replace("kind:", "apiVersion: v1\nkind:") }];
    let model = redan_infra::analyse(&files);
    let public = model.of_kind("container").filter(|container| container.attributes.get("public").is_some()).count();
    assert_eq!(public, 2500);
    assert!(model.files()[0].incomplete.iter().any(|reason| reason.contains("5000 objects")));
}

const VLLM: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: llm\nspec:\n  template:\n    spec:\n      containers:\n      - name: main\n        image: vllm/vllm-openai:latest\n        args: [\"--trust-remote-code\"]\n        securityContext: {runAsUser: 0}\n";

const ROOT: &str = "on ai_container\nwhen run_as_user == 0";
const LATEST: &str = "on ai_container\nwhen image_tag == \"latest\" and image_pinned is off";
const TRUSTS: &str = "on container\nwhen flags.trust-remote-code is on";

#[test]
fn overlays_are_applied() {
    let base = "resources:\n- llm.yaml\n";
    let overlay = "resources:\n- ../../base\nnamePrefix: prod-\nnamespace: ai\nimages:\n- name: vllm/vllm-openai\n  newTag: v0.10.0\npatches:\n- path: user.yaml\n- target: {kind: Deployment, name: llm}\n  patch: |-\n    - op: replace\n      path: /spec/template/spec/containers/0/args\n      value: [\"--host\", \"0.0.0.0\"]\n";
    let user = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: llm\nspec:\n  template:\n    spec:\n      containers:\n      - name: main\n        securityContext: {runAsUser: 1000}\n";
    let files = [
        ("base/kustomization.yaml", base),
        ("base/llm.yaml", VLLM),
        ("overlays/prod/kustomization.yaml", overlay),
        ("overlays/prod/user.yaml", user),
    ];
    let whole = model(&files);
    for check in [ROOT, LATEST, TRUSTS] {
        assert_eq!(hits(&model(&files[..2]), check), (1, 0), "{check}");
        assert_eq!(hits(&whole, check), (0, 0), "{check}");
    }
    let names: Vec<_> = whole.of_kind("object").map(|object| object.address.as_str()).collect();
    assert_eq!(names, ["Deployment/prod-llm"]);
    assert!(whole.files().iter().all(|file| file.incomplete.is_empty()), "{:?}", whole.files());
    // A second overlay that leaves the base as it is brings the finding back, at its place in the base.
    let mut more = files.to_vec();
    more.push(("overlays/dev/kustomization.yaml", "bases: [../../base]\n"));
    assert_eq!(hits(&model(&more), ROOT), (1, 0));
}

#[test]
fn what_an_overlay_takes_from_elsewhere_is_said() {
    let overlay = "resources: [llm.yaml, 'https://example.com/x.yaml']\ncomponents: [../gone]\ntransformers: [t.yaml]\npatches:\n- {path: gone.yaml}\n- {target: {kind: Deployment, name: 'l(l)m'}, patch: '[{op: remove, path: /spec}]'}\n";
    let model = model(&[("a/kustomization.yaml", overlay), ("a/llm.yaml", VLLM)]);
    assert_eq!(hits(&model, ROOT), (1, 0));
    assert_eq!(model.files()[0].incomplete.len(), 5, "{:?}", model.files()[0]);
}

#[test]
fn overlays_that_name_one_another_end() {
    let files = [
        ("a/kustomization.yaml", "resources: [../b, ../b]\n"),
        ("b/kustomization.yaml", "resources: [../a, ../a, x.yaml]\n"),
        ("b/x.yaml", VLLM),
        ("c/kustomization.yaml", "resources: [../a]\n"),
    ];
    assert!(model(&files).of_kind("object").count() <= 20_000);
}
