//! How much what an address carries weighs, by how it comes to be requested.

use super::data::Data;
use super::judge::{Naming, Part, is_private_name, names_a_secret, speaks_of_a_user};
use super::shape::{has_code, has_number, is_chosen, is_digest, is_file, is_heading, is_labelled, is_titled, is_told};
use super::words::is_sensitive;

pub(super) fn fetched(data: &Data, naming: Naming, part: Part, value: &str) -> f32 {
    let shown = naming == Naming::Presentation;
    match (data, part) {
        (Data::Encoded(count), _) => match count {
            9.. => 0.9,
            _ if part == Part::Path => 0.45,
            _ => 0.7,
        },
        (Data::Credential, _) => 0.9,
        (Data::Personal, Part::Path) => 0.7,
        (Data::Personal, _) => 0.85,
        (Data::Hole, Part::Path) => 0.7,
        (Data::Hole, _) => 0.85,
        // What documentation writes for the reader's own.
        (Data::Template, _) if ["YOUR_API_KEY", "YOUR_KEY", "YOUR_TOKEN", "YOUR_ACCESS_TOKEN"].contains(&value) => 0.4,
        (Data::Template, Part::Query) if !shown => 0.6,
        (Data::Template, _) => 0.4,
        // Documents are named by their titles.
        (Data::Sentence(..8), Part::Path) if is_titled(value) => 0.4,
        (Data::Sentence(_), Part::Path) if is_sensitive(value) => 0.7,
        (Data::Sentence(_), Part::Path) => 0.55,
        (Data::Sentence(count), Part::Query) if shown && *count < 6 => 0.4,
        (Data::Sentence(_), _) => 0.75,
        (Data::Random, Part::Query) if !shown && naming != Naming::Other => 0.65,
        (Data::Random, Part::Query) if !shown => 0.45,
        (Data::Random, Part::Fragment) if !shown => 0.55,
        (Data::Plain, Part::Query | Part::Fragment) => match naming {
            Naming::Private => 0.65,
            // Pictures are named by short digests; a key of 128 bits has 32 digits.
            Naming::Carrier if is_digest(value) => {
                if value.len() == 32 {
                    0.5
                } else {
                    0.4
                }
            }
            Naming::Carrier if value.len() >= 6 || is_chosen(value) => 0.6,
            Naming::Other if is_digest(value) => 0.3,
            Naming::Other if is_chosen(value) && part == Part::Query => 0.5,
            Naming::Carrier => 0.4,
            Naming::Other | Naming::Presentation => 0.2,
        },
        _ => 0.3,
    }
}

pub(super) fn clicked(data: &Data, naming: Naming, part: Part, value: &str) -> f32 {
    match (data, naming) {
        (Data::Encoded(count), _) => match count {
            12.. => 0.75,
            9.. => 0.6,
            _ => 0.4,
        },
        (Data::Credential, _) => 0.75,
        (Data::Personal, _) if part == Part::Path => 0.5,
        (Data::Personal, _) => 0.65,
        (Data::Hole, _) if part == Part::Path && value.contains(['<', '{']) && !speaks_of_a_user(value) => 0.4,
        (Data::Hole, _) => 0.65,
        (Data::Template | Data::Plain | Data::Random, Naming::Private) if part != Part::Path => 0.55,
        (Data::Sentence(_), _) if part == Part::Fragment => 0.55,
        (Data::Sentence(_), _) if part == Part::Path && (is_labelled(value) || has_code(value)) => 0.55,
        (Data::Sentence(_), _) if part == Part::Path && !value.is_ascii() && has_number(value) => 0.5,
        (Data::Sentence(5..), _) if part == Part::Path && is_told(value) => 0.5,
        // Titles of pages are short, and tell nothing of anybody.
        (Data::Sentence(..7), _) if part == Part::Path && is_heading(value) => 0.4,
        (Data::Sentence(count), _) if part == Part::Path => {
            if (*count >= 5 || is_sensitive(value)) && !is_file(value) {
                0.5
            } else {
                0.4
            }
        }
        (Data::Sentence(_), Naming::Private) => 0.6,
        (Data::Sentence(count), Naming::Carrier | Naming::Other) if *count >= 5 || is_sensitive(value) => 0.55,
        (Data::Sentence(..4), Naming::Other) => 0.4,
        (Data::Sentence(_), Naming::Carrier | Naming::Other) => 0.5,
        (Data::Plain, Naming::Carrier)
            if part == Part::Query && is_private_name(value) && value.split('-').count() >= 4 =>
        {
            0.5
        }
        (Data::Plain | Data::Random, Naming::Carrier | Naming::Other)
            if part == Part::Query && names_a_secret(value) =>
        {
            0.55
        }
        _ => 0.3,
    }
}

pub(super) fn written(data: &Data, naming: Naming, part: Part, value: &str) -> f32 {
    match (data, naming) {
        (Data::Encoded(12..), _) => 0.65,
        (Data::Encoded(9..), Naming::Private | Naming::Carrier) => 0.55,
        (Data::Credential, _) => 0.65,
        (Data::Personal, _) => {
            if part == Part::Path {
                0.5
            } else {
                0.55
            }
        }
        (Data::Hole, _) if speaks_of_a_user(value) || value.contains("$(") || naming == Naming::Private => 0.55,
        (Data::Hole, Naming::Carrier) if part == Part::Query => 0.5,
        (Data::Sentence(_), Naming::Private) => 0.55,
        (Data::Sentence(_), Naming::Carrier | Naming::Other) if part == Part::Query && is_sensitive(value) => 0.5,
        (Data::Sentence(_), Naming::Carrier) if part == Part::Query => 0.5,
        (Data::Sentence(_), _) if part == Part::Query && has_number(value) => 0.5,
        (Data::Sentence(4..), Naming::Other) if part != Part::Path => 0.5,
        // The name of a file ends in what it is; a message does not.
        (Data::Sentence(6..), _) if part == Part::Path && !is_file(value) => 0.5,
        (Data::Sentence(_), _) if part == Part::Path && is_sensitive(value) => 0.5,
        (Data::Random | Data::Plain, Naming::Private) if value.len() >= 6 => 0.5,
        _ => 0.3,
    }
}
