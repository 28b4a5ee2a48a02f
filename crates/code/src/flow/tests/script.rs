use crate::Language;

/// Kinds of what is found; what needs no source by its own name. Advice on models is left out.
fn found(text: &str) -> Vec<String> {
    let all = super::found(Language::Tsx, text);
    let advice =
        ["model-call-without-limit", "response-detail", "prompt", "insecure-cookie", "cookie-without-http-only"];
    all.into_iter()
        .filter(|kind| !advice.iter().any(|end| kind.ends_with(end) && !kind.ends_with("system-prompt")))
        .collect()
}

/// In a handler of Express in which `p` is what the request says.
fn handler(body: &str) -> Vec<String> {
    found(&format!(
        "const express = require('express');\nconst {{ exec, execFile, spawn }} = require('child_process');\nconst fs = require('fs');\nconst path = require('path');\nconst app = express();\nconst same = (x) => x;\nfunction fixed(x) {{ return 'a'; }}\napp.get('/x', async (req, res) => {{\n  const p = req.query.p;\n  {body}\n}});\n"
    ))
}

/// Each text with all that is to be found in it; says every text that is not as expected.
fn expect<T: AsRef<str>>(find: impl Fn(&str) -> Vec<String>, cases: impl IntoIterator<Item = (T, &'static str)>) {
    let wrong: Vec<(String, Vec<String>)> = cases
        .into_iter()
        .map(|(text, kind)| (text.as_ref().to_owned(), kind, find(text.as_ref())))
        .filter(|(_, kind, got)| got.iter().map(String::as_str).ne(Some(*kind).filter(|kind| !kind.is_empty())))
        .map(|(text, _, got)| (text, got))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn all(kind: &'static str, bodies: &[&str]) {
    expect(handler, bodies.iter().map(|body| (body, kind)));
}

fn silent(bodies: &[&str]) {
    all("", bodies);
}

#[test]
fn what_reaches_the_shell_and_what_only_looks_so() {
    all(
        "user shell",
        &[
            "exec('ls ' + p);",
            "exec(`ls ${p}`);",
            "exec(same(p));",
            "const o = { a: 'x', b: p }; exec(o.b);",
            "const o = {}; o.a = 'x'; o.b = p; exec(o['b']);",
            "const l = ['a']; l.push(p); exec(l[1]);",
            "const { body: { cmd } } = req; exec(cmd);",
            "const [first] = [p, 'x']; exec(first);",
            "let c = 'ls'; if (req.query.all) { c += p; } exec(c);",
            "exec(7 * 6 > 40 ? p : 'a');",
            "const c = p ?? 'ls'; exec(c);",
            "exec(['ls', p].join(' '));",
            "let c = ''; ['a', p].forEach((x) => { c += x; }); exec(c);",
            "exec(Buffer.from(p, 'base64').toString());",
            "spawn('sh', ['-c', p]);",
            "spawn('ls ' + p, { shell: true });",
            "const run = require('util').promisify(exec); await run(p);",
            "switch (p) { case 'a': exec('ls'); break; default: exec(p); }",
            "try { throw new Error(p); } catch (e) { exec('x' + p); }",
        ],
    );
    silent(&[
        "exec('ls');",
        "exec(fixed(p));",
        "const o = { a: 'x', b: p }; exec(o.a);",
        "const l = ['a', p, 'c']; l.shift(); exec(l[1]);",
        "const l = ['a', p]; l.pop(); exec(l[0]);",
        "exec(7 * 6 > 40 ? 'a' : p);",
        "exec(`kill ${parseInt(p, 10)}`);",
        "exec('kill ' + Number(p));",
        "exec('kill ' + +p);",
        "if (!['a', 'b'].includes(p)) return; exec('ls ' + p);",
        "if (!tableNames().includes(p)) return; exec('ls ' + p);",
        "const OK = new Set(['a']); if (!OK.has(p)) { return; } exec('ls ' + p);",
        "if (p === 'a') exec('ls ' + p);",
        "const q = ['a', 'b'].includes(String(req.query.q)) ? String(req.query.q) : 'a'; exec('ls ' + q);",
        "const table = { a: 'ls', b: 'df' }; exec(table[p] ?? 'ls');",
        "if (!/^[a-z]+$/.test(p)) return; exec('ls ' + p);",
        "const m = 'A'; let c = p; switch (m) { case 'A': c = 'ls'; break; default: c = p; } exec(c);",
        "let c = p; c = 'ls'; exec(c);",
        "const { quote } = require('shell-quote'); exec('ls ' + quote([p]));",
        "/a/.exec(p);",
    ]);
    all("user argument", &["execFile('git', [p]);", "spawn('git', ['-l', p]);"]);
    all("user command", &["spawn(p, []);"]);
}

#[test]
fn what_reaches_a_database_and_what_is_bound() {
    let db = "const mysql = require('mysql2'); const db = mysql.createPool({}); const { PrismaClient } = require('@prisma/client'); const prisma = new PrismaClient(); const users = client.db().collection('u'); const knex = require('knex')({});";
    let with = |body: &str| handler(&format!("{db} {body}"));
    expect(
        with,
        [
            "db.query('select ' + p);",
            "db.query(`select '${p}'`, (e, rows) => res.send(rows));",
            "await db.execute('select ' + p + ' from t', []);",
            "const sql = 'select ' + p; const [rows] = await db.promise().query(sql);",
            "db.query({ text: 'select ' + p });",
            "knex.raw('select ' + p);",
            "knex('t').whereRaw(`a = ${p}`);",
            "await prisma.$queryRawUnsafe(`select ${p}`);",
            "pool.query('select ' + p);",
        ]
        .map(|body| (body, "user sql")),
    );
    expect(
        with,
        [
            "db.query('select ?', [p], (e, rows) => res.send(rows));",
            "db.query({ text: 'select $1', values: [p] });",
            "await prisma.$queryRaw`select ${p}`;",
            "await sql`select ${p}`;",
            "db.query('select ' + mysql.escape(p));",
            "knex('t').where({ a: p });",
            "knex.raw('select ?', [p]);",
            "const id = Number(p); db.query(`select ${id}`);",
            "await users.findOne({ name: String(p) });",
            "await User.findOne({ where: { name: p } });",
            "const [rows] = await db.query('select ?', [p]); res.send(rows);",
        ]
        .map(|body| (body, "")),
    );
    all("user nosql", &["await User.findOne({ name: p });", "db.collection('u').deleteMany({ a: req.body.a });"]);
}

#[test]
fn what_reaches_files_and_what_stays_inside() {
    all(
        "user path",
        &[
            "fs.readFile(p, (e, data) => res.end(data));",
            "fs.readFileSync('/srv/' + p);",
            "fs.createReadStream(path.join(__dirname, p)).pipe(res);",
            "res.sendFile('/srv/' + p);",
            "await fs.promises.writeFile(`up/${p}`, 'x');",
            "fs.rename('a', p, () => {});",
            "const f = path.join('/srv', p); if (f.startsWith('/x')) { res.end('no'); } fs.readFileSync(f);",
            "req.files.doc.mv('/srv/' + req.files.doc.originalname);",
        ],
    );
    silent(&[
        "fs.readFileSync('/srv/' + path.basename(p));",
        "const f = path.resolve('/srv', p); if (!f.startsWith('/srv/')) return res.end(); fs.readFileSync(f);",
        "fs.readFileSync('/srv/a');",
        "res.sendFile(p, { root: '/srv' });",
        "fs.readFile('/etc/x', (e, data) => res.end(data));",
        "fs.writeFileSync('/srv/a', p);",
        "if (!/^[\\w-]+$/.test(p)) return; fs.readFileSync('/srv/' + p);",
        "const names = ['a', 'b']; if (names.includes(p)) fs.readFileSync('/srv/' + p);",
    ]);
}

#[test]
fn what_reaches_pages_and_what_was_made_harmless() {
    all(
        "user html",
        &[
            "res.send('<p>' + p);",
            "res.status(200).send(`<b>${p}</b>`);",
            "res.write(p);",
            "res.end('<p>' + req.params.id + '</p>');",
        ],
    );
    silent(&[
        "res.json({ p });",
        "res.send({ p });",
        "res.status(400).send([p]);",
        "const escapeHtml = require('escape-html'); res.send('<p>' + escapeHtml(p));",
        "const he = require('he'); res.send(he.encode(p));",
        "const { sanitize } = require('isomorphic-dompurify'); res.send(sanitize(p));",
        "res.render('page', { p });",
        "res.send('<p>' + encodeURIComponent(p));",
        "res.send('<p>' + Number(p));",
        "const xss = require('xss'); res.send(xss(p));",
    ]);
    expect(
        found,
        [
            ("document.getElementById('a').innerHTML = location.hash.slice(1);\n", "user html"),
            ("document.write('<p>' + document.referrer);\n", "user html"),
            ("const q = new URLSearchParams(location.search).get('q');\n$('#a').html(q);\n", "user html"),
            ("el.insertAdjacentHTML('beforeend', decodeURIComponent(window.location.search));\n", "user html"),
            ("window.addEventListener('message', (e) => { document.body.innerHTML = e.data; });\n", "user html"),
            ("export const A = ({ html }) => <p dangerouslySetInnerHTML={{ __html: html }} />;\n", "unknown html"),
            ("window.location = new URLSearchParams(location.search).get('next');\n", "user redirect"),
        ],
    );
    expect(
        found,
        [
        "document.getElementById('a').textContent = location.hash;\n",
        "el.innerHTML = DOMPurify.sanitize(location.hash);\n",
        "el.innerHTML = '<p>a</p>';\n",
        "export const A = ({ text }) => <p title={text}>{text}</p>;\n",
        "import DOMPurify from 'dompurify';\nexport const A = ({ h }) => <p dangerouslySetInnerHTML={{ __html: DOMPurify.sanitize(h) }} />;\n",
        "$('#a').text(location.hash);\n",
        ]
        .map(|text| (text, "")),
    );
}

#[test]
fn addresses_redirects_code_and_objects() {
    expect(
        handler,
        [
            ("await fetch(p);", "user url"),
            ("const axios = require('axios'); await axios.get('http://' + p + '/a');", "user url"),
            ("require('http').get({ hostname: p, path: '/' });", "user url"),
            ("require('axios')({ url: p, method: 'get' });", "user url"),
            ("res.redirect(p);", "user redirect"),
            ("res.redirect(301, p);", "user redirect"),
            ("eval(p);", "user code"),
            ("new Function('a', p)(1);", "user code"),
            ("require('vm').runInNewContext(p, {});", "user code"),
            ("setTimeout('f(' + p + ')', 1);", "user code"),
            ("new RegExp(p).test('a');", "user regex"),
            ("require('lodash').merge({}, req.body);", "user prototype"),
            ("const o = {}; o[req.body.a][req.body.b] = 1;", "user prototype"),
            ("require(p);", "user reflection"),
            ("const ejs = require('ejs'); ejs.render(p, {});", "user template"),
            ("require('xpath').select('//a[@b=\"' + p + '\"]', doc);", "user xpath"),
            ("require('ldapjs').createClient({}).search('dc=a', { filter: `(uid=${p})` });", "user ldap"),
        ],
    );
    silent(&[
        "await fetch('https://api.example.com/a/' + encodeURIComponent(p));",
        "await fetch(`https://api.example.com/a/${p}`);",
        "res.redirect('/home');",
        "await fetch(`/api/items/${p}`);",
        "res.redirect('/user/' + p);",
        "const to = { a: '/a', b: '/b' }; res.redirect(to[p] || '/');",
        "JSON.parse(p);",
        "setTimeout(() => {}, p);",
        "const esc = require('escape-string-regexp'); new RegExp(esc(p)).test('a');",
        "Object.assign({}, req.body);",
        "const ejs = require('ejs'); ejs.render('<%= p %>', { p });",
        "const x = { ...req.body };",
    ]);
}

#[test]
fn frameworks_hand_over_what_a_stranger_sent() {
    let shell = "\nimport { exec } from 'node:child_process';\n";
    let import = |text: &str| found(&format!("{text}{shell}"));
    expect(
        import,
        [
            ("fastify.get('/', async (request, reply) => { exec(request.query.q); });\n", "user shell"),
            ("router.get('/', async (ctx) => { exec(ctx.query.q); });\n", "user shell"),
            (
                "export async function POST(request: Request) { const { q } = await request.json(); exec(q); }\n",
                "user shell",
            ),
            (
                "export const handler = async (event) => { const b = JSON.parse(event.body); exec(b.q); };\n",
                "user shell",
            ),
            ("exports.handler = async (event) => { exec(event.queryStringParameters.q); };\n", "user shell"),
            ("'use server';\nexport async function save(form: FormData) { exec(form.get('q')); }\n", "user shell"),
            ("@Controller('a')\nexport class A { @Get() f(@Query('q') q: string) { exec(q); } }\n", "user shell"),
            ("@Controller('a')\nexport class A { @Get() f(@Query('q') q: number) { exec(`a ${q}`); } }\n", ""),
            ("http.createServer((req, res) => { exec(req.url); }).listen(1);\n", "user shell"),
            ("wss.on('connection', (ws) => { ws.on('message', (m) => exec(m)); });\n", "user shell"),
            ("exec(process.argv[2]);\n", "local shell"),
            ("export function f(q: string) { exec(q); }\n", "unknown shell"),
            (
                "export default function h(req: NextApiRequest, res: NextApiResponse) { exec(req.query.q as string); }\n",
                "user shell",
            ),
            (
                "server.route({ method: 'GET', path: '/', handler: (request, h) => { exec(request.query.q); } });\n",
                "user shell",
            ),
            (
                "class S { constructor(private readonly n: string) {}\n run() { exec(this.n); } }\napp.get('/', (req) => new S(req.query.q).run());\n",
                "user shell",
            ),
        ],
    );
}

#[test]
fn what_models_and_tools_say() {
    expect(
        found,
        [
            (
                "import OpenAI from 'openai';\nconst openai = new OpenAI();\nconst r = await openai.chat.completions.create({ model: 'm', messages: [] });\neval(r.choices[0].message.content);\n",
                "model code",
            ),
            (
                "import Anthropic from '@anthropic-ai/sdk';\nconst c = new Anthropic();\nconst m = await c.messages.create({ max_tokens: 1 });\ndb.query(m.content[0].text);\n",
                "model sql",
            ),
            (
                "import { generateText } from 'ai';\nconst { text } = await generateText({ model, maxTokens: 5, prompt: 'x' });\ndocument.body.innerHTML = text;\n",
                "model html",
            ),
            (
                "import { ChatOpenAI } from '@langchain/openai';\nconst m = new ChatOpenAI({});\nconst r = await m.invoke('x');\nrequire('child_process').exec(r.content);\n",
                "model shell",
            ),
            (
                "import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';\nconst server = new McpServer({ name: 'a' });\nserver.tool('run', { c: z.string() }, async ({ c }) => { execSync(c); });\n",
                "tool shell",
            ),
            ("server.registerTool('run', {}, async (a) => fs.readFileSync(a.file));\n", "tool path"),
            (
                "import { tool } from 'ai';\nexport const t = tool({ description: 'a', execute: async ({ q }) => pool.query(q) });\n",
                "tool sql",
            ),
            ("new DynamicTool({ name: 'a', func: async (input) => fetch(input) });\n", "tool url"),
            (
                "app.post('/c', async (req, res) => { await openai.chat.completions.create({ model: 'm', messages: [{ role: 'system', content: 'a ' + req.body.t }] }); });\n",
                "user system-prompt",
            ),
        ],
    );
    expect(
        found,
        [
        "import { tool } from 'ai';\nexport const t = tool({ execute: async ({ q }) => pool.query('select ?', [q]) });\n",
        "app.post('/c', async (req, res) => { await openai.chat.completions.create({ model: 'm', max_tokens: 5, messages: [{ role: 'system', content: 'a' }] }); });\n",
        "const r = await openai.chat.completions.create({ model: 'm' });\ndocument.body.textContent = r.choices[0].message.content;\n",
        ]
        .map(|text| (text, "")),
    );
}

#[test]
fn weak_calls_are_weak_without_any_input() {
    expect(
        found,
        [
            ("crypto.createHash('md5').update(x);\n", "weak-hash"),
            ("import { createHash } from 'crypto';\nconst a = 'sha1';\ncreateHash(a);\n", "weak-hash"),
            ("crypto.createCipheriv('aes-256-ecb', k, null);\n", "weak-cipher"),
            ("crypto.createCipher('aes192', k);\n", "weak-cipher"),
            ("CryptoJS.DES.encrypt(a, k);\n", "weak-cipher"),
            (
                "const iv = Buffer.from('0123456789abcdef');\ncrypto.createCipheriv('aes-256-gcm', k, iv);\n",
                "static-iv",
            ),
            ("crypto.createCipheriv('aes-256-gcm', k, Buffer.alloc(16));\n", "static-iv"),
            ("const t = Math.random().toString(36);\n", "insecure-random"),
            ("crypto.pbkdf2Sync(p, s, 1000, 32, 'sha256');\n", "weak-password-hash"),
            ("crypto.generateKeyPairSync('rsa', { modulusLength: 1024 });\n", "weak-key-size"),
            ("new https.Agent({ rejectUnauthorized: false });\n", "tls-not-verified"),
            ("process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';\n", "tls-not-verified"),
            ("process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = 0;\n", "tls-not-verified"),
            ("tls.createServer({ minVersion: 'TLSv1' });\n", "weak-tls-version"),
            ("jwt.verify(t, k, { algorithms: ['none'] });\n", "jwt-not-verified"),
            ("const p = jwt.decode(t);\n", "jwt-not-verified"),
            ("app.use(cors({ origin: '*' }));\n", "cors-any-origin"),
            ("res.setHeader('Access-Control-Allow-Origin', '*');\n", "cors-any-origin"),
            ("parent.postMessage(d, '*');\n", "post-message-any-origin"),
            ("const c = new OpenAI({ apiKey: k, dangerouslyAllowBrowser: true });\n", "key-in-browser"),
            ("const k = process.env.NEXT_PUBLIC_OPENAI_API_KEY;\n", "key-in-browser"),
            ("libxmljs.parseXml('<a/>', { noent: true });\n", "xxe-parser"),
            ("fs.chmodSync('f', 0o777);\n", "permissive-file-mode"),
            ("app.listen(80, '0.0.0.0');\n", "binds-all-interfaces"),
            ("const s = new SlowBuffer(n);\n", "unsafe-memory"),
            ("nunjucks.configure('v', { autoescape: false });\n", "autoescape-off"),
            ("const s = [{ category: c, threshold: HarmBlockThreshold.BLOCK_NONE }];\n", "guardrail-off"),
            ("new OpenAI({ baseURL: 'http://10.0.0.5:8000/v1' });\n", "plain-http-model-endpoint"),
        ],
    );
    expect(
        found,
        [
            "crypto.createHash('sha256').update(x);\n",
            "crypto.createCipheriv('aes-256-gcm', k, crypto.randomBytes(12));\n",
            "crypto.pbkdf2Sync(p, s, 600000, 32, 'sha512');\n",
            "crypto.generateKeyPairSync('rsa', { modulusLength: 4096 });\n",
            "new https.Agent({ rejectUnauthorized: true });\n",
            "tls.createServer({ minVersion: 'TLSv1.3' });\n",
            "jwt.verify(t, k, { algorithms: ['HS256'] });\n",
            "app.use(cors({ origin: 'https://a.example' }));\n",
            "parent.postMessage(d, 'https://a.example');\n",
            "const k = process.env.NEXT_PUBLIC_STRIPE_PUBLISHABLE_KEY;\n",
            "libxmljs.parseXml(x);\n",
            "fs.chmodSync('f', 0o600);\n",
            "app.listen(80, '127.0.0.1');\n",
            "new OpenAI({ baseURL: 'http://localhost:8000/v1' });\n",
            "Buffer.from(n);\n",
        ]
        .map(|text| (text, "")),
    );
}

#[test]
fn cookies_are_judged_by_their_options() {
    let of = |text: &str| super::found(Language::JavaScript, text);
    assert_eq!(of("res.cookie('a', b);\n"), ["cookie-without-http-only", "insecure-cookie"]);
    assert_eq!(of("res.cookie('a', b, { httpOnly: true });\n"), ["insecure-cookie"]);
    assert_eq!(of("res.cookie('a', b, { httpOnly: true, secure: true });\n"), Vec::<String>::new());
    assert_eq!(of("const o = { httpOnly: true, secure: true };\nres.cookie('a', b, o);\n"), Vec::<String>::new());
    assert_eq!(of("function f(res, o) { res.cookie('a', 'b', o); }\n"), Vec::<String>::new());
}

#[test]
fn recursive_copies_and_files_of_a_project() {
    let merge = |check: &str| {
        format!(
            "function merge(target, source) {{\n for (const k in source) {{\n{check} if (typeof source[k] === 'object') merge(target[k], source[k]);\n else target[k] = source[k];\n }}\n}}\n"
        )
    };
    assert_eq!(found(&merge("")), ["unknown prototype"]);
    assert_eq!(found(&merge("if (k === '__proto__') continue;")), Vec::<String>::new());
    expect(
        found,
        [
            (
                "class C { exec(a) { return a; }\n run(q) { return this.exec(q); } }\nfunction exec(a) { return a; }\nexec(location.hash);\n",
                "",
            ),
            (
                "const [h, setH] = useState('');\nuseEffect(() => { fetch('/x').then((r) => r.text()).then(setH); }, []);\nx = <p dangerouslySetInnerHTML={{ __html: h }} />;\n",
                "retrieved html",
            ),
        ],
    );
    for helper in [
        "const { exec } = require('child_process');\nmodule.exports = { run: (c) => exec(c) };\n",
        "const { exec } = require('child_process');\nfunction run(c) { exec(c); }\nmodule.exports.run = run;\n",
        "import { exec } from 'child_process';\nexport const run = (c) => exec(c);\n",
    ] {
        let app = "const { run } = require('./lib/run');\napp.get('/', (req, res) => run(req.query.q));\n";
        assert_eq!(super::found_in(&[("app.js", app), ("lib/run.js", helper)]), ["user shell"], "{helper}");
    }
    let app = "import run from './run';\napp.get('/', (req, res) => run(req.query.q));\n";
    let helper = "import { exec } from 'child_process';\nexport default function go(c) { exec(c); }\n";
    assert_eq!(super::found_in(&[("app.ts", app), ("run.ts", helper)]), ["user shell"]);
}

/// A handler leaves what a model wrote where the page shows it.
#[test]
fn what_is_left_in_state_is_shown() {
    let ask = "import { ref, reactive } from 'vue';\nimport OpenAI from 'openai';\nconst client = new OpenAI();\nasync function ask(q) { const r = await client.chat.completions.create({ model: 'm', max_tokens: 5, messages: [{ role: 'user', content: 'x' }] }); return r.choices[0].message.content; }\n";
    for (page, expected) in [
        ("let a = '';\nexport async function send() { a = await ask(); }\ndocument.body.innerHTML = a;\n", true),
        (
            "const a = ref('');\ndocument.body.innerHTML = a.value;\nasync function send() { a.value = await ask(); }\n",
            true,
        ),
        ("const s = reactive({ a: '' });\nasync function send() { s.a = await ask(); }\nel.innerHTML = s.a;\n", true),
        (
            "const m = ref([]);\nasync function send() { m.value.push({ t: await ask() }); }\nfunction show() { for (const x of m.value) el.innerHTML = x.t; }\n",
            true,
        ),
        (
            "function C() { const [m, setM] = useState([]);\nasync function send() { const t = await ask(); setM((old) => [...old, { t }]); }\nreturn <div onClick={send}>{m.map((x) => <p dangerouslySetInnerHTML={{ __html: x.t }} />)}</div>; }\n",
            true,
        ),
        (
            "const a = ref('');\nasync function send() { a.value = DOMPurify.sanitize(await ask()); }\nel.innerHTML = a.value;\n",
            false,
        ),
        (
            "const a = ref(''), b = ref('');\nasync function send() { b.value = await ask(); }\nel.innerHTML = a.value;\n",
            false,
        ),
        (
            "async function send() { const a = await ask(); return a; }\nfunction show() { const a = '<b>x</b>'; el.innerHTML = a; }\n",
            false,
        ),
        ("const a = '<b>x</b>';\nel.innerHTML = a;\nasync function send() { const a = await ask(); log(a); }\n", false),
        (
            "const a = '<b>x</b>';\nel.innerHTML = a;\nfunction C() { let a = ''; async function send() { a = await ask(); } return send; }\n",
            false,
        ),
    ] {
        let flows = found(&format!("{ask}{page}"));
        assert_eq!(flows.iter().any(|flow| flow == "model html"), expected, "{page}: {flows:?}");
    }
}

#[test]
fn functions_that_are_called_by_their_own_methods() {
    expect(
        handler,
        [
            ("exec.call(null, p);", "user shell"),
            ("exec.apply(null, [p]);", "user shell"),
            ("const run = exec.bind(null); run(p);", "user shell"),
            ("setTimeout(exec, 10, p);", "user shell"),
            ("Reflect.apply(exec, null, [p]);", "user shell"),
            ("req.body.list.forEach(exec);", "user shell"),
            ("['ls', 'pwd'].forEach(exec);", ""),
            ("exec.call(null, 'ls');", ""),
            ("same.call(null, p);", ""),
        ],
    );
}
