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
    assert_eq!(found(model), ["model code"]);
    let tool = "@mcp.tool()\ndef run(command: str):\n    subprocess.run(command, shell=True)\n";
    assert!(found(tool).contains(&"tool shell".to_owned()));
    assert_eq!(found("def f(q):\n    cursor.execute('select ' + q)\n"), ["unknown sql"]);
    assert_eq!(found("cursor.execute('select ?', (q,))\n"), Vec::<String>::new());
}

#[test]
fn weak_calls_are_weak_without_any_input() {
    assert_eq!(found("import hashlib\nhashlib.md5(b'a')\n"), ["weak-hash"]);
    assert_eq!(found("requests.get('https://a', verify=False)\n"), ["tls-verification-off"]);
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
    let helper = "import os\ndef run(x):\n    os.system('ls ' + x)\ndef clean(x):\n    return 'a'\ndef same(x):\n    return x\n";
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
        found(&format!("import os\nfrom flask import request\n@app.route('/')\ndef f():\n    p = request.args.get('p')\n{lines}    open(full)\n"))
    };
    let base = "full = os.path.join('/srv', p)";
    assert_eq!(handler(base), ["user path"]);
    assert_eq!(handler(&format!("{base}\nif not full.startswith('/srv'):\n    return")), ["user path"]);
    let real = "full = os.path.realpath(os.path.join('/srv', p))";
    assert_eq!(handler(&format!("{real}\nif not full.startswith('/srv'):\n    return")), Vec::<String>::new());
    assert_eq!(handler(&format!("{real}\nif os.path.commonpath(['/srv', full]) != '/srv':\n    return")), Vec::<String>::new());
    assert_eq!(handler(&format!("if '..' in p:\n    return\n{base}")), Vec::<String>::new());
}
