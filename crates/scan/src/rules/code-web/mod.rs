//! Rules on application code: what a page, an answer or a request of it lets others do.

super::registry::family! { "code-web":
    "autoescape-off",
    "binds-all-interfaces",
    "cookie-without-http-only",
    "cors-any-origin",
    "csrf-off",
    "debug-server",
    "error-detail-in-response",
    "insecure-cookie",
    "jwt-not-verified",
    "post-message-any-origin",
    "server-without-timeouts",
    "unbounded-read",
    "untrusted-data-in-session",
    "untrusted-fields-in-record",
    "untrusted-key-in-object",
    "untrusted-text-in-address",
    "untrusted-text-in-header",
    "untrusted-text-in-html",
    "untrusted-text-in-redirect",
}
