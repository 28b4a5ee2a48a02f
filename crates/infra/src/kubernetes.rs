//! Kubernetes: objects, the containers in them, and who can reach those.

use crate::container::{Parts, container};
use crate::kinds::{Build, made};
use crate::model::{Draft, Resource};
use crate::reach::Cluster;
use crate::value::{Data, Entry, Place, Val};

/// Kinds of object that checks look at.
const KINDS: &[(&str, &[&str])] = &[
    ("service", &["Service", "kubernetes_service", "kubernetes_service_v1"]),
    ("ingress", &["Ingress", "kubernetes_ingress_v1", "HTTPRoute", "VirtualService", "Route", "IngressRoute"]),
    (
        "network_policy",
        &["NetworkPolicy", "kubernetes_network_policy", "kubernetes_network_policy_v1", "CiliumNetworkPolicy"],
    ),
    ("config_map", &["ConfigMap", "kubernetes_config_map", "kubernetes_config_map_v1"]),
    ("secret", &["Secret", "kubernetes_secret", "kubernetes_secret_v1"]),
    (
        "role_binding",
        &[
            "RoleBinding",
            "ClusterRoleBinding",
            "kubernetes_cluster_role_binding",
            "kubernetes_role_binding",
            "kubernetes_cluster_role_binding_v1",
            "kubernetes_role_binding_v1",
        ],
    ),
    (
        "role",
        &[
            "Role",
            "ClusterRole",
            "kubernetes_cluster_role",
            "kubernetes_role",
            "kubernetes_role_v1",
            "kubernetes_cluster_role_v1",
        ],
    ),
    ("inference_service", &["InferenceService", "LLMInferenceService"]),
    ("serving_runtime", &["ServingRuntime", "ClusterServingRuntime"]),
    ("ray_cluster", &["RayCluster", "RayJob", "RayService"]),
    ("kubeflow_notebook", &["Notebook"]),
    ("volume_claim", &["PersistentVolumeClaim", "kubernetes_persistent_volume_claim"]),
    ("persistent_volume", &["PersistentVolume"]),
    ("seldon_deployment", &["SeldonDeployment", "SeldonModel"]),
    ("mcp_object", &["MCPServer", "MCPRemoteProxy", "RemoteMCPServer"]),
    ("kagent_agent", &["Agent"]),
    ("authorization_policy", &["AuthorizationPolicy"]),
    ("request_authentication", &["RequestAuthentication"]),
    ("peer_authentication", &["PeerAuthentication"]),
    ("namespace", &["Namespace"]),
    ("resource_quota", &["ResourceQuota"]),
    ("kubeflow_profile", &["Profile"]),
    ("workflow", &["Workflow", "CronWorkflow", "WorkflowTemplate"]),
    ("helm_release", &["helm_release", "HelmRelease"]),
];

/// One object as it is read.
pub(crate) struct Object {
    pub(crate) native: String,
    pub(crate) name: String,
    pub(crate) address: String,
    pub(crate) place: Place,
    pub(crate) value: Val,
    pub(crate) platform: &'static str,
}

/// The objects of a document: one, or those of a list.
pub(crate) fn objects(value: Val, out: &mut Vec<Object>) {
    let Some(kind) = value.get("kind").and_then(Val::as_str).map(str::to_string) else { return };
    if kind == "List" {
        for item in value.get("items").map(Val::items).unwrap_or_default() {
            objects(item.clone(), out);
        }
        return;
    }
    let name = value.path("metadata.name").and_then(Val::text_or_partial).unwrap_or("unnamed").to_string();
    let place = value
        .entries()
        .iter()
        .find(|entry| entry.key == "kind")
        .map_or(value.place, |entry| Place { end: entry.value.place.end, ..entry.at });
    out.push(Object { address: format!("{kind}/{name}"), native: kind, name, place, value, platform: "kubernetes" });
}

