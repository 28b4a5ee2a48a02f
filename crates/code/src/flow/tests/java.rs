use crate::Language;

fn found(text: &str) -> Vec<String> {
    super::found(Language::Java, text)
}

/// The body of a servlet's method, with the input in `p`.
fn servlet(body: &str) -> Vec<String> {
    found(&format!(
        "package shop;\nimport java.io.*;\nimport java.util.*;\nimport java.sql.*;\nimport javax.servlet.http.*;\n\
         public class Shop extends HttpServlet {{\n\
         static final List<String> ALLOWED = List.of(\"a\", \"b\");\n\
         private static String same(String x) {{ return x; }}\n\
         private static String fixed(String x) {{ return \"a\"; }}\n\
         public void doPost(HttpServletRequest request, HttpServletResponse response) throws Exception {{\n\
         String p = request.getParameter(\"p\");\n{body}\n}}\n}}\n"
    ))
}

/// The same with `bar` run as a command behind it.
fn run(makes_bar: &str) -> Vec<String> {
    servlet(&format!("{makes_bar}\nRuntime.getRuntime().exec(\"ls \" + bar);"))
}

#[test]
fn values_that_still_hold_the_input() {
    let flows = [
        "String bar = p;",
        "String bar = same(p);",
        "String bar = \"\"; if (p != null) bar = p.split(\" \")[0];",
        "String bar; if ((7 * 42) - 86 > 200) bar = p; else bar = \"a\";",
        "int n = 106; String bar = (7 * 18) + n > 200 ? p : \"a\";",
        "String bar; switch (\"ABC\".charAt(1)) { case 'A': bar = \"a\"; break; case 'B': bar = p; break; default: bar = \"c\"; }",
        "String bar; switch (\"ABC\".charAt(2)) { case 'A': bar = \"a\"; break; case 'B': bar = \"b\"; break; case 'C': case 'D': bar = p; break; default: bar = \"c\"; }",
        "String bar = switch (p.length()) { case 1 -> \"a\"; default -> p; };",
        "Map<String, Object> m = new HashMap<>(); m.put(\"a\", \"x\"); m.put(\"b\", p); String bar = (String) m.get(\"b\");",
        "List<String> l = new ArrayList<>(); l.add(\"a\"); l.add(p); l.add(\"c\"); l.remove(0); String bar = l.get(0);",
        "StringBuilder s = new StringBuilder(p); String bar = s.append(\"x\").toString();",
        "StringBuilder s = new StringBuilder(); s.append(\"a\"); s.append(p); String bar = s.toString();",
        "String bar = new String(Base64.getDecoder().decode(Base64.getEncoder().encode(p.getBytes())));",
        "String bar = new String(org.apache.commons.codec.binary.Base64.decodeBase64(p.getBytes()));",
        "String bar = java.net.URLDecoder.decode(p, \"UTF-8\");",
        "String bar = String.format(\"-l %s\", p);",
        "String bar = p.replace(\"a\", \"b\").trim().toLowerCase(Locale.ROOT);",
        "String[] parts = new String[2]; parts[0] = \"a\"; parts[1] = p; String bar = parts[1];",
        "char[] c = p.toCharArray(); String bar = new String(c);",
        "String bar = \"\"; for (String part : p.split(\",\")) { bar += part; }",
        "String bar = Optional.ofNullable(p).orElse(\"a\");",
        "String bar = \"a\"; try { bar = p; } catch (Exception e) { bar = \"b\"; }",
        "String bar = String.join(\" \", Arrays.asList(\"a\", p));",
        "Cookie[] all = request.getCookies(); String bar = \"\"; for (Cookie c : all) { if (c.getName().equals(\"x\")) { bar = c.getValue(); } }",
        "String bar = request.getHeader(\"X\");",
        "Enumeration<String> e = request.getHeaders(\"X\"); String bar = \"\"; if (e.hasMoreElements()) bar = e.nextElement();",
        "Map<String, String[]> m = request.getParameterMap(); String bar = m.get(\"x\")[0];",
        "String[] v = request.getParameterValues(\"x\"); String bar = v[0];",
        "String bar = request.getReader().readLine();",
        "String bar = request.getQueryString().substring(3);",
        "String bar = p instanceof String s ? s : \"\";",
        "String bar = List.of(p.split(\",\")).stream().map(x -> x.trim()).findFirst().get();",
        "record Pair(String one, String two) {} String bar = new Pair(p, \"x\").one();",
        "Object o = new Object() { public String toString() { return p; } }; String bar = o.toString();",
    ];
    let missed: Vec<_> = flows.into_iter().filter(|body| run(body) != ["user command"]).collect();
    assert_eq!(missed, Vec::<&str>::new());
}

