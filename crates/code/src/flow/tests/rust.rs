use crate::Language;

fn found(text: &str) -> Vec<String> {
    super::found(Language::Rust, text)
}

/// A handler of axum in which `q` is what the visitor sent.
fn handler(uses: &str, body: &str) -> Vec<String> {
    let uses: String = uses.split_whitespace().map(|path| format!("use {path};\n")).collect();
    found(&format!(
        "use axum::extract::Query;\n{uses}\n#[derive(Deserialize)]\nstruct Params {{ q: String, n: u32 }}\n\n\
         async fn handle(Query(params): Query<Params>) -> Result<String, Error> {{\n    let q = params.q;\n{body}\n    Ok(String::new())\n}}\n"
    ))
}

fn check(table: &[(&str, &str, &[&str])]) {
    let mut rows = super::Rows::default();
    for (uses, body, wanted) in table {
        rows.row(body, handler(uses, body), wanted);
    }
    rows.end();
}

#[test]
fn programs() {
    check(&[
        (
            "std::process::Command",
            "Command::new(\"sh\").arg(\"-c\").arg(format!(\"ls {q}\")).output()?;",
            &["user shell"],
        ),
        ("std::process::Command", "Command::new(\"sh\").args([\"-c\", &q]).output()?;", &["user shell"]),
        (
            "std::process::Command",
            "let mut c = Command::new(\"/bin/bash\");\nc.arg(\"-c\").arg(&q);\nc.spawn()?;",
            &["user shell"],
        ),
        ("std::process::Command", "let mut c = Command::new(\"bash\");\nc.arg(\"-c\");\nc.arg(&q);", &["user shell"]),
        ("tokio::process::Command", "Command::new(\"sh\").arg(\"-c\").arg(q).output().await?;", &["user shell"]),
        ("", "std::process::Command::new(&q).spawn()?;", &["user command"]),
        ("std::process::Command", "Command::new(\"git\").arg(&q).output()?;", &["user argument"]),
        ("std::process::Command", "Command::new(\"ls\").arg(\"--\").arg(&q).output()?;", &[]),
        ("std::process::Command", "Command::new(\"ls\").args([\"-l\", \"--\"]).arg(&q).output()?;", &[]),
        ("std::process::Command", "Command::new(\"sh\").arg(\"-c\").arg(\"ls\").output()?;", &[]),
        (
            "std::process::Command",
            "Command::new(\"sh\").arg(\"-c\").arg(format!(\"head -{}\", params.n)).output()?;",
            &[],
        ),
        (
            "std::process::Command",
            "let n: u32 = q.parse()?;\nCommand::new(\"sh\").arg(\"-c\").arg(format!(\"head -{n}\")).output()?;",
            &[],
        ),
        (
            "std::process::Command",
            "let n = q.parse::<u32>()?;\nCommand::new(\"sh\").arg(\"-c\").arg(format!(\"head -{n}\")).output()?;",
            &[],
        ),
        (
            "std::process::Command",
            "if !matches!(q.as_str(), \"a\" | \"b\") { return Ok(q); }\nCommand::new(\"sh\").arg(\"-c\").arg(&q).output()?;",
            &[],
        ),
        (
            "std::process::Command",
            "if ![\"a\", \"b\"].contains(&q.as_str()) { return Ok(q); }\nCommand::new(\"sh\").arg(\"-c\").arg(&q).output()?;",
            &[],
        ),
        (
            "std::process::Command",
            "let c = match q.as_str() { \"a\" => \"ls\", \"b\" => \"ps\", _ => return Ok(q) };\nCommand::new(\"sh\").arg(\"-c\").arg(c).output()?;",
            &[],
        ),
        (
            "std::process::Command",
            "if !q.chars().all(|c| c.is_ascii_alphanumeric()) { return Ok(q); }\nCommand::new(\"sh\").arg(\"-c\").arg(&q).output()?;",
            &[],
        ),
    ]);
}

