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
    assert_eq!(found("requests.get('https://a', verify=False)\n"), ["tls-not-verified"]);
    assert_eq!(found("requests.get('https://a', verify=True)\n"), Vec::<String>::new());
}