#[test]
fn values_that_only_look_so() {
    let silent = [
        "String bar = \"a\";",
        "String bar = fixed(p);",
        "String bar; if ((7 * 42) - 86 > 200) bar = \"a\"; else bar = p;",
        "int n = 106; String bar = (7 * 18) + n > 200 ? \"a\" : p;",
        "String bar; switch (\"ABC\".charAt(1)) { case 'A': bar = p; break; case 'B': bar = \"b\"; break; default: bar = p; }",
        "Map<String, Object> m = new HashMap<>(); m.put(\"a\", \"x\"); m.put(\"b\", p); String bar = (String) m.get(\"a\");",
        "Map<String, Object> m = new HashMap<>(); m.put(\"b\", p); m.put(\"b\", \"x\"); String bar = (String) m.get(\"b\");",
        "List<String> l = new ArrayList<>(); l.add(\"a\"); l.add(p); l.add(\"c\"); l.remove(0); String bar = l.get(1);",
        "List<String> l = new ArrayList<>(); l.add(p); l.clear(); l.add(\"a\"); String bar = l.get(0);",
        "String[] parts = new String[2]; parts[0] = \"a\"; parts[1] = p; String bar = parts[0];",
        "String bar = String.valueOf(Integer.parseInt(p));",
        "int bar = Integer.parseInt(p);",
        "String bar = UUID.fromString(p).toString();",
        "String bar = p; if (!ALLOWED.contains(bar)) { return; }",
        "String bar = p; if (!bar.equals(\"a\") && !bar.equals(\"b\")) return;",
        "String bar = p; if (!bar.matches(\"[a-z]+\")) { throw new IllegalArgumentException(); }",
        "String bar = ALLOWED.contains(p) ? p : \"a\";",
        "String bar; switch (p) { case \"a\": bar = \"x\"; break; default: bar = \"y\"; }",
        "String bar = \"a\"; String unused = p;",
        "String bar = p; bar = \"a\";",
        "record Pair(String one, String two) {} String bar = new Pair(p, \"x\").two();",
        "boolean bar = p.equals(\"x\");",
    ];
    let loud: Vec<_> = silent.into_iter().filter(|body| !run(body).is_empty()).collect();
    assert_eq!(loud, Vec::<&str>::new());
}

