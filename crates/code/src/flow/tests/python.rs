use crate::Language;

fn found(body: &str) -> Vec<String> {
    super::found(Language::Python, body)
}

/// A handler in which `bar` is made from the input `p` and run by a shell.
fn handler(makes_bar: &str) -> Vec<String> {
    let lines: String = makes_bar.lines().map(|line| format!("    {line}\n")).collect();
    found(&format!(
        "import os\nfrom flask import request\ndef same(x):\n    return x\ndef fixed(x):\n    return 'a'\n@app.route('/')\ndef f():\n    p = request.args.get('p')\n{lines}    os.system('ls ' + bar)\n"
    ))
}

#[test]
fn what_reaches_the_shell_and_what_only_looks_so() {
    let flows = [
        "bar = p",
        "bar = f'{p}x'",
        "bar = same(p)",
        "d = {}\nd['a'] = 'b'\nd['c'] = p\nbar = d['c']",
        "l = ['a']\nl.append(p)\nbar = l[1]",
        "bar = p if 7 * 6 > 40 else 'a'",
        "bar = 'a'\nif x:\n    bar = p",
    ];
    for body in flows {
        assert_eq!(handler(body), ["user shell"], "{body}");
    }
    let silent = [
        "bar = 'a'",
        "bar = fixed(p)",
        "d = {}\nd['a'] = 'b'\nd['c'] = p\nbar = d['a']",
        "l = ['a', p, 'c']\nl.pop(0)\nbar = l[1]",
        "bar = 'a' if 7 * 6 > 40 else p",
        "import shlex\nbar = shlex.quote(p)",
        "bar = str(int(p))",
        "bar = p\nif bar not in ('a', 'b'):\n    return",
        "match 'A':\n    case 'A':\n        bar = 'x'\n    case _:\n        bar = p",
    ];
    for body in silent {
        assert_eq!(handler(body), Vec::<String>::new(), "{body}");
    }
}

#[test]
fn labels_tell_who_wrote_it() {
    let model = "from openai import OpenAI\nclient = OpenAI()\nr = client.chat.completions.create(model='m', messages=[])\neval(r.choices[0].message.content)\n";
    assert!(found(model).contains(&"model code".to_owned()));
    let tool = "@mcp.tool()\ndef run(command: str):\n    subprocess.run(command, shell=True)\n";
    assert!(found(tool).contains(&"tool shell".to_owned()));
    assert_eq!(found("def f(q):\n    cursor.execute('select ' + q)\n"), ["unknown sql"]);
    assert_eq!(found("cursor.execute('select ?', (q,))\n"), Vec::<String>::new());
}

#[test]
fn weak_calls_are_weak_without_any_input() {
    assert_eq!(found("import hashlib\nhashlib.md5(b'a')\n"), ["weak-hash"]);
    assert_eq!(found("requests.get('https://a', verify=False)\n"), ["tls-not-verified"]);
    assert_eq!(found("requests.get('https://a', verify=True)\n"), Vec::<String>::new());
}

#[test]
fn what_objects_classes_and_other_files_do_with_it() {
    let flows = [
        "bar = ''\nfor x in [p]:\n    bar = x\n    break",
        "l = ['a']\nl.insert(0, p)\nbar = l[0]",
        "l = ['a', p]\nbar = l[-1]",
        "d = {}\nd.update({'k': p})\nbar = d['k']",
        "class C:\n    def __init__(self, x):\n        self.x = x\n    def get(self):\n        return self.x\nbar = C(p).get()",
        "import configparser\nc = configparser.ConfigParser()\nc.add_section('s')\nc.set('s', 'a', 'x')\nc.set('s', 'b', p)\nbar = c.get('s', 'b')",
        "bar = 'x'\ntry:\n    bar = p\nexcept Exception:\n    pass",
        "bar = ''.join([c for c in p])",
        "def inner():\n    return p\nbar = inner()",
        "bar = (lambda x: x)(p)",
        "import base64\nbar = base64.b64decode(base64.b64encode(p.encode())).decode()",
        "g = 'ABC'[1]\nif g == 'B':\n    bar = p\nelse:\n    bar = 'x'",
        "a, bar = 'x', p",
        "bar = p or 'x'",
        "if not p.startswith('a'):\n    bar = 'x'\nelse:\n    bar = p",
        "bar = '%s' % p",
        "bar = 'x'\nwhile True:\n    bar = p\n    break",
    ];
    for body in flows {
        assert_eq!(handler(body), ["user shell"], "{body}");
    }
    let silent = [
        "l = ['a', p]\nl.remove('a')\nl.append('b')\nbar = l[1]",
        "l = ['a']\nl.insert(0, p)\nbar = l[1]",
        "l = [p, 'b']\nbar = l[-1]",
        "class C:\n    def __init__(self, x):\n        self.x = x\n        self.y = 'b'\n    def get(self):\n        return self.y\nbar = C(p).get()",
        "import configparser\nc = configparser.ConfigParser()\nc.set('s', 'a', 'x')\nc.set('s', 'b', p)\nbar = c.get('s', 'a')",
        "g = 'ABC'[2]\nif g == 'B':\n    bar = p\nelse:\n    bar = 'x'",
        "ALLOWED = {'a': 'ls', 'b': 'ps'}\nbar = ALLOWED.get(p, 'ls')",
        "if p not in ['a', 'b']:\n    abort(400)\n    return\nbar = p",
        "if p == 'a' or p == 'b':\n    bar = p\nelse:\n    bar = 'c'",
        "import re\nif not re.fullmatch('[a-z]+', p):\n    return\nbar = p",
        "bar = 'x' if p else 'y'",
        "bar = str(len(p))",
        "bar, other = 'x', p",
    ];
    for body in silent {
        assert_eq!(handler(body), Vec::<String>::new(), "{body}");
    }
}

