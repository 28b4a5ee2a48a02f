//! The credentials that a cloud gives to its machines.

use redan_domain::Severity;

use super::Look;
use crate::agent::facts::READS_SECRETS;
use crate::agent::pattern::{Match, Pattern};
use crate::agent::sheet::quoted;

/// What opens the metadata of a cloud, sent to whatever address a caller names.
static METADATA_HEADER: Pattern = Pattern::new(
    &["metadata-flavor", "ec2-metadata-token"],
    r#"["'](?:metadata-flavor|x-aws-ec2-metadata-token(?:-ttl-seconds)?)["']"#,
);
/// Where a machine in a cloud gets its own credentials.
static METADATA: Pattern = Pattern::new(
    &["169.254.169.254", "metadata.google", "169.254.170.2"],
    r"169\.254\.169\.254|metadata\.google\.internal|169\.254\.170\.2",
);

pub(super) fn look(look: &mut Look<'_, '_>) {
    if look.sheet.prose {
        return;
    }
    let anywhere_asked = !look.lower.contains("169.254.169.254") && !look.lower.contains("metadata.google");
    for found in if anywhere_asked { look.all(&METADATA_HEADER) } else { Vec::new() }.into_iter().take(1) {
        let message = format!("sends what opens a cloud's metadata to any address: {}", quoted(found.text));
        look.add(READS_SECRETS, Severity::High, &found, message);
    }
    for found in look.all(&METADATA).into_iter().filter(|found| asks_credentials(look.lower, found)).take(1) {
        let message = format!("asks the cloud for the credentials of the machine: {}", quoted(found.text));
        look.add(READS_SECRETS, Severity::High, &found, message);
    }
}

/// Whether credentials are asked for behind the address of a cloud's metadata.
fn asks_credentials(lower: &str, found: &Match<'_>) -> bool {
    let to = lower.floor_char_boundary((found.span.end + 3000).min(lower.len()));
    let behind = lower.get(found.span.end..to).unwrap_or_default();
    ["security-credentials", "service-accounts", "identity/oauth2", "credentials/"].iter().any(|it| behind.contains(it))
}
