//! What a value has to satisfy beyond its form: check digits, checksums, reserved ranges.
//!
//! One function per check, over the matched value as it stands in the text, separators included.

mod digits;
mod entropy;

pub use digits::luhn;
pub use entropy::shannon;

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
}

impl Check {
    /// The check of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|check| check.name() == name)
    }
}