#[test]
fn helpers_classes_and_interfaces_are_followed() {
    let shop = |classes: &str, makes_bar: &str| {
        found(&format!(
            "import javax.servlet.http.*;\npublic class Shop extends HttpServlet {{\n{classes}\n\
             public void doGet(HttpServletRequest request, HttpServletResponse response) {{\n\
             String p = request.getParameter(\"p\");\n{makes_bar}\nRuntime.getRuntime().exec(bar);\n}} }}"
        ))
    };
    let flows = [
        ("private class Inner { String get(String x) { return x; } }", "String bar = new Inner().get(p);"),
        (
            "static class Holder { private String v; Holder(String v) { this.v = v; } String v() { return v; } }",
            "String bar = new Holder(p).v();",
        ),
        (
            "interface T { String run(String x); } class One implements T { public String run(String x) { return x; } }",
            "T t = new One(); String bar = t.run(p);",
        ),
        ("interface T { String run(String x); }", "T t = make(); String bar = t.run(p);"),
        (
            "static String add(StringBuilder b, String x) { b.append(x); return b.toString(); }",
            "String bar = add(new StringBuilder(), p);",
        ),
        (
            "@lombok.Data static class Form { private String name; }",
            "Form f = new Form(); f.setName(p); String bar = f.getName();",
        ),
        (
            "static class Req { HttpServletRequest r; Req(HttpServletRequest r) { this.r = r; } String get(String n) { return r.getParameter(n); } }",
            "Req q = new Req(request); String bar = q.get(\"x\");",
        ),
        ("", "java.util.function.Function<String, String> f = x -> x + \"!\"; String bar = f.apply(p);"),
    ];
    let missed: Vec<_> = flows.into_iter().filter(|(classes, bar)| shop(classes, bar) != ["user command"]).collect();
    assert_eq!(missed, []);
    let silent = [
        (
            "private class Inner { String get(String x) { String y = \"a\"; return y; } }",
            "String bar = new Inner().get(p);",
        ),
        (
            "static class Holder { private String v; Holder(String v) { this.v = \"a\"; } String v() { return v; } }",
            "String bar = new Holder(p).v();",
        ),
        (
            "interface T { String run(String x); } class One implements T { public String run(String x) { return \"a\"; } }",
            "T t = new One(); String bar = t.run(p);",
        ),
        (
            "@lombok.Data static class Form { private String name; private String id; }",
            "Form f = new Form(); f.setName(p); f.setId(\"a\"); String bar = f.getId();",
        ),
        (
            "static String pick(String x) { int n = 5; if (n * 2 > 9) { return \"a\"; } return x; }",
            "String bar = pick(p);",
        ),
    ];
    let loud: Vec<_> = silent.into_iter().filter(|(classes, bar)| !shop(classes, bar).is_empty()).collect();
    assert_eq!(loud, []);
}

/// Texts in which nothing, or something else, is found.
fn wrong<'t>(texts: &[(&'t str, &[&str])], read: impl Fn(&str) -> Vec<String>) -> Vec<(&'t str, Vec<String>)> {
    let seen = texts.iter().map(|(text, wanted)| (*text, read(text), *wanted));
    seen.filter(|(_, seen, wanted)| seen != wanted).map(|(text, seen, _)| (text, seen)).collect()
}

#[test]
fn sinks_of_queries_processes_and_names() {
    let texts: &[(&str, &[&str])] = &[
        ("stmt.executeQuery(\"select \" + p);", &["user sql"]),
        ("Statement s = conn.createStatement(); s.execute(\"x\" + p);", &["user sql"]),
        ("conn.createStatement().executeUpdate(\"x\" + p);", &["user sql"]),
        ("conn.prepareStatement(\"select \" + p);", &["user sql"]),
        ("PreparedStatement s = conn.prepareStatement(\"select ?\"); s.setString(1, p); s.executeQuery();", &[]),
        ("PreparedStatement s = conn.prepareStatement(\"select ?\"); s.setString(1, p); s.execute();", &[]),
        ("conn.prepareCall(\"{call \" + p + \"}\");", &["user sql"]),
        ("jdbcTemplate.query(\"select \" + p, mapper);", &["user sql"]),
        ("jdbcTemplate.query(\"select ?\", mapper, p);", &[]),
        ("namedParameterJdbcTemplate.queryForObject(\"x\" + p, params, String.class);", &["user sql"]),
        ("jdbcClient.sql(\"select :a\").param(\"a\", p).query();", &[]),
        ("jdbcClient.sql(\"select \" + p).query();", &["user sql"]),
        ("em.createQuery(\"from A where n = '\" + p + \"'\");", &["user sql"]),
        ("em.createQuery(\"from A where n = :n\").setParameter(\"n\", p);", &[]),
        ("em.createNativeQuery(p);", &["user sql"]),
        ("session.createSQLQuery(\"select \" + p);", &["user sql"]),
        ("cb.equal(root.get(\"n\"), p);", &[]),
        ("dsl.fetch(\"select \" + p);", &["user sql"]),
        ("db.rawQuery(p, null);", &[]),
        ("Runtime.getRuntime().exec(p);", &["user command"]),
        ("Runtime r = Runtime.getRuntime(); r.exec(new String[] {\"a\"}, new String[] {p});", &["user command"]),
        ("Runtime.getRuntime().exec(new String[] {\"sh\", \"-c\", \"ls \" + p});", &["user shell"]),
        ("Runtime.getRuntime().exec(\"ls\");", &[]),
        ("new ProcessBuilder(\"bash\", \"-c\", p).start();", &["user shell"]),
        ("ProcessBuilder b = new ProcessBuilder(); b.command(List.of(\"sh\", \"-c\", p)); b.start();", &["user shell"]),
        ("new ProcessBuilder(\"ls\", \"-l\").start();", &[]),
        ("ctx.search(\"ou=a\", \"(uid=\" + p + \")\", null);", &["user ldap"]),
        ("ctx.search(\"ou=a\", \"(uid={0})\", new Object[] {p}, null);", &[]),
        ("ctx.search(\"ou=a\", \"(uid=\" + ESAPI.encoder().encodeForLDAP(p) + \")\", null);", &[]),
        ("ldapTemplate.search(\"ou=a\", \"(uid=\" + LdapEncoder.filterEncode(p) + \")\", m);", &[]),
        ("xpath.evaluate(\"/a[@b='\" + p + \"']\", doc);", &["user xpath"]),
        ("XPath x = XPathFactory.newInstance().newXPath(); x.compile(p);", &["user xpath"]),
        ("xpath.evaluate(\"/a[@b=$v]\", doc);", &[]),
        ("new InitialContext().lookup(p);", &["user reflection"]),
        ("Class.forName(p);", &["user reflection"]),
        ("new ScriptEngineManager().getEngineByName(\"js\").eval(p);", &["user code"]),
        ("new SpelExpressionParser().parseExpression(p).getValue();", &["user code"]),
        ("new GroovyShell().evaluate(p);", &["user code"]),
        ("Ognl.getValue(p, root);", &["user code"]),
        ("MVEL.eval(p);", &["user code"]),
        ("Velocity.evaluate(context, writer, \"tag\", p);", &["user template"]),
        ("new Template(\"a\", new StringReader(p), cfg);", &["user template"]),
        ("templateEngine.process(\"home\", context);", &[]),
    ];
    assert_eq!(wrong(texts, servlet), []);
}

