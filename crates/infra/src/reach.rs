//! Who can reach the pods of a cluster, and where they may connect to.
//!
//! Services, routes and policies are put in order once, so that a pod asks only those that may concern it: a project
//! can hold tens of thousands of each.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};

use crate::kubernetes::{Object, is_authenticated, is_internal, is_route, namespace};
use crate::value::{Data, Place, Val};

/// Selectors that are compared with labels, for all pods together.
const MAX_COMPARISONS: u32 = 3_000_000;

/// Deepest value of a route that is searched for names of services.
const MAX_DEPTH: usize = 32;

/// Names and values that a label must have; a value that is not known must be absent.
type Selector = Vec<(String, Option<String>)>;

/// What a pod is open to.
#[derive(Debug, Default)]
pub(crate) struct Reach {
    /// By what the public reaches it, and where that is said.
    pub(crate) public: Option<(&'static str, Place)>,
    /// A route in front of it asks who is there.
    pub(crate) authenticated: bool,
    /// A policy says where it may connect to.
    pub(crate) egress_limited: bool,
}

/// Services with the same selector, as one.
#[derive(Debug, Default)]
struct Services {
    selector: Selector,
    /// The last one that is public by its type: its turn and its place.
    by_type: Option<(usize, Place)>,
    /// The first one that a route without authentication leads to.
    by_route: Option<(usize, Place)>,
    authenticated: bool,
}

/// What routes do for the service they name.
#[derive(Debug, Default, Clone, Copy)]
struct Routed {
    open: Option<Place>,
    authenticated: bool,
}

/// A namespace, and the first label that a selector asks for.
type Key = (String, Option<(String, String)>);

/// Selectors by their key.
#[derive(Debug, Default)]
struct Index(HashMap<Key, Vec<usize>>);

impl Index {
    fn add(&mut self, namespace: &str, selector: &Selector, at: usize) {
        let first = selector.iter().find_map(|(key, value)| Some((key.clone(), value.clone()?)));
        self.0.entry((namespace.to_string(), first)).or_default().push(at);
    }

    /// Those that may select these labels.
    fn candidates(&self, namespace: &str, labels: Option<&Val>) -> impl Iterator<Item = usize> {
        let own = labels.map(Val::entries).unwrap_or_default().iter();
        let own = own.filter_map(|entry| Some(Some((entry.key.clone(), entry.value.scalar()?.to_string()))));
        own.chain([None]).filter_map(|first| self.0.get(&(namespace.to_string(), first))).flatten().copied()
    }
}

/// All services, routes and policies.
#[derive(Debug)]
pub(crate) struct Cluster {
    services: Vec<Services>,
    services_by_label: Index,
    policies: Vec<Selector>,
    policies_by_label: Index,
    /// Namespaces in which a policy limits every pod.
    limited: HashSet<String>,
    left: Cell<u32>,
}

impl Cluster {
    pub(crate) fn of(objects: &[Object]) -> Self {
        let routed = routed(objects);
        let mut cluster = Self {
            services: Vec::new(),
            services_by_label: Index::default(),
            policies: Vec::new(),
            policies_by_label: Index::default(),
            limited: HashSet::new(),
            left: Cell::new(MAX_COMPARISONS),
        };
        let mut groups: HashMap<(String, Selector), usize> = HashMap::new();
        for (turn, object) in objects.iter().enumerate() {
            let namespace = namespace(&object.value);
            match object.native.as_str() {
                "Service" | "kubernetes_service" | "kubernetes_service_v1" => {
                    let selector = selector(object.value.path("spec.selector"));
                    if selector.is_empty() {
                        continue;
                    }
                    let at = *groups.entry((namespace.clone(), selector.clone())).or_insert_with(|| {
                        let at = cluster.services.len();
                        cluster.services_by_label.add(&namespace, &selector, at);
                        cluster.services.push(Services { selector, ..Services::default() });
                        at
                    });
                    let routed = routed.get(&(namespace, object.name.clone())).copied().unwrap_or_default();
                    if let Some(services) = cluster.services.get_mut(at) {
                        services.add(object, turn, routed);
                    }
                }
                "NetworkPolicy" | "kubernetes_network_policy" | "kubernetes_network_policy_v1" => {
                    cluster.policy(object, namespace);
                }
                _ => {}
            }
        }
        cluster
    }

