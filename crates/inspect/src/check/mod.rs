//! What a value has to satisfy beyond its form: check digits, checksums, reserved ranges.
//!
//! One function per check, over the matched value as it stands in the text, separators included.

mod digits;
mod entropy;
mod random;
mod token;

pub use digits::luhn;
pub use entropy::shannon;
pub use random::{genuine, in_address, mixed, password, placeholder, random, uuid};
pub use token::{aws_key_id, azure, basic, crc32_base62, gitlab, grafana, jwt, openai, pypi};

/// Declares the checks by the name that a `detect` block uses.
macro_rules! checks {
    ($($(#[$doc:meta])* $variant:ident = $name:literal => $function:path;)+) => {
        /// A named check.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Check { $($(#[$doc])* $variant),+ }

        impl Check {
            /// Every check.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name used in a `detect` block and in `redan.toml`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// Whether the value satisfies it.
            pub fn holds(self, value: &str) -> bool {
                match self { $(Self::$variant => $function(value)),+ }
            }
        }
    };
}

checks! {
    /// Luhn's check digit, over the digits of the value.
    Luhn = "luhn" => digits::luhn;
    /// Not a stand-in such as `changeme` or `xxxx`.
    Genuine = "genuine" => genuine;
    /// Letters and digits, and no joined words.
    Mixed = "mixed" => mixed;
    /// Looks drawn at random.
    Random = "random" => random;
    /// May have been chosen as a password.
    Password = "password" => password;
    /// May be the password inside an address.
    InAddress = "password-in-address" => in_address;
    /// CRC-32 in base 62 at the end, as GitHub and npm write it.
    Crc32Base62 = "crc32-base62" => crc32_base62;
    /// Grafana's CRC-32 in hexadecimal digits at the end.
    Grafana = "grafana-crc32" => grafana;
    /// GitLab's CRC-32 in base 36 at the end of a routable token.
    Gitlab = "gitlab-crc32" => gitlab;
    /// PyPI's macaroon.
    Pypi = "pypi-macaroon" => pypi;
    /// An AWS key id that holds an account number.
    AwsKeyId = "aws-account" => aws_key_id;
    /// A JSON Web Token's header.
    Jwt = "jwt-header" => jwt;
    /// HTTP basic authentication.
    Basic = "basic-auth" => basic;
    /// OpenAI's mark inside a key.
    Openai = "openai-mark" => openai;
    /// The signature of one of Microsoft's identifiable keys.
    Azure = "azure-signature" => azure;
}

impl Check {
    /// The check of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|check| check.name() == name)
    }
}