#[test]
fn sinks_of_files_addresses_and_answers() {
    let texts: &[(&str, &[&str])] = &[
        ("new FileInputStream(\"/a/\" + p);", &["user path"]),
        ("new FileInputStream(new File(\"/a\", p));", &["user path"]),
        ("File f = new File(p); if (f.exists()) { }", &["user path"]),
        ("Files.readAllBytes(Paths.get(\"/a\").resolve(p));", &["user path"]),
        ("Files.write(Path.of(\"/a\"), p.getBytes());", &[]),
        (
            "Path b = Path.of(\"/a\"); Path f = b.resolve(p).normalize(); if (!f.startsWith(b)) return; Files.readString(f);",
            &[],
        ),
        (
            "File f = new File(\"/a\", p); if (!f.getCanonicalPath().startsWith(\"/a/\")) return; new FileReader(f);",
            &[],
        ),
        (
            "File f = new File(\"/a\", p); if (!f.getPath().startsWith(\"/a/\")) return; new FileReader(f);",
            &["user path"],
        ),
        ("if (p.contains(\"..\")) return; new FileReader(\"/a/\" + p);", &[]),
        ("new FileReader(\"/a/\" + FilenameUtils.getName(p));", &[]),
        ("new FileReader(\"/a/\" + Paths.get(p).getFileName());", &[]),
        ("getServletContext().getResourceAsStream(p);", &["user path"]),
        ("new URL(p).openStream();", &["user url"]),
        ("URL u = new URL(p); u.openConnection();", &["user url"]),
        ("new URL(\"https://api.example.com/users/\" + p).openStream();", &[]),
        ("restTemplate.getForObject(p, String.class);", &["user url"]),
        ("restTemplate.getForObject(\"https://api.example.com/{id}\", String.class, p);", &[]),
        ("HttpRequest.newBuilder().uri(URI.create(p)).build();", &["user url"]),
        ("HttpRequest.newBuilder(URI.create(\"https://api.example.com/users/\" + p)).build();", &[]),
        ("webClient.get().uri(\"/users/{id}\", p).retrieve();", &[]),
        ("URI u = URI.create(p); if (!ALLOWED.contains(u.getHost())) return; u.toURL().openStream();", &[]),
        (
            "URL u = new URL(p); if (!\"a.example.com\".equals(u.getHost())) return; restTemplate.getForObject(p, X.class);",
            &[],
        ),
        ("URL u = new URL(p); if (u.getHost().isEmpty()) return; u.openStream();", &["user url"]),
        ("new HttpGet(p);", &["user url"]),
        ("Jsoup.connect(p).get();", &["user url"]),
        ("response.sendRedirect(p);", &["user redirect"]),
        ("response.sendRedirect(\"/home?x=\" + p);", &[]),
        ("response.sendRedirect(request.getContextPath() + \"/home\");", &[]),
        ("if (!p.startsWith(\"https://shop.example.com/\")) return; response.sendRedirect(p);", &[]),
        ("response.setHeader(\"Location\", p);", &["user header", "user redirect"]),
        ("response.getWriter().println(p);", &["user html"]),
        ("PrintWriter out = response.getWriter(); out.write(\"<p>\" + p);", &["user html"]),
        ("Object[] o = {\"a\", p}; response.getWriter().format(Locale.US, \"%1$s %2$s\", o);", &["user html"]),
        ("response.getWriter().printf(p, new Object[] {\"a\"});", &["user html"]),
        ("response.getWriter().print(p.toCharArray());", &["user html"]),
        ("response.getWriter().println(ESAPI.encoder().encodeForHTML(p));", &[]),
        ("response.getWriter().println(StringEscapeUtils.escapeHtml4(p));", &[]),
        ("response.getWriter().println(HtmlUtils.htmlEscape(p));", &[]),
        ("response.getWriter().println(Encode.forHtml(p));", &[]),
        ("response.getWriter().println(URLEncoder.encode(p, \"UTF-8\"));", &[]),
        (
            "response.getWriter().println(URLDecoder.decode(URLEncoder.encode(p, \"UTF-8\"), \"UTF-8\"));",
            &["user html"],
        ),
        ("response.getWriter().println(ESAPI.encoder().encodeForLDAP(p));", &["user html"]),
        ("stmt.executeQuery(\"x\" + StringEscapeUtils.escapeHtml4(p));", &["user sql"]),
        ("System.out.println(p);", &[]),
        ("request.getSession().setAttribute(\"a\", p);", &["user session"]),
        ("request.getSession().putValue(p, \"a\");", &["user session"]),
        ("request.setAttribute(\"a\", p);", &[]),
        (
            "new ObjectInputStream(request.getInputStream()).readObject();",
            &["user deserialise", "insecure-deserialiser"],
        ),
        (
            "ObjectInputStream o = new ObjectInputStream(request.getInputStream()); o.setObjectInputFilter(f); o.readObject();",
            &[],
        ),
        ("new XStream().fromXML(p);", &["user deserialise", "insecure-deserialiser"]),
        ("XStream x = new XStream(); x.allowTypes(new Class[] {A.class}); x.fromXML(p);", &[]),
        ("new Yaml(new SafeConstructor(new LoaderOptions())).load(p);", &[]),
        ("new Yaml().load(p);", &["unsafe-yaml", "user deserialise"]),
        ("new ObjectMapper().readValue(p, Form.class);", &[]),
    ];
    assert_eq!(wrong(texts, servlet), []);
}