    fn policy(&mut self, object: &Object, namespace: String) {
        let types = object.value.path("spec.policy_types").map(Val::items).unwrap_or_default();
        if !types.iter().any(|kind| kind.as_str() == Some("Egress")) {
            return;
        }
        let selector = selector(object.value.path("spec.pod_selector").and_then(|it| it.get("match_labels")));
        if selector.is_empty() {
            self.limited.insert(namespace);
        } else {
            self.policies_by_label.add(&namespace, &selector, self.policies.len());
            self.policies.push(selector);
        }
    }

    /// What pods with these labels, made by this object, are open to.
    pub(crate) fn reach(&self, object: &Object, labels: Option<&Val>, namespace: &str) -> Reach {
        let labels = labels.or_else(|| object.value.path("metadata.labels"));
        let mut reach = Reach { egress_limited: self.limited.contains(namespace), ..Reach::default() };
        let (mut by_type, mut by_route) = (None, None);
        for at in self.services_by_label.candidates(namespace, labels) {
            let Some(services) = self.services.get(at).filter(|it| self.selects(&it.selector, labels)) else {
                continue;
            };
            reach.authenticated |= services.authenticated;
            by_type = by_type.max(services.by_type);
            by_route = [by_route, services.by_route].into_iter().flatten().min();
        }
        reach.public = by_type
            .map(|(_, place)| ("a load balancer or node port", place))
            .or_else(|| by_route.map(|(_, place)| ("an ingress", place)));
        reach.egress_limited = reach.egress_limited
            || self
                .policies_by_label
                .candidates(namespace, labels)
                .any(|at| self.policies.get(at).is_some_and(|selector| self.selects(selector, labels)));
        for way in [
            "spec.head_group_spec.service_type",
            "spec.ray_cluster_config.head_group_spec.service_type",
            "spec.ray_cluster_spec.head_group_spec.service_type",
        ] {
            if let Some(kind) = object.value.path(way).filter(|kind| is_public_type(kind)) {
                reach.public = Some(("a load balancer or node port", kind.place));
            }
        }
        reach
    }

    /// Whether labels satisfy a selector; no when there was too much to compare.
    fn selects(&self, selector: &Selector, labels: Option<&Val>) -> bool {
        let Some(left) = self.left.get().checked_sub(1) else { return false };
        self.left.set(left);
        let label = |key: &str| labels.and_then(|labels| labels.exact(key)).and_then(Val::scalar);
        selector.iter().all(|(key, value)| label(key) == value.as_deref())
    }

    /// Whether there was too much to compare it all.
    pub(crate) fn is_cut(&self) -> bool {
        self.left.get() == 0
    }
}

impl Services {
    fn add(&mut self, service: &Object, turn: usize, routed: Routed) {
        let kind = service.value.path("spec.type");
        if let Some(kind) = kind.filter(|kind| is_public_type(kind) && !is_internal(&service.value)) {
            self.by_type = Some((turn, kind.place));
        }
        self.by_route = self.by_route.or_else(|| routed.open.map(|place| (turn, place)));
        self.authenticated |= routed.authenticated;
    }
}

/// By namespace and name, what routes do for a service.
fn routed(objects: &[Object]) -> HashMap<(String, String), Routed> {
    let mut routed: HashMap<(String, String), Routed> = HashMap::new();
    for object in objects.iter().filter(|object| is_route(&object.native)) {
        let mut names = HashSet::new();
        mentioned(&object.value, 0, &mut names);
        let (namespace, authenticated) = (namespace(&object.value), is_authenticated(&object.value));
        for name in names {
            let entry = routed.entry((namespace.clone(), name.to_string())).or_default();
            if authenticated {
                entry.authenticated = true;
            } else {
                entry.open = entry.open.or(Some(object.place));
            }
        }
    }
    routed
}

/// Names that stand anywhere in a route.
fn mentioned<'v>(value: &'v Val, depth: usize, names: &mut HashSet<&'v str>) {
    if depth > MAX_DEPTH {
        return;
    }
    match &value.data {
        Data::Text(text) => {
            names.insert(text);
            if text.contains(".svc") {
                names.extend(text.split('.').next());
            }
        }
        Data::List(items) => items.iter().for_each(|item| mentioned(item, depth + 1, names)),
        Data::Map(entries) => {
            let entries = entries.iter().filter(|entry| entry.key != "metadata");
            entries.for_each(|entry| mentioned(&entry.value, depth + 1, names));
        }
        _ => {}
    }
}

fn is_public_type(kind: &Val) -> bool {
    matches!(kind.as_str(), Some("LoadBalancer" | "NodePort"))
}

fn selector(value: Option<&Val>) -> Selector {
    let entries = value.map(Val::entries).unwrap_or_default().iter();
    entries.map(|entry| (entry.key.clone(), entry.value.scalar().map(str::to_string))).collect()
}