#[test]
fn flows_cross_files_by_import() {
    let helper =
        "import os\ndef run(x):\n    os.system('ls ' + x)\ndef clean(x):\n    return 'a'\ndef same(x):\n    return x\n";
    let app = |body: &str| {
        format!(
            "from flask import request\nfrom app.helper import run, clean, same\nimport app.helper as h\n@app.route('/')\ndef f():\n    p = request.args.get('p')\n    {body}\n"
        )
    };
    let found = |body: &str| super::found_in(&[("app/main.py", &app(body)), ("app/helper.py", helper)]);
    assert_eq!(found("run(p)"), ["user shell"]);
    assert_eq!(found("h.run(same(p))"), ["user shell"]);
    assert_eq!(found("run(clean(p))"), Vec::<String>::new());
}

#[test]
fn paths_are_contained_only_after_detours_are_gone() {
    let handler = |body: &str| {
        let lines: String = body.lines().map(|line| format!("    {line}\n")).collect();
        found(&format!(
            "import os\nfrom flask import request\n@app.route('/')\ndef f():\n    p = request.args.get('p')\n{lines}    open(full)\n"
        ))
    };
    let base = "full = os.path.join('/srv', p)";
    assert_eq!(handler(base), ["user path"]);
    assert_eq!(handler(&format!("{base}\nif not full.startswith('/srv'):\n    return")), ["user path"]);
    let real = "full = os.path.realpath(os.path.join('/srv', p))";
    assert_eq!(handler(&format!("{real}\nif not full.startswith('/srv'):\n    return")), Vec::<String>::new());
    assert_eq!(
        handler(&format!("{real}\nif os.path.commonpath(['/srv', full]) != '/srv':\n    return")),
        Vec::<String>::new()
    );
    assert_eq!(
        handler(&format!("{real}\nif not full.startswith('/srv' + os.sep):\n    abort(404)")),
        Vec::<String>::new()
    );
    assert_eq!(handler(&format!("if '..' in p:\n    return\n{base}")), Vec::<String>::new());
}