#[test]
fn weak_calls() {
    let texts: &[(&str, &[&str])] = &[
        ("MessageDigest.getInstance(\"MD5\");", &["weak-hash"]),
        ("MessageDigest.getInstance(\"sha1\");", &["weak-hash"]),
        ("MessageDigest.getInstance(\"SHA-256\");", &[]),
        ("String a = \"SHA\" + 1; MessageDigest.getInstance(a, provider);", &["weak-hash"]),
        ("MessageDigest.getInstance(System.getProperty(\"a\", \"MD5\"));", &["weak-hash"]),
        ("MessageDigest.getInstance(a);", &[]),
        ("DigestUtils.md5Hex(\"a\");", &["weak-hash"]),
        ("Cipher.getInstance(\"DES/CBC/PKCS5Padding\");", &["weak-cipher"]),
        ("Cipher.getInstance(\"AES\");", &["weak-cipher"]),
        ("Cipher.getInstance(\"AES/ECB/NoPadding\");", &["weak-cipher"]),
        ("Cipher.getInstance(\"AES/GCM/NoPadding\");", &[]),
        ("Cipher.getInstance(\"RSA/ECB/OAEPWithSHA-256AndMGF1Padding\");", &[]),
        ("KeyGenerator.getInstance(\"DES\");", &["weak-cipher"]),
        ("KeyPairGenerator g = KeyPairGenerator.getInstance(\"RSA\"); g.initialize(1024);", &["weak-key-size"]),
        ("KeyPairGenerator g = KeyPairGenerator.getInstance(\"RSA\"); g.initialize(3072);", &[]),
        ("int n = new Random().nextInt();", &["insecure-random", "insecure-random"]),
        ("java.util.Random r = new java.util.Random(); r.nextBytes(b);", &["insecure-random", "insecure-random"]),
        ("Math.random();", &["insecure-random"]),
        ("new SecureRandom().nextInt();", &[]),
        ("Random r = new SecureRandom(); r.nextInt();", &[]),
        ("SecureRandom.getInstance(\"SHA1PRNG\").nextDouble();", &[]),
        ("new IvParameterSpec(\"0123456789abcdef\".getBytes());", &["static-iv"]),
        ("byte[] b = new byte[16]; new SecureRandom().nextBytes(b); new IvParameterSpec(b);", &[]),
        ("new SecretKeySpec(\"0123456789abcdef\".getBytes(), \"AES\");", &["hard-coded-key"]),
        ("new SecretKeySpec(key, \"AES\");", &[]),
        (
            "Cookie c = new Cookie(\"a\", \"b\"); response.addCookie(c);",
            &["cookie-without-http-only", "insecure-cookie"],
        ),
        ("Cookie c = new Cookie(\"a\", \"b\"); c.setSecure(true); c.setHttpOnly(true); response.addCookie(c);", &[]),
        (
            "Cookie c = new Cookie(\"a\", \"b\"); c.setSecure(true); response.addCookie(c);",
            &["cookie-without-http-only"],
        ),
        ("ResponseCookie.from(\"a\", \"b\").secure(true).httpOnly(true).build();", &[]),
        ("SSLContext.getInstance(\"SSLv3\");", &["weak-tls-version"]),
        ("SSLContext.getInstance(\"TLSv1.3\");", &[]),
        ("c.setHostnameVerifier((h, s) -> true);", &["tls-not-verified"]),
        ("c.setHostnameVerifier(NoopHostnameVerifier.INSTANCE);", &["tls-not-verified"]),
        ("c.setHostnameVerifier((h, s) -> h.equals(\"a\"));", &[]),
        (
            "TrustManager t = new X509TrustManager() { public void checkServerTrusted(X509Certificate[] c, String a) { } };",
            &["tls-not-verified"],
        ),
        (
            "TrustManager t = new X509TrustManager() { public void checkServerTrusted(X509Certificate[] c, String a) { d.check(c); } };",
            &[],
        ),
        ("http.csrf().disable();", &["csrf-off"]),
        ("http.csrf(c -> c.disable());", &["csrf-off"]),
        ("http.csrf(AbstractHttpConfigurer::disable);", &["csrf-off"]),
        ("http.csrf(Customizer.withDefaults());", &[]),
        ("registry.addMapping(\"/**\").allowedOrigins(\"*\");", &["cors-any-origin"]),
        ("registry.addMapping(\"/**\").allowedOrigins(\"https://a.example.com\");", &[]),
        ("JWT.decode(token);", &["jwt-not-verified"]),
        ("JWT.require(Algorithm.RSA256(key)).build().verify(token);", &[]),
        ("new ObjectMapper().enableDefaultTyping();", &["dangerous-deserialisation-allowed"]),
        ("DriverManager.getConnection(\"jdbc:a\", \"app\", \"hunter2\");", &["hard-coded-credential"]),
        ("DriverManager.getConnection(\"jdbc:a\", \"app\", System.getenv(\"DB\"));", &[]),
        ("new FileWriter(\"/tmp/a.txt\");", &["unsafe-temp-file"]),
        ("new GraalVmPythonExecutionTool();", &["sandboxless-agent-code"]),
    ];
    assert_eq!(
        wrong(texts, |body| found(&format!("public class A {{ void m(HttpServletResponse response) {{ {body} }} }}"))),
        []
    );
}