/// Resources for all objects of a project together, and whether there were too many to tell who reaches whom.
pub(crate) fn resources(objects: Vec<Object>) -> (Vec<Resource>, bool) {
    let mut out = Vec::new();
    let cluster = Cluster::of(&objects);
    for object in &objects {
        if let Some(pod) = pod(&object.value) {
            pod_containers(object, &cluster, pod, &mut out);
        }
        for group in ray_groups(&object.value) {
            pod_containers(object, &cluster, group, &mut out);
        }
        config_files(object, &mut out);
    }
    for object in objects {
        let kinds = KINDS.iter().filter(|(_, natives)| natives.contains(&object.native.as_str()));
        let mut kinds: Vec<&'static str> = kinds.map(|(kind, _)| *kind).collect();
        kinds.push("object");
        let Object { native, name, address, place, mut value, platform } = object;
        if kinds.contains(&"ingress") {
            let known = is_authenticated(&value);
            value.insert("authenticated", Val::bool(known, place));
        }
        if kinds.contains(&"service") {
            let known = is_internal(&value);
            value.insert("internal", Val::bool(known, place));
        }
        out.push(made(kinds, platform, Draft { native, name, address, place, attributes: value }));
    }
    (out, cluster.is_cut())
}

/// Metadata and spec of the pods an object makes.
fn pod(value: &Val) -> Option<&Val> {
    let has = |pod: &&Val| pod.path("spec.containers").or_else(|| pod.path("spec.container")).is_some();
    let ways = [
        "spec.template",
        "spec.job_template.spec.template",
        "spec.jobTemplate.spec.template",
        "spec.predictor.pod_spec",
        "spec.predictor",
    ];
    if has(&value) {
        return Some(value);
    }
    ways.iter().filter_map(|way| value.path(way)).find(|pod| has(pod) || pod.get("containers").is_some())
}

fn ray_groups(value: &Val) -> Vec<&Val> {
    let mut out = Vec::new();
    for base in ["spec", "spec.ray_cluster_spec", "spec.ray_cluster_config"] {
        out.extend(value.path(&format!("{base}.head_group_spec.template")));
        for worker in value.path(&format!("{base}.worker_group_specs")).map(Val::items).unwrap_or_default() {
            out.extend(worker.get("template"));
        }
    }
    out
}

fn pod_containers(object: &Object, cluster: &Cluster, pod: &Val, out: &mut Vec<Resource>) {
    let spec = pod
        .path("spec")
        .filter(|_| pod.path("spec.containers").or_else(|| pod.path("spec.container")).is_some())
        .unwrap_or(pod);
    // A list of one block is the block.
    let spec = spec.items().first().unwrap_or(spec);
    let namespace = namespace(&object.value);
    let reach = cluster.reach(object, pod.path("metadata.labels"), &namespace);
    let lists = ["containers", "container", "init_containers", "init_container"];
    let containers: Vec<(&str, &Val)> = lists
        .iter()
        .flat_map(|key| spec.get(key).map(Val::items).unwrap_or_default().iter().map(|item| (*key, item)))
        .collect();
    let proxied = containers.iter().any(|(_, container)| {
        let image = container.get("image").and_then(Val::text_or_partial).unwrap_or_default();
        ["oauth2-proxy", "oauth-proxy", "pomerium", "authelia", "kube-rbac-proxy", "envoy-auth"]
            .iter()
            .any(|word| image.contains(word))
    });
    for (list, value) in containers {
        let name = value.get("name").and_then(Val::text_or_partial).unwrap_or("container").to_string();
        let mut command = Vec::new();
        for key in ["command", "args"] {
            command.extend(value.get(key).map(Val::items).unwrap_or_default().iter().cloned());
        }
        let place = value.get("name").map_or(value.place, |name| name.place);
        let mut more = rights(spec, value, place);
        more.push(("namespace", Val::text(namespace.clone(), object.place)));
        more.push(("workload", Val::text(object.native.clone(), object.place)));
        more.push(("init", Val::bool(list.starts_with("init"), place)));
        more.push(("host_path", Val::new(Data::List(host_paths(spec, value)), place)));
        more.push(("front_auth", Val::bool(proxied || reach.authenticated, place)));
        more.push(("selected_for_egress", Val::bool(reach.egress_limited, place)));
        if let Some((by, at)) = &reach.public {
            more.push(("public", Val::bool(true, *at)));
            more.push(("public_by", Val::text(*by, *at)));
        } else if spec.get("host_network").and_then(Val::scalar) == Some("true") {
            more.push(("public", Val::bool(true, place)));
            more.push(("public_by", Val::text("the network of the host", place)));
        } else if let Some(port) = value
            .get("ports")
            .or_else(|| value.get("port"))
            .map(Val::items)
            .unwrap_or_default()
            .iter()
            .find(|port| port.get("host_port").is_some())
        {
            more.push(("public", Val::bool(true, port.place)));
            more.push(("public_by", Val::text("a port of the host", port.place)));
        }
        out.push(container(Parts {
            address: format!("{}/{}/{name}", object.native, object.name),
            name,
            native: object.native.clone(),
            platform: object.platform,
            place,
            image: value.get("image").cloned(),
            command,
            env: environment(value),
            more_env: value.get("env_from").map(|_| "the environment comes from elsewhere, too".to_string()),
            more,
        }));
    }
}

