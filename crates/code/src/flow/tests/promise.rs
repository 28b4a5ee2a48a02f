//! Checks that make something of a stranger harmless, each beside one that looks like it and does not.

use super::{Rows, found, found_in};
use crate::Language;

fn python(body: &str) -> Vec<String> {
    let body = body.replace('\n', "\n    ");
    found(
        Language::Python,
        &format!(
            "import hmac, hashlib, os, re, requests, subprocess, socket, ipaddress\nfrom urllib.parse import urlparse\n\
             from flask import Flask, request, redirect, abort\napp = Flask(__name__)\nHOSTS = ['a.example', 'b.example']\n\
             def is_ours(url):\n    return urlparse(url).hostname in HOSTS\n\
             def is_long(url):\n    return len(url) > 3\n\
             def check(url):\n    if urlparse(url).hostname not in HOSTS:\n        raise ValueError('host')\n\
             def look(url):\n    if urlparse(url).hostname not in HOSTS:\n        print('host')\n\
             @app.get('/x')\ndef x():\n    u = request.args['u']\n    {body}\n"
        ),
    )
}

fn script(body: &str) -> Vec<String> {
    found(
        Language::JavaScript,
        &format!(
            "const app = require('express')();\nconst path = require('path');\nconst fs = require('fs');\n\
             const {{ execFile }} = require('child_process');\nconst HOSTS = new Set(['a.example']);\n\
             app.get('/x', async (req, res) => {{\n  const u = String(req.query.u);\n  {body}\n}});\n"
        ),
    )
}

#[test]
fn hosts_that_are_known_lead_home() {
    let mut rows = Rows::default();
    let url = &["user url"][..];
    for (body, wanted) in [
        ("if urlparse(u).hostname not in HOSTS: abort(400)\nrequests.get(u)", &[][..]),
        ("p = urlparse(u)\nif p.scheme != 'https' or p.hostname not in HOSTS: abort(400)\nrequests.get(u)", &[]),
        ("host = (urlparse(u).hostname or '').lower()\nif host not in HOSTS: abort(400)\nrequests.get(u)", &[]),
        ("if not any(urlparse(u).hostname == h for h in HOSTS): abort(400)\nrequests.get(u)", &[]),
        ("if not urlparse(u).netloc.endswith('.a.example'): abort(400)\nrequests.get(u)", &[]),
        ("if not urlparse(u).netloc.endswith('a.example'): abort(400)\nrequests.get(u)", url),
        ("if urlparse(u).path not in HOSTS: abort(400)\nrequests.get(u)", url),
        ("if urlparse(u).hostname in HOSTS: abort(400)\nrequests.get(u)", url),
        ("if not u.startswith('https://a.example/'): abort(400)\nrequests.get(u)", &[]),
        ("if not u.startswith('https://a.example'): abort(400)\nrequests.get(u)", url),
        ("if not is_ours(u): abort(400)\nrequests.get(u)", &[]),
        ("if is_ours(u): abort(400)\nrequests.get(u)", url),
        ("if not is_long(u): abort(400)\nrequests.get(u)", url),
        ("check(u)\nrequests.get(u)", &[]),
        ("look(u)\nrequests.get(u)", url),
    ] {
        rows.row(body, python(body), wanted);
    }
    for (body, wanted) in [
        ("const v = new URL(u);\nif (!HOSTS.has(v.hostname)) return;\nawait fetch(v);", &[][..]),
        ("const v = new URL(u);\nif (!HOSTS.has(v.pathname)) return;\nawait fetch(v);", url),
        ("if (![...HOSTS].some((h) => h === new URL(u).host)) return;\nawait fetch(u);", &[]),
    ] {
        rows.row(body, script(body), wanted);
    }
    rows.end();
}

#[test]
fn ways_on_the_same_host_are_no_redirects() {
    let mut rows = Rows::default();
    let away = &["user redirect"][..];
    for (body, wanted) in [
        ("if urlparse(u).netloc: abort(400)\nreturn redirect(u)", &[][..]),
        ("if urlparse(u).netloc != '': abort(400)\nreturn redirect(u)", &[]),
        ("if urlparse(u).scheme: abort(400)\nreturn redirect(u)", away),
        ("if u.startswith('/') and not u.startswith('//'): return redirect(u)", &[]),
        ("if not u.startswith('//') and u.startswith('/'): return redirect(u)", &[]),
        ("if u.startswith('/'): return redirect(u)", away),
    ] {
        rows.row(body, python(body), wanted);
    }
    for (body, wanted) in [
        ("if (/^\\/(?!\\/)/.test(u)) res.redirect(u);", &[][..]),
        ("if (/^\\//.test(u)) res.redirect(u);", away),
        ("res.redirect(new URL(u, 'https://a.example').origin === 'https://a.example' ? u : '/');", &[]),
    ] {
        rows.row(body, script(body), wanted);
    }
    rows.end();
}

