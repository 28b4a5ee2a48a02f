//! Domain names: which last labels exist, and which of them are also endings of files or words of code.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::sync::OnceLock;

use crate::probe::Fnv;

type Labels = HashMap<&'static [u8], (Label, bool), BuildHasherDefault<Fnv>>;

/// Country codes that are top-level domains and mean little else at the end of dotted names in code.
const COUNTRIES: &str = " ac ad ae af ag al am ao aq ar at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw \
by bz ca cd cf cg ch ci ck cl cm cn cr cu cv cw cx cy cz de dj dk dm dz ec ee eg er es et eu fi fj fk fm fo fr ga gb gd \
ge gf gg gh gi gl gm gn gp gq gr gt gu gw gy hk hm hn hr ht hu ie il im iq ir it je jm jo jp ke kg kh ki km kn kp kr kw \
ky kz la lb lc li lk lr lt lu lv ly ma mc mg mh mm mn mo mp mq mr mt mu mv mw mx mz na nc ne nf ng ni nl no np nr nu nz \
om pa pe pf pg ph pk pn pr pt pw qa re ro ru rw sa sb sc sd se sg si sk sl sm sn sr ss su sv sx sy sz td tg th tj tk tl \
tn tr tt tw tz ua ug uk us uy uz va vc ve vg vn vu wf ye yt za zm zw co io ai me tv cc to ws ";

/// Country codes that end file names, methods and words: they count behind a scheme or `@` only.
const AMBIGUOUS: &str = " as bv do gs hm id in is md mk ml ms mt my pl pm ps py rs sh sj so st tc tf tm vi ";

/// Generic top-level domains that hardly stand for anything else.
const GENERIC: &str = " com org net edu gov mil biz ";

/// Other generic top-level domains in wide use; most are words that name attributes in code.
const OTHERS: &str = " info int name pro aero coop museum mobi jobs travel tel cat asia post arpa xyz online site \
shop store tech app dev cloud blog top club vip live news email design agency digital media studio space website world \
today life link click work works solutions services group company social network systems software academy school health \
care clinic bank finance money insurance legal law estate house homes city berlin london paris nyc tokyo wiki fun games \
photos art music video tube bio eco green energy global international foundation ngo ong local internal example test \
invalid onion ";

/// Endings of file names, which make `image@2x.png` no address.
const FILES: &str = " png jpg jpeg gif svg webp bmp ico pdf css scss less js jsx ts tsx mjs cjs json yaml yml toml xml html \
htm txt csv log lock rb go java kt swift cpp hpp py rs sh md so dll exe zip gz tar bz xz mp exr wav avi mov ttf woff map ";

/// How surely a last label is that of a domain when nothing else says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Label {
    /// It is none.
    Unknown,
    /// It exists, and is often something else.
    Ambiguous,
    /// It exists.
    Known,
    /// It exists and is hardly anything else.
    Sure,
}

/// Longest word in the lists, in bytes.
const LONGEST: usize = 16;

/// What the words of the lists are: a label, and whether it ends file names.
fn table() -> &'static Labels {
    static TABLE: OnceLock<Labels> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table = Labels::default();
        let labels = [(COUNTRIES, Label::Known), (OTHERS, Label::Ambiguous), (AMBIGUOUS, Label::Ambiguous)];
        // The later list decides about a word in several.
        for (list, label) in labels.into_iter().chain([(GENERIC, Label::Sure)]) {
            table.extend(list.split_ascii_whitespace().map(|word| (word.as_bytes(), (label, false))));
        }
        for word in FILES.split_ascii_whitespace() {
            table.entry(word.as_bytes()).or_insert((Label::Unknown, false)).1 = true;
        }
        table
    })
}

fn known(word: &str) -> (Label, bool) {
    let mut lower = [0; LONGEST];
    let Some(lower) = lower.get_mut(..word.len()) else { return (Label::Unknown, false) };
    lower.copy_from_slice(word.as_bytes());
    lower.make_ascii_lowercase();
    table().get(&*lower).copied().unwrap_or((Label::Unknown, false))
}

/// What the last label of a dotted name is.
pub(crate) fn label(word: &str) -> Label {
    known(word).0
}

/// An email address whose domain is no file name and which is no address of a repository.
pub(crate) fn email(value: &str) -> bool {
    let Some((local, domain)) = value.rsplit_once('@') else { return false };
    let last = domain.rsplit('.').next().unwrap_or_default();
    let (label, file) = known(last);
    (label > Label::Unknown || !file) && !local.eq_ignore_ascii_case("git") && !local.contains("..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_labels() {
        for (word, expected) in [
            ("com", Label::Sure),
            ("rs", Label::Ambiguous),
            ("DE", Label::Known),
            ("js", Label::Unknown),
            ("", Label::Unknown),
        ] {
            assert_eq!(label(word), expected, "{word}");
        }
        assert!(table().keys().all(|word| word.len() <= LONGEST));
        assert!(email("a@example.com") && email("a@example.museum") && email("a@firm.pl"));
        assert!(!email("image@2x.png") && !email("git@github.com") && !email("example.com"));
    }
}