fn environment(value: &Val) -> Vec<Entry> {
    let read = |item: &Val| {
        let key = item.get("name")?.text_or_partial()?.to_string();
        let value = match (item.get("value"), item.get("value_from")) {
            (Some(value), _) => value.clone(),
            (None, Some(source)) => Val::given("it is taken from a secret or a configuration", source.place),
            (None, None) => Val::text("", item.place),
        };
        Some(Entry { key, at: item.place, value })
    };
    value.get("env").map(Val::items).unwrap_or_default().iter().filter_map(read).collect()
}

/// What a container may do on its node.
fn rights(spec: &Val, value: &Val, place: Place) -> Vec<(&'static str, Val)> {
    let mut out = Vec::new();
    for (name, way) in [
        ("privileged", "security_context.privileged"),
        ("allow_privilege_escalation", "security_context.allow_privilege_escalation"),
        ("capabilities", "security_context.capabilities.add"),
        ("read_only", "security_context.read_only_root_filesystem"),
        ("run_as_user", "security_context.run_as_user"),
    ] {
        if let Some(found) = value.path(way) {
            out.push((name, found.clone()));
        }
    }
    for (name, way) in [
        ("host_network", "host_network"),
        ("pid", "host_pid"),
        ("service_account", "service_account_name"),
        ("automount_token", "automount_service_account_token"),
        ("runtime_class", "runtime_class_name"),
        ("pod_user", "security_context.run_as_user"),
        ("run_as_non_root", "security_context.run_as_non_root"),
    ] {
        if let Some(found) = spec.path(way) {
            out.push((name, found.clone()));
        }
    }
    if value.path("resources.limits").is_some() {
        out.push(("limited", Val::bool(true, place)));
    }
    let counts = ["resources.limits", "resources.requests"].iter().filter_map(|key| value.path(key));
    let is_accelerator = |key: &str| {
        key.ends_with(".com/gpu") || key.contains("aws.amazon.com/neuron") || key.contains("google.com/tpu")
    };
    if counts.flat_map(Val::entries).any(|entry| is_accelerator(&entry.key)) {
        out.push(("accelerated", Val::bool(true, place)));
    }
    out
}

/// Folders of the node that are mounted into the container.
fn host_paths(spec: &Val, value: &Val) -> Vec<Val> {
    let volumes = ["volumes", "volume"].iter().filter_map(|key| spec.get(key)).flat_map(Val::items);
    let mut out = Vec::new();
    for volume in volumes {
        let Some(path) = volume.path("host_path.path") else { continue };
        let name = volume.get("name").and_then(Val::scalar);
        let mounts = ["volume_mounts", "volume_mount"].iter().filter_map(|key| value.get(key)).flat_map(Val::items);
        for mount in mounts.filter(|mount| mount.get("name").and_then(Val::scalar) == name) {
            let read_only = mount.get("read_only").and_then(Val::scalar) == Some("true");
            let entry = |key: &str, value: Val| Entry { key: key.into(), at: path.place, value };
            out.push(Val::map(
                vec![entry("path", path.clone()), entry("read_only", Val::bool(read_only, path.place))],
                path.place,
            ));
        }
    }
    out
}

/// Whether objects of this type lead requests from outside to services.
pub(crate) fn is_route(native: &str) -> bool {
    KINDS.iter().any(|(kind, natives)| *kind == "ingress" && natives.contains(&native))
}

