//! The three separate axes of a finding: how bad, how sure, and who wants to see it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

macro_rules! level {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "lowercase")]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// Every value, from the least to the most.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word used in files, flags and output.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.pad(self.as_str()) }
        }

        impl FromStr for $name {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    other => Err(format!("`{other}` is not one of {}", [$($text),+].join(", "))),
                }
            }
        }
    };
}

level! {
    /// How bad it is if the finding is true.
    Severity {
        /// Worth knowing; no action by itself.
        Info = "info",
        /// A weakness that needs something else to be harmful.
        Low = "low",
        /// A policy violation or a structural lie; look at it before use.
        Medium = "medium",
        /// Loading this reads, writes, connects or calls what nobody vetted.
        High = "high",
        /// Loading this runs somebody else's code.
        Critical = "critical",
    }
}

level! {
    /// How sure the scanner is that the finding is true.
    Confidence {
        /// A hint that often has an innocent explanation.
        Low = "low",
        /// Likely; depends on how the file is loaded.
        Medium = "medium",
        /// The bytes say so.
        High = "high",
    }
}

level! {
    /// Who wants to see a finding; each persona also sees what those before it see.
    Persona {
        /// The person who can fix it now.
        Developer = "developer",
        /// The security engineer who reviews what is merely unusual.
        Auditor = "auditor",
        /// The researcher who wants every oddity.
        Researcher = "researcher",
    }
}