#[test]
fn parsers_are_weak_until_they_are_told() {
    let safe = "setFeature(\"http://apache.org/xml/features/disallow-doctype-decl\", true);";
    let mut weak = Vec::new();
    let mut told = Vec::new();
    for (makes, uses) in [
        ("DocumentBuilderFactory f = DocumentBuilderFactory.newInstance();", "f.newDocumentBuilder().parse(in);"),
        ("SAXParserFactory f = SAXParserFactory.newInstance();", "f.newSAXParser().parse(in, h);"),
        ("SAXReader f = new SAXReader();", "f.read(in);"),
        ("SAXBuilder f = new SAXBuilder();", "f.build(in);"),
        ("XMLReader f = XMLReaderFactory.createXMLReader();", "f.parse(in);"),
    ] {
        weak.push(servlet(&format!("{makes} {uses}")));
        told.push(servlet(&format!("{makes} f.{safe} {uses}")));
    }
    assert!(weak.iter().all(|found| found == &["xxe-parser"]), "{weak:?}");
    assert!(told.iter().all(Vec::is_empty), "{told:?}");
    let texts: &[(&str, &[&str])] = &[
        ("XMLInputFactory f = XMLInputFactory.newFactory(); f.createXMLStreamReader(in);", &["xxe-parser"]),
        (
            "XMLInputFactory f = XMLInputFactory.newFactory(); f.setProperty(XMLInputFactory.SUPPORT_DTD, false); f.createXMLStreamReader(in);",
            &[],
        ),
        (
            "XMLInputFactory f = XMLInputFactory.newFactory(); f.setProperty(\"javax.xml.stream.isSupportingExternalEntities\", Boolean.FALSE); f.createXMLStreamReader(in);",
            &[],
        ),
        (
            "XMLInputFactory f = XMLInputFactory.newFactory(); f.setProperty(XMLInputFactory.SUPPORT_DTD, true); f.createXMLStreamReader(in);",
            &["xxe-parser"],
        ),
        (
            "TransformerFactory f = TransformerFactory.newInstance(); f.newTransformer(new StreamSource(in));",
            &["xxe-parser"],
        ),
        ("TransformerFactory f = TransformerFactory.newInstance(); f.newTransformer();", &[]),
        (
            "TransformerFactory f = TransformerFactory.newInstance(); f.setAttribute(XMLConstants.ACCESS_EXTERNAL_DTD, \"\"); f.newTransformer(s);",
            &[],
        ),
        (
            "DocumentBuilderFactory f = DocumentBuilderFactory.newInstance(); f.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true); f.newDocumentBuilder();",
            &[],
        ),
        (
            "DocumentBuilderFactory f = DocumentBuilderFactory.newInstance(); f.setFeature(\"http://apache.org/xml/features/disallow-doctype-decl\", false); f.newDocumentBuilder();",
            &["xxe-parser"],
        ),
    ];
    assert_eq!(wrong(texts, servlet), []);
}

#[test]
fn what_fields_hold_stays_for_every_method() {
    let class = |field: &str, uses: &str| {
        found(&format!(
            "import java.util.*;\nimport javax.servlet.http.*;\nclass A extends HttpServlet {{\n  static final Map<String, String> COMMANDS = {field};\n  void a(HttpServletRequest q) throws Exception {{ String x = q.getParameter(\"x\"); {uses} }}\n  void b(HttpServletRequest q) throws Exception {{ String x = q.getParameter(\"x\"); {uses} }}\n}}\n"
        ))
    };
    let looks_up = "Runtime.getRuntime().exec(COMMANDS.get(x));";
    assert_eq!(class("Map.of(\"a\", \"ls\")", looks_up), [""; 0]);
    assert_eq!(class("Map.of(\"a\", \"ls\")", "Runtime.getRuntime().exec(x);"), ["user command"; 2]);
    let switch = "switch (x) { case \"a\": Runtime.getRuntime().exec(\"ls \" + x); break; default: return; }";
    assert_eq!(class("null", switch), [""; 0]);
}