/// Kinds that a file with these lines gives.
#[test]
fn pairs_of_weak_and_sound_calls_are_told_apart() {
    let pairs = [
        ("unsafe-yaml", "import yaml\nyaml.load(x)", "import yaml\nyaml.load(x, Loader=yaml.SafeLoader)"),
        ("weak-hash", "import hashlib\nhashlib.new('md5')", "import hashlib\nhashlib.new('sha256')"),
        (
            "weak-hash",
            "import hashlib\nname = 'sha1'\nhashlib.new(name)",
            "import hashlib\nname = 'sha512'\nhashlib.new(name)",
        ),
        (
            "weak-cipher",
            "from Crypto.Cipher import AES\nAES.new(k, AES.MODE_ECB)",
            "from Crypto.Cipher import AES\nAES.new(k, AES.MODE_GCM)",
        ),
        ("insecure-random", "import random\nt = random.random()", "import random\nt = random.SystemRandom().random()"),
        ("insecure-cookie", "r.set_cookie('a', 'b')", "r.set_cookie('a', 'b', secure=True, httponly=True)"),
        (
            "xxe-parser",
            "p = xml.sax.make_parser()\np.setFeature(xml.sax.handler.feature_external_ges, True)\np.parse(f)",
            "p = xml.sax.make_parser()\np.setFeature(xml.sax.handler.feature_external_ges, False)\np.parse(f)",
        ),
        (
            "jwt-not-verified",
            "import jwt\njwt.decode(t, options={'verify_signature': False})",
            "import jwt\njwt.decode(t, key, algorithms=['HS256'])",
        ),
        (
            "host-key-not-verified",
            "c.set_missing_host_key_policy(paramiko.AutoAddPolicy())",
            "c.set_missing_host_key_policy(paramiko.RejectPolicy())",
        ),
        ("permissive-file-mode", "import os\nos.chmod(p, 0o777)", "import os\nos.chmod(p, 0o600)"),
        ("tls-not-verified", "ctx.check_hostname = False", "ctx.check_hostname = True"),
        (
            "weak-key-size",
            "from cryptography.hazmat.primitives.asymmetric import rsa\nrsa.generate_private_key(public_exponent=65537, key_size=1024)",
            "from cryptography.hazmat.primitives.asymmetric import rsa\nrsa.generate_private_key(public_exponent=65537, key_size=3072)",
        ),
        (
            "cors-any-origin",
            "from flask_cors import CORS\nCORS(app, origins='*')",
            "from flask_cors import CORS\nCORS(app, origins=['https://a.example'])",
        ),
        ("hard-coded-credential", "password = 'hunter2hunter'", "password = os.environ['PASSWORD']"),
        ("unsafe-archive-extraction", "tar.extractall(p)", "tar.extractall(p, filter='data')"),
        ("debug-server", "app.run(debug=True)", "app.run(debug=False)"),
        ("cleartext-protocol", "import telnetlib\ntelnetlib.Telnet('h')", "import paramiko\nparamiko.SSHClient()"),
    ];
    for (kind, weak, sound) in pairs {
        assert!(found(weak).iter().any(|it| it == kind), "{weak}: {:?}", found(weak));
        assert!(!found(sound).iter().any(|it| it == kind), "{sound}: {:?}", found(sound));
    }
}

#[test]
fn a_web_handler_lets_input_reach_each_class_of_sink() {
    let handler = |body: &str| {
        let lines: String = body.lines().map(|line| format!("    {line}\n")).collect();
        found(&format!(
            "import flask\nfrom flask import request\n@app.route('/x', methods=['GET'])\ndef f():\n    p = request.form.get('p')\n{lines}"
        ))
    };
    let pairs = [
        ("user html", "return 'hello ' + p", "import html\nreturn 'hello ' + html.escape(p)"),
        ("user html", "r = ''\nr += f'<b>{p}</b>'\nreturn r", "return flask.jsonify(p)"),
        ("user session", "flask.session['a'] = p", "flask.session['a'] = 'b'"),
        ("user redirect", "return flask.redirect(p)", "return flask.redirect('/home?x=' + p)"),
        ("user url", "import requests\nrequests.get(p)", "import requests\nrequests.get('https://api.example/x/' + p)"),
        (
            "user deserialise",
            "import yaml\nyaml.load(p, Loader=yaml.Loader)",
            "import yaml\nyaml.load(p, Loader=yaml.SafeLoader)",
        ),
        ("user code", "eval(p)", "import ast\nast.literal_eval(p)"),
        (
            "user shell",
            "import subprocess\nsubprocess.run(['sh', '-c', 'ls ' + p])",
            "import subprocess\nsubprocess.run(['ls', '-l'])",
        ),
        (
            "user sql",
            "cur.execute(f\"select * from t where a='{p}'\")",
            "cur.execute('select * from t where a=?', (p,))",
        ),
        ("user xpath", "root.xpath(\"/a[@b='\" + p + \"']\")", "root.xpath('/a[@b=$b]', b=p)"),
        (
            "user ldap",
            "import ldap3\nc = ldap3.Connection(s)\nc.search('dc=x', '(uid=' + p + ')')",
            "import ldap3\nc = ldap3.Connection(s)\nc.search('dc=x', '(uid=' + ldap3.utils.conv.escape_filter_chars(p) + ')')",
        ),
        (
            "user path",
            "import pathlib\npathlib.Path('/srv/' + p).read_text()",
            "import werkzeug.utils\nopen('/srv/' + werkzeug.utils.secure_filename(p))",
        ),
        ("user template", "flask.render_template_string(p)", "flask.render_template('a.html', p=p)"),
    ];
    for (kind, flows, silent) in pairs {
        assert!(handler(flows).iter().any(|it| it == kind), "{flows}: {:?}", handler(flows));
        assert!(!handler(silent).iter().any(|it| it == kind), "{silent}: {:?}", handler(silent));
    }
}