#[test]
fn queries() {
    check(&[
        ("", "sqlx::query(&format!(\"SELECT * FROM t WHERE a = '{}'\", q)).fetch_all(&pool).await?;", &["user sql"]),
        (
            "",
            "let sql = format!(\"SELECT * FROM t WHERE a = '{q}'\");\nsqlx::query_as::<_, User>(&sql).fetch_one(&pool).await?;",
            &["user sql"],
        ),
        (
            "",
            "let mut sql = String::from(\"SELECT \");\nsql.push_str(&q);\nsqlx::query(&sql).execute(&pool).await?;",
            &["user sql"],
        ),
        ("", "sqlx::query(\"SELECT * FROM t WHERE a = $1\").bind(&q).fetch_all(&pool).await?;", &[]),
        ("", "sqlx::query!(\"SELECT * FROM t WHERE a = $1\", q).fetch_all(&pool).await?;", &[]),
        (
            "rusqlite::Connection",
            "let conn = Connection::open(\"a.db\")?;\nconn.execute(&format!(\"DELETE FROM t WHERE a = {q}\"), [])?;",
            &["user sql"],
        ),
        (
            "rusqlite::Connection",
            "let conn = Connection::open(\"a.db\")?;\nconn.execute(\"DELETE FROM t WHERE a = ?1\", [&q])?;",
            &[],
        ),
        (
            "rusqlite::Connection",
            "let conn = Connection::open(\"a.db\")?;\nlet mut s = conn.prepare(&(\"SELECT \".to_string() + &q))?;",
            &["user sql"],
        ),
        ("", "client.query(&format!(\"SELECT {q}\"), &[]).await?;", &["user sql"]),
        ("", "client.query(\"SELECT $1\", &[&q]).await?;", &[]),
        ("diesel::sql_query", "sql_query(format!(\"SELECT {q}\")).load(conn)?;", &["user sql"]),
        ("diesel::sql_query", "sql_query(\"SELECT ?\").bind::<Text, _>(q).load(conn)?;", &[]),
    ]);
}

#[test]
fn files() {
    check(&[
        ("std::fs", "fs::read_to_string(format!(\"/srv/{q}\"))?;", &["user path"]),
        ("std::path::Path", "std::fs::read(Path::new(\"/srv\").join(&q))?;", &["user path"]),
        ("", "tokio::fs::remove_file(&q).await?;", &["user path"]),
        ("std::fs::File", "File::open(&q)?;", &["user path"]),
        ("std::fs::OpenOptions", "OpenOptions::new().write(true).create(true).open(&q)?;", &["user path"]),
        (
            "std::path::{Path,PathBuf} std::fs",
            "let base = PathBuf::from(\"/srv\");\nlet path = base.join(&q).canonicalize()?;\nif !path.starts_with(&base) { return Ok(String::new()); }\nfs::read(path)?;",
            &[],
        ),
        (
            "std::path::Path std::fs",
            "let name = Path::new(&q).file_name().unwrap();\nfs::read(Path::new(\"/srv\").join(name))?;",
            &[],
        ),
        ("std::fs", "if q.contains(\"..\") { return Ok(q); }\nfs::read(format!(\"/srv/{q}\"))?;", &[]),
        ("std::fs", "fs::set_permissions(\"a\", fs::Permissions::from_mode(0o777))?;", &["permissive-file-mode"]),
        ("std::fs", "fs::set_permissions(\"a\", fs::Permissions::from_mode(0o600))?;", &[]),
        ("std::fs::File", "File::create(\"/tmp/data.txt\")?;", &["unsafe-temp-file"]),
        ("std::fs::File", "File::create(std::env::temp_dir().join(\"data\"))?;", &["unsafe-temp-file"]),
        ("", "tempfile::NamedTempFile::new()?;", &[]),
    ]);
}

