//! Paths and addresses in configuration: where they lead.

/// Whether the text is an address with a scheme that is fetched.
pub(crate) fn is_url(text: &str) -> bool {
    let lower: String = text.chars().take(12).collect::<String>().to_ascii_lowercase();
    ["http://", "https://", "ftp://", "ftps://", "file://", "s3://", "gs://", "smb://"]
        .iter()
        .any(|scheme| lower.starts_with(scheme))
}

/// Host of an address, in lower case, without user and port.
pub(crate) fn host(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    host.split(':').next().unwrap_or_default().to_ascii_lowercase()
}

/// Whether `host` is `domain` or below it.
pub(crate) fn below(host: &str, domain: &str) -> bool {
    host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}

/// Hubs that people download models from.
pub(crate) fn is_hub(url: &str) -> bool {
    let host = host(url);
    url.to_ascii_lowercase().starts_with("https://")
        && [
            "huggingface.co",
            "hf.co",
            "hf-mirror.com",
            "modelscope.cn",
            "kaggle.com",
            "tfhub.dev",
            "github.com",
            "nvidia.com",
        ]
        .iter()
        .any(|domain| below(&host, domain))
}

/// A path that goes up, or an absolute one.
pub(crate) fn leaves_folder(path: &str) -> bool {
    goes_up(path) || is_absolute(path)
}

pub(crate) fn goes_up(path: &str) -> bool {
    path.split(['/', '\\']).any(|part| part == ".." || part.eq_ignore_ascii_case("%2e%2e"))
}

pub(crate) fn is_absolute(path: &str) -> bool {
    let bytes = path.as_bytes();
    path.starts_with(['/', '\\', '~'])
        || (bytes.get(1) == Some(&b':') && bytes.first().is_some_and(u8::is_ascii_alphabetic))
}

/// Places that hold secrets or start programs: no honest model configuration names them.
pub(crate) fn is_sensitive(path: &str) -> bool {
    if path.len() > 300 || path.contains(char::is_whitespace) {
        return false;
    }
    let path = path.strip_prefix("file://").unwrap_or(path).replace('\\', "/").to_ascii_lowercase();
    let from_root = path.trim_start_matches("../").trim_start_matches("./");
    let absolute = path.starts_with('/') || path.starts_with("../") || path.starts_with("~/");
    let inside = |needle: &str| path.contains(needle);
    (absolute
        && [
            "etc/passwd",
            "etc/shadow",
            "etc/hosts",
            "etc/sudoers",
            "etc/cron",
            "etc/profile",
            "proc/self",
            "proc/1/",
            "var/run/secrets",
            "dev/tcp",
        ]
        .iter()
        .any(|place| from_root.trim_start_matches('/').starts_with(place)))
        || ["/.ssh/", "/.aws/", "/.kube/", "/.gnupg/", "/.netrc", "/.bashrc", "/.bash_profile", "/.docker/config"]
            .iter()
            .any(|place| inside(place))
        || path.ends_with("/authorized_keys")
        || inside("c:/windows/system32")
}