/// The namespace of an object.
pub(crate) fn namespace(value: &Val) -> String {
    value.path("metadata.namespace").and_then(Val::text_or_partial).unwrap_or("default").to_string()
}

/// Whether a load balancer is only reached from inside the network of the cloud.
pub(crate) fn is_internal(value: &Val) -> bool {
    let annotations = value.path("metadata.annotations").map(Val::entries).unwrap_or_default();
    annotations.iter().any(|entry| {
        let value = entry.value.scalar().unwrap_or_default().to_ascii_lowercase();
        entry.key.contains("internal") && value != "false"
            || entry.key.contains("load-balancer-type") && value == "internal"
            || entry.key.contains("scheme") && value == "internal"
    })
}

/// Whether something in front of a route asks who is there.
pub(crate) fn is_authenticated(value: &Val) -> bool {
    let annotations = value.path("metadata.annotations").map(Val::entries).unwrap_or_default();
    annotations.iter().any(|entry| {
        [
            "auth-url",
            "auth-type",
            "auth-tls-secret",
            "auth-signin",
            "authelia",
            "oauth",
            "oidc",
            "/auth",
            "forward-auth",
            "auth-secret",
            "idp-",
        ]
        .iter()
        .any(|word| entry.key.contains(word))
            || entry.key.contains("middlewares") && entry.value.scalar().is_some_and(|text| text.contains("auth"))
    })
}

/// Files that a configuration holds, each with the settings in it.
fn config_files(object: &Object, out: &mut Vec<Resource>) {
    if !object.native.to_ascii_lowercase().replace('_', "").contains("configmap") {
        return;
    }
    for entry in object.value.get("data").map(Val::entries).unwrap_or_default() {
        let Some(text) = entry.value.as_str() else { continue };
        let place = Place { end: entry.at.end.max(entry.at.start + 1), ..entry.at };
        out.push(config_file(&entry.key, text, place, &format!("{}/{}", object.address, entry.key), false));
    }
}

/// One file of settings: properties as a map, YAML and JSON as a tree.
///
/// Inside an object everything stands where the file does; in a file of its own (`alone`) each setting has its place.
pub(crate) fn config_file(name: &str, text: &str, place: Place, address: &str, alone: bool) -> Resource {
    let mut build = Build::at(place);
    build.set("file", Val::text(name, place)).set("text", Val::text(text, place));
    let short = name.rsplit('/').next().unwrap_or(name);
    let ending = short.rsplit('.').next().unwrap_or_default();
    let mut settings = if matches!(ending, "yaml" | "yml" | "json") {
        redan_document::yaml(text)
            .first()
            .map(|document| crate::value::plain(&document.root, place.file))
            .unwrap_or_default()
    } else {
        properties(text, place)
    };
    if !alone {
        replace_places(&mut settings, place);
    }
    build.set("settings", settings);
    let draft =
        Draft { native: "file".into(), name: name.into(), address: address.into(), place, attributes: build.done() };
    made(vec!["config_file"], "kubernetes", draft)
}

fn properties(text: &str, place: Place) -> Val {
    let mut offset = 0;
    let lines = text.split_inclusive('\n').filter_map(|line| {
        let start = offset;
        offset += line.len();
        let place = Place::new(place.file, start, start + line.trim_end().len());
        let line = line.trim();
        if line.starts_with(['#', ';', '[']) {
            return None;
        }
        // `c.ServerApp.token = ''` of Jupyter reads like a property, too.
        let (key, value) = line.split_once('=').or_else(|| line.split_once(' '))?;
        let value = value.trim().trim_matches(['"', '\'']);
        Some(Entry { key: key.trim().to_string(), at: place, value: Val::text(value, place) })
    });
    Val::map(lines.take(5000).collect(), place)
}

fn replace_places(value: &mut Val, place: Place) {
    value.place = place;
    match &mut value.data {
        Data::List(items) => items.iter_mut().for_each(|item| replace_places(item, place)),
        Data::Map(entries) => entries.iter_mut().for_each(|entry| {
            entry.at = place;
            replace_places(&mut entry.value, place);
        }),
        _ => {}
    }
}