#[test]
fn pages_and_addresses() {
    check(&[
        ("axum::response::Html", "let page = Html(format!(\"<h1>{q}</h1>\"));", &["user html"]),
        ("axum::response::Html", "let page = Html(format!(\"<h1>{}</h1>\", html_escape::encode_text(&q)));", &[]),
        ("", "reqwest::get(&q).await?;", &["user url"]),
        ("", "let client = reqwest::Client::new();\nclient.post(&q).send().await?;", &["user url"]),
        ("", "reqwest::get(format!(\"https://api.test/a/{q}\")).await?;", &[]),
        ("axum::response::Redirect", "Redirect::to(&q);", &["user redirect"]),
        ("axum::response::Redirect", "Redirect::to(\"/home\");", &[]),
        ("tera::Tera", "Tera::one_off(&q, &context, true)?;", &["user template"]),
        ("", "ldap.search(\"dc=a\", Scope::Subtree, &format!(\"(uid={q})\"), vec![\"a\"]).await?;", &["user ldap"]),
        ("tower_http::cors::CorsLayer", "CorsLayer::permissive();", &["cors-any-origin"]),
        ("tower_http::cors::{Any,CorsLayer}", "CorsLayer::new().allow_origin(Any);", &["cors-any-origin"]),
        ("cookie::Cookie", "let c = Cookie::build((\"a\", \"b\")).secure(false).build();", &["insecure-cookie"]),
        ("cookie::Cookie", "jar.add(Cookie::new(\"a\", \"b\"));", &["insecure-cookie"]),
        ("cookie::Cookie", "jar.add(Cookie::build((\"a\", \"b\")).secure(true).http_only(true).build());", &[]),
    ]);
}

#[test]
fn frameworks() {
    let mut rows = super::Rows::default();
    for text in [
        "use actix_web::{get, web, HttpResponse};\nuse std::process::Command;\n#[get(\"/\")]\nasync fn h(info: web::Query<Info>) -> HttpResponse {\n    Command::new(\"sh\").arg(\"-c\").arg(&info.cmd).output();\n    HttpResponse::Ok().finish()\n}\n",
        "use actix_web::{web, HttpRequest};\nuse std::process::Command;\nasync fn h(req: HttpRequest) {\n    let c = req.match_info().get(\"c\").unwrap();\n    Command::new(\"sh\").arg(\"-c\").arg(c).output();\n}\n",
        "use rocket::get;\nuse std::process::Command;\n#[get(\"/<cmd>\")]\nfn h(cmd: &str) -> String {\n    Command::new(\"sh\").arg(\"-c\").arg(cmd).output();\n    String::new()\n}\n",
        "use axum::{extract::Path, Json};\nuse std::process::Command;\nasync fn h(Path(cmd): Path<String>) {\n    Command::new(\"sh\").arg(\"-c\").arg(cmd).output();\n}\n",
        "use axum::{extract::{Path, State}, Json};\nuse std::process::Command;\nasync fn h(State(s): State<App>, Json(body): Json<Body>) {\n    Command::new(\"sh\").arg(\"-c\").arg(body.cmd).output();\n}\n",
        "use std::process::Command;\n#[tauri::command]\nfn h(cmd: String) {\n    Command::new(\"sh\").arg(\"-c\").arg(cmd).output();\n}\n",
        "use warp::Filter;\nuse std::process::Command;\nfn routes() {\n    warp::path::param().map(|c: String| { Command::new(\"sh\").arg(\"-c\").arg(c).output(); });\n}\n",
    ] {
        rows.row(text, found(text), &["user shell"]);
    }
    let numbers = "use axum::extract::Path;\nasync fn h(Path(id): Path<u32>) {\n    sqlx::query(&format!(\"SELECT {id}\")).execute(&pool).await;\n}\n";
    rows.row(numbers, found(numbers), &[]);
    let local = "fn main() {\n    let a: Vec<String> = std::env::args().collect();\n    std::fs::read(&a[1]).unwrap();\n    let mut s = String::new();\n    std::io::stdin().read_line(&mut s).unwrap();\n    std::process::Command::new(s.trim()).spawn();\n}\n";
    rows.row(local, found(local), &["local path", "local command"]);
    rows.end();
}