#[test]
fn folders_options_and_patterns() {
    let mut rows = Rows::default();
    let way = "const f = path.resolve('/srv', u);\nconst rel = path.relative('/srv', f);\n";
    for (body, wanted) in [
        (format!("{way}if (rel.startsWith('..')) return;\nfs.readFileSync(f);"), &[][..]),
        (format!("{way}if (rel.startsWith('a')) return;\nfs.readFileSync(f);"), &["user path"]),
        ("execFile('git', ['log', '--', u]);".to_owned(), &[]),
        ("execFile('git', ['log', u]);".to_owned(), &["user argument"]),
        ("execFile('git', ['log', `--author=${u}`]);".to_owned(), &[]),
        ("execFile('ping', ['-c', '1', u]);".to_owned(), &[]),
        ("new RegExp(u.replace(/[.*+?]/g, '\\\\$&'));".to_owned(), &[]),
        ("new RegExp(u.replace(/a/g, 'b'));".to_owned(), &["user regex"]),
    ] {
        rows.row(&body, script(&body), wanted);
    }
    rows.end();
}

#[test]
fn signatures_are_compared_in_one_go() {
    let mut rows = Rows::default();
    let mac = "m = hmac.new(b, u.encode(), hashlib.sha256).hexdigest()\n";
    for (body, wanted) in [
        (format!("{mac}return str(m == request.headers['s'])"), &["mac timing"][..]),
        (format!("{mac}return str('sha256=' + m != request.headers['s'])"), &["mac timing"]),
        (format!("{mac}return str(hmac.compare_digest(m, request.headers['s']))"), &[]),
    ] {
        rows.row(&body, python(&body), wanted);
    }
    rows.end();
}

#[test]
fn requests_are_followed_into_helpers_of_other_files() {
    let helper = "class Wrapped:\n    def __init__(self, request):\n        self.request = request\n    def get(self, name):\n        return self.request.form.get(name)\n    def fixed(self, name):\n        return 'a'\n";
    let case = |method: &str| {
        format!(
            "import os\nfrom flask import Flask, request\nimport helpers.db\nimport helpers.req\nimport helpers.other\napp = Flask(__name__)\n\
             @app.route('/x')\ndef x():\n    os.system(helpers.req.Wrapped(request).{method}('a'))\n"
        )
    };
    let project = |text: &str| {
        found_in(&[
            ("a.py", text),
            ("helpers/__init__.py", ""),
            ("helpers/req.py", helper),
            ("helpers/db.py", "import os\n"),
            ("helpers/other.py", "import os\n"),
        ])
    };
    assert_eq!(project(&case("get")), ["user shell"]);
    assert!(project(&case("fixed")).is_empty());
    let servlet = "package app;\npublic class A {\n  void doPost(HttpServletRequest request) throws Exception {\n    Runtime.getRuntime().exec(new Requests(request).one(\"a\"));\n  }\n}\n";
    let requests = "package app;\npublic class Requests {\n  private HttpServletRequest request;\n  public Requests(HttpServletRequest request) { this.request = request; }\n  public String one(String name) { return request.getParameter(name); }\n}\n";
    assert_eq!(found_in(&[("app/A.java", servlet), ("app/Requests.java", requests)]), ["user command"]);
}

#[test]
fn what_is_written_down_is_no_strangers_data() {
    let mut rows = Rows::default();
    for (body, wanted) in [
        ("import pickle, base64\nv = 'a' if u else 'b'\npickle.loads(base64.b64decode(v))", &[][..]),
        (
            "import pickle, base64\nv = 'a' if u else u\npickle.loads(base64.b64decode(v))",
            &["user deserialise", "insecure-deserialiser"],
        ),
    ] {
        rows.row(body, python(body), wanted);
    }
    let java = |fill: &str| {
        found(
            Language::Java,
            &format!(
                "class A {{ void x(byte[] key) {{ byte[] iv = new byte[16]; {fill} new IvParameterSpec(iv); }} }}"
            ),
        )
    };
    rows.row("zeros", java(""), &["static-iv"]);
    rows.row("filled", java("random.nextBytes(iv);"), &[]);
    rows.end();
}

#[test]
fn a_method_without_its_class_is_read() {
    for start in ["  handle(message) {", "  async handle(message) {"] {
        assert_eq!(found(Language::JavaScript, &format!("{start}\n    eval(message);\n  }}\n")), ["unknown code"]);
    }
}

#[test]
fn what_a_class_takes_from_its_base_is_known() {
    let handler = |base: &str| {
        found(
            Language::Python,
            &format!(
                "import os\nimport http.server\nclass H({base}):\n    def do_GET(self):\n        os.system(self.path)\n"
            ),
        )
    };
    assert_eq!(handler("http.server.BaseHTTPRequestHandler"), ["user shell"]);
    assert!(!handler("object").contains(&"user shell".to_owned()));
}

#[test]
fn routes_are_known_by_what_their_object_is() {
    let route = |made: &str| {
        found(
            Language::Python,
            &format!(
                "from fastapi import FastAPI, APIRouter\nimport os\nmain = {made}()\n@main.get('/a')\ndef a(name: str):\n    os.system(name)\n"
            ),
        )
    };
    assert_eq!(route("FastAPI"), ["user shell"]);
    assert_eq!(route("APIRouter"), ["user shell"]);
    assert_eq!(route("other"), ["unknown shell"]);
}