#[test]
fn functions_that_are_handed_over_with_their_arguments() {
    let run = |call: &str| {
        let all = found(&format!(
            "import asyncio, functools, os, subprocess, threading, yaml\nfrom flask import request\ndef own(x, y=''):\n    os.system(x)\n@app.route('/')\nasync def f(loop, pool, tasks):\n    p = request.args.get('p')\n    {call}\n"
        ));
        // What `own` is handed by strangers that nobody knows.
        all.into_iter().filter(|one| one != "unknown shell" && one != "user command").collect::<Vec<_>>()
    };
    for call in [
        "await asyncio.to_thread(os.system, p)",
        "await loop.run_in_executor(None, os.system, p)",
        "pool.submit(os.system, p)",
        "tasks.add_task(os.system, p)",
        "functools.partial(os.system, p)()",
        "threading.Thread(target=os.system, args=(p,)).start()",
        "threading.Timer(1, os.system, [p]).start()",
        "list(map(os.system, request.args.getlist('p')))",
        "await asyncio.to_thread(own, p)",
        "threading.Thread(target=own, args=(p, 'x')).start()",
        "await loop.run_in_executor(None, functools.partial(os.system, p))",
        "run = functools.partial(os.system)\n    run(p)",
        "run = functools.partial(subprocess.run, shell=True)\n    run('ls ' + p)",
    ] {
        assert_eq!(run(call), ["user shell"], "{call}");
    }
    for call in [
        "await asyncio.to_thread(os.system, 'ls')",
        "threading.Thread(target=own, args=('x', p)).start()",
        "list(map(os.system, ['ls', 'pwd']))",
        "await asyncio.to_thread(len, p)",
        "pool.submit(p, os.system)",
        "load = functools.partial(yaml.load, Loader=yaml.SafeLoader)\n    load(p)",
    ] {
        assert_eq!(run(call), [""; 0], "{call}");
    }
}

#[test]
fn what_would_have_thrown_is_harmless_once_it_returned() {
    let proven = |body: &str| handler(&format!("try:\n    {body}\nexcept ValueError:\n    return\nbar = p"));
    for body in ["int(p)", "n = int(p)", "uuid.UUID(p)", "datetime.strptime(p, '%Y-%m-%d')", "IPv4Address(p)"] {
        let all = found(&format!(
            "import os, uuid\nfrom ipaddress import IPv4Address\nfrom datetime import datetime\nfrom flask import request\n@app.route('/')\ndef f():\n    p = request.args.get('p')\n    try:\n        {body}\n    except ValueError:\n        return\n    os.system('ls ' + p)\n"
        ));
        assert_eq!(all, [""; 0], "{body}");
    }
    // Behind the zone of an address anything may stand; what is swallowed proves nothing.
    assert_eq!(proven("ipaddress.ip_address(p)"), ["user shell"]);
    assert_eq!(handler("try:\n    int(p)\nexcept ValueError:\n    pass\nbar = p"), ["user shell"]);
    // Of two conditions the second is what comes out.
    assert_eq!(handler("bar = p and 'x'"), [""; 0]);
    assert_eq!(handler("bar = p or 'x'"), ["user shell"]);
    let page = |body: &str| {
        found(&format!(
            "from pathlib import Path\nfrom flask import request\nROOT = Path('/srv').resolve()\n@app.route('/')\ndef f():\n    p = (ROOT / request.args['p']){body}\n    try:\n        p.relative_to(ROOT)\n    except ValueError:\n        abort(403)\n    return p.read_bytes()\n"
        ))
    };
    assert_eq!(page(".resolve()"), [""; 0]);
    assert_eq!(page(""), ["user path"]);
}

#[test]
fn bodies_of_requests_are_what_their_classes_say() {
    let run = |expr: &str| {
        let all = found(&format!(
            "import os\nfrom enum import Enum\nfrom typing import Literal, Optional\nfrom fastapi import FastAPI\nfrom pydantic import BaseModel\napp = FastAPI()\nclass Mode(str, Enum):\n    A = 'a'\nclass Part(BaseModel):\n    name: Optional[str] = None\n    size: int = 1\n    kind: Literal['a', 'b'] = 'a'\n    mode: Mode = Mode.A\n    def shown(self):\n        return self.name\nclass Order(BaseModel):\n    part: Part\n    notes: list[str]\n@app.post('/x')\nasync def f(order: Order, mode: Mode):\n    os.system('ls ' + {expr})\n"
        ));
        all.into_iter().filter(|one| one.ends_with("shell")).collect::<Vec<_>>()
    };
    for expr in ["order.part.name", "order.notes[0]", "order.part.shown()", "str(order)"] {
        assert_eq!(run(expr), ["user shell"], "{expr}");
    }
    for expr in ["str(order.part.size)", "order.part.kind", "order.part.mode", "mode.value"] {
        assert_eq!(run(expr), [""; 0], "{expr}");
    }
}