#[test]
fn secrets_chance_and_connections() {
    let mut rows = super::Rows::default();
    let table: &[(&str, &[&str])] = &[
        ("let h = md5::compute(data);", &["weak-hash"]),
        ("use md5::{Md5, Digest};\nfn f() { let mut h = Md5::new(); }", &["weak-hash"]),
        ("use sha1::{Sha1, Digest};\nfn f(d: &[u8]) { Sha1::digest(d); }", &["weak-hash"]),
        ("use sha2::{Sha256, Digest};\nfn f(d: &[u8]) { Sha256::digest(d); }", &[]),
        ("fn f() { openssl::hash::MessageDigest::md5(); }", &["weak-hash"]),
        ("use des::Des;\nfn f(k: &[u8]) { Des::new_from_slice(k); }", &["weak-cipher"]),
        ("use openssl::symm::Cipher;\nfn f() { Cipher::aes_128_ecb(); }", &["weak-cipher"]),
        ("use openssl::symm::Cipher;\nfn f() { Cipher::aes_256_gcm(); }", &[]),
        ("use rand::rngs::StdRng;\nfn f() { StdRng::seed_from_u64(42); }", &["insecure-random"]),
        ("use rand::rngs::SmallRng;\nfn f() { SmallRng::from_entropy(); }", &["insecure-random"]),
        ("fn f() { let x: u32 = rand::thread_rng().gen(); }", &[]),
        ("fn f() { let x = fastrand::u32(..); }", &["insecure-random"]),
        ("use rand::rngs::OsRng;\nfn f(b: &mut [u8]) { OsRng.fill_bytes(b); }", &[]),
        ("fn f() { reqwest::Client::builder().danger_accept_invalid_certs(true).build(); }", &["tls-not-verified"]),
        ("fn f() { reqwest::Client::builder().danger_accept_invalid_certs(false).build(); }", &[]),
        ("use openssl::ssl::SslVerifyMode;\nfn f(b: B) { b.set_verify(SslVerifyMode::NONE); }", &["tls-not-verified"]),
        (
            "fn f() { reqwest::Client::builder().min_tls_version(reqwest::tls::Version::TLS_1_0).build(); }",
            &["weak-tls-version"],
        ),
        (
            "use jsonwebtoken::{Validation, Algorithm};\nfn f() { let mut v = Validation::new(Algorithm::HS256);\n v.insecure_disable_signature_validation(); }",
            &["jwt-not-verified"],
        ),
        ("use jsonwebtoken::EncodingKey;\nfn f() { EncodingKey::from_secret(b\"abcdef\"); }", &["hard-coded-key"]),
        ("use jsonwebtoken::EncodingKey;\nfn f(s: &[u8]) { EncodingKey::from_secret(s); }", &[]),
        ("use aes_gcm::Nonce;\nfn f() { Nonce::from_slice(b\"unique nonce\"); }", &["static-iv"]),
        ("use rsa::RsaPrivateKey;\nfn f(r: &mut R) { RsaPrivateKey::new(r, 1024); }", &["weak-key-size"]),
        ("use rsa::RsaPrivateKey;\nfn f(r: &mut R) { RsaPrivateKey::new(r, 2048); }", &[]),
        ("fn f(p: &str) { bcrypt::hash(p, 4); }", &["weak-password-hash"]),
        ("use std::net::TcpListener;\nfn f() { TcpListener::bind(\"0.0.0.0:80\"); }", &["binds-all-interfaces"]),
        ("use std::net::TcpListener;\nfn f() { TcpListener::bind(\"127.0.0.1:80\"); }", &[]),
        ("const DB_PASSWORD: &str = \"hunter2x\";", &["hard-coded-credential"]),
        ("fn f() { let password = std::env::var(\"DB_PASSWORD\").unwrap(); }", &[]),
    ];
    for (text, wanted) in table {
        rows.row(text, found(&format!("{text}\n")), wanted);
    }
    rows.end();
}

