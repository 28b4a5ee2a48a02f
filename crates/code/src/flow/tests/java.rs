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
