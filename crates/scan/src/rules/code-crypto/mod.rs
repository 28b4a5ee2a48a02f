//! Rules on application code: hashes, ciphers, keys, random numbers and connections.

super::registry::family! { "code-crypto":
    "cleartext-protocol",
    "fixed-salt",
    "hard-coded-credential",
    "hard-coded-key",
    "host-key-not-verified",
    "insecure-random",
    "signature-compared-step-by-step",
    "static-iv",
    "tls-not-verified",
    "weak-cipher",
    "weak-hash",
    "weak-key-size",
    "weak-password-hash",
    "weak-tls-version",
}