#[test]
fn memory() {
    let mut rows = super::Rows::default();
    for body in [
        "let x: u32 = unsafe { std::mem::transmute(y) };",
        "let s = unsafe { std::slice::from_raw_parts(p, n) };",
        "let x = unsafe { *v.get_unchecked(3) };",
        "unsafe { v.set_len(10); }",
        "let x: T = unsafe { std::mem::zeroed() };",
        "let s = unsafe { std::str::from_utf8_unchecked(b) };",
        "std::mem::forget(x);",
        "let p = &x as *const i32;\nlet y = unsafe { *p.offset(1) };",
        "unsafe { std::ptr::copy_nonoverlapping(a, b, n); }",
        "let x = unsafe { *ptr };",
        "static mut COUNT: u32 = 0;",
        "let x = unsafe { m.assume_init() };",
        "unsafe { ptr.add(1).write(5); }",
    ] {
        let found = found(&format!("fn f() {{\n{body}\n}}\n"));
        assert!(!found.is_empty() && found.iter().all(|kind| kind == "unsafe-memory"), "{body}: {found:?}");
    }
    for body in [
        "let x = *y;",
        "let x = v.get(3);",
        "let s = std::str::from_utf8(b)?;",
        "set.add(1);",
        "query.limit(5).offset(10);",
        "let x = u32::from_le_bytes(b);",
        "file.read(&mut buf);",
        "static COUNT: AtomicU32 = AtomicU32::new(0);",
    ] {
        rows.row(body, found(&format!("fn f() {{\n{body}\n}}\n")), &[]);
    }
    rows.end();
}

#[test]
fn fragments_need_no_function() {
    let mut rows = super::Rows::default();
    for (text, wanted) in [
        ("let out = Command::new(\"sh\").arg(\"-c\").arg(&input).output()?;\n", &["unknown shell"][..]),
        ("let sql = format!(\"SELECT * FROM t WHERE a = '{}'\", name);\nconn.execute(&sql, [])?;\n", &["unknown sql"]),
        ("conn.execute(\"SELECT * FROM t WHERE a = ?1\", [name])?;\n", &[]),
        ("fn run(cmd: &str) {\n    Command::new(cmd).spawn();\n}\n", &["unknown command"]),
        ("fn read(path: &Path) -> String {\n    fs::read_to_string(path).unwrap()\n}\n", &["unknown path"]),
        ("let x = unsafe { *ptr };\n", &["unsafe-memory"]),
        ("let digest = md5::compute(password);\n", &["weak-hash"]),
    ] {
        rows.row(text, found(text), wanted);
    }
    rows.end();
}

#[test]
fn models_and_tools() {
    let mut rows = super::Rows::default();
    let openai = "use async_openai::Client;\nuse std::process::Command;\nasync fn f() {\n    let client = Client::new();\n\
                  let r = client.chat().create(request).await?;\n\
                  Command::new(\"sh\").arg(\"-c\").arg(r.choices[0].message.content.clone()).output();\n}\n";
    rows.row(openai, found(openai), &["model shell"]);
    let rig = "use rig::providers::openai;\nuse std::process::Command;\nasync fn f() {\n    let client = openai::Client::from_env();\n\
               let agent = client.agent(\"m\").preamble(\"be kind\").build();\n\
               let r = agent.prompt(\"hi\").await?;\n    Command::new(\"sh\").arg(\"-c\").arg(r).output();\n}\n";
    rows.row(rig, found(rig), &["model shell"]);
    let rmcp = "use rmcp::{tool, tool_router};\nuse rmcp::handler::server::tool::Parameters;\nstruct Server;\n#[tool_router]\nimpl Server {\n\
                #[tool(description = \"Run\")]\n    async fn run(&self, Parameters(req): Parameters<Req>) -> String {\n\
                std::process::Command::new(\"sh\").arg(\"-c\").arg(req.cmd).output();\n        String::new()\n    }\n}\n";
    rows.row(rmcp, found(rmcp), &["tool shell"]);
    let call = "use rig::tool::Tool;\nstruct Run;\nimpl Tool for Run {\n    async fn call(&self, args: Self::Args) -> Result<String, E> {\n\
                std::fs::read_to_string(args.path)?;\n        Ok(String::new())\n    }\n}\n";
    rows.row(call, found(call), &["tool path"]);
    let prompt = "use axum::extract::Query;\nasync fn f(Query(p): Query<P>) {\n\
                  let a = json!({\"messages\": [{\"role\": \"system\", \"content\": format!(\"be {}\", p.a)}]});\n\
                  let b = json!({\"messages\": [{\"role\": \"user\", \"content\": p.a}]});\n\
                  reqwest::Client::new().post(\"https://api.test/v1/chat\").json(&a).send().await;\n}\n";
    rows.row(prompt, found(prompt), &["user system-prompt"]);
    rows.end();
}

#[test]
fn functions_fields_and_closures() {
    let mut rows = super::Rows::default();
    let text = "use axum::extract::Query;\nuse std::process::Command;\nuse std::collections::HashMap;\nstruct S { c: String }\n\
                fn same(x: String) -> String { x }\nfn fixed(x: String) -> String { \"ls\".to_string() }\n\
                fn checked(x: String) -> Result<String, String> { if x.is_empty() { return Err(x); } Ok(\"ls\".into()) }\n\
                impl S { fn new(c: String) -> Self { Self { c } } fn get(&self) -> &str { &self.c } }\n\
                fn run(c: &str) { Command::new(\"sh\").arg(\"-c\").arg(c).output(); }\n\
                async fn h(Query(p): Query<P>) {\n let q = p.q;\n BODY\n}\n";
    for (body, wanted) in [
        ("run(&same(q));", &["user shell"][..]),
        ("run(&fixed(q));", &[]),
        ("run(&checked(q)?);", &[]),
        ("let s = S::new(q);\nrun(s.get());", &["user shell"]),
        ("let s = S { c: q };\nrun(&s.c);", &["user shell"]),
        ("let s = S { c: \"ls\".into() };\nrun(&s.c);", &[]),
        ("let x = if a { q } else { String::new() };\nrun(&x);", &["user shell"]),
        ("let x = match a { 1 => q, _ => String::new() };\nrun(&x);", &["user shell"]),
        ("let x = match Some(q) { Some(y) => y, None => String::new() };\nrun(&x);", &["user shell"]),
        ("if let Some(x) = Some(q) { run(&x); }", &["user shell"]),
        ("let f = |x: String| run(&x);\nf(q);", &["user shell"]),
        ("let x = { let y = q; y };\nrun(&x);", &["user shell"]),
        ("let x = q.split(' ').map(|s| s.to_string()).collect::<Vec<_>>();\nrun(&x[0]);", &["user shell"]),
        (
            "let mut m = HashMap::new();\nm.insert(\"a\", q);\nm.insert(\"b\", String::new());\nrun(m.get(\"a\").unwrap());",
            &["user shell"],
        ),
        ("let mut s = String::new();\nwrite!(s, \"{}\", q)?;\nrun(&s);", &["user shell"]),
        ("let v = vec![q];\nfor x in &v { run(x); }", &["user shell"]),
        ("tokio::spawn(async move { run(&q); });", &["user shell"]),
        ("if 1 > 2 { run(&q); }", &[]),
    ] {
        let rest: Vec<String> =
            found(&text.replace("BODY", body)).into_iter().filter(|found| !found.starts_with("unknown")).collect();
        rows.row(body, rest, wanted);
    }
    rows.end();
}
