use super::check;

#[test]
fn pairs() {
    check(
        "a.cs",
        &[
            (
                "sql",
                "void F(string n) { var c = new SqlCommand(\"select '\" + n + \"'\", k); }",
                "void F(string n) { var c = new SqlCommand(\"select @n\", k); c.Parameters.AddWithValue(\"@n\", n); }",
            ),
            (
                "sql",
                "object F(string n) => db.Users.FromSqlRaw($\"select '{n}'\");",
                "object F(string n) => db.Users.FromSqlInterpolated($\"select '{n}'\");",
            ),
            (
                "sql",
                "void F(string n) { c.CommandText = string.Format(\"select '{0}'\", n); }",
                "void F(string n) { c.CommandText = \"select 1\"; }",
            ),
            (
                "sql",
                "void F(string n) { c.CommandText = $@\"select '{n}'\"; }",
                "void F(int n) { c.CommandText = $\"select {n}\"; }",
            ),
            (
                "shell",
                "void F(string a) { Process.Start(\"cmd.exe\", \"/c \" + a); }",
                "void F() { Process.Start(\"cmd.exe\", \"/c dir\"); }",
            ),
            ("command", "void F(string a) { Process.Start(a); }", "void F() { Process.Start(\"notepad.exe\"); }"),
            (
                "insecure-deserialiser",
                "void F() { var f = new BinaryFormatter(); }",
                "void F() { var f = new DataContractSerializer(typeof(A)); }",
            ),
            (
                "insecure-deserialiser",
                "var s = new S { TypeNameHandling = TypeNameHandling.All };",
                "var s = new S { TypeNameHandling = TypeNameHandling.None };",
            ),
            ("xxe-parser", "void F() { d.XmlResolver = new XmlUrlResolver(); }", "void F() { d.XmlResolver = null; }"),
            (
                "xxe-parser",
                "var s = new XmlReaderSettings { DtdProcessing = DtdProcessing.Parse };",
                "var s = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit };",
            ),
            (
                "path",
                "[HttpGet] public IActionResult F(string n) { return PhysicalFile(\"/a/\" + n, \"t\"); }",
                "[HttpGet] public IActionResult F(string n) { return PhysicalFile(\"/a/\" + Path.GetFileName(n), \"t\"); }",
            ),
            (
                "path",
                "void F() { var t = File.ReadAllText(Request.Query[\"f\"]); }",
                "void F() { var t = File.ReadAllText(\"a.txt\"); }",
            ),
            (
                "csrf-off",
                "[HttpPost]\npublic ActionResult F(int a) { return View(); }",
                "[HttpPost]\n[ValidateAntiForgeryToken]\npublic ActionResult F(int a) { return View(); }",
            ),
            ("weak-hash", "var h = MD5.Create();", "var h = SHA256.Create();"),
            ("weak-hash", "var h = new SHA1CryptoServiceProvider();", "var h = new SHA512Managed();"),
            ("weak-cipher", "a.Mode = CipherMode.ECB;", "a.Mode = CipherMode.CBC;"),
            ("insecure-random", "var r = new Random();", "var r = RandomNumberGenerator.Create();"),
            (
                "tls-not-verified",
                "h.ServerCertificateCustomValidationCallback = (a, b, c, d) => true;",
                "h.ServerCertificateCustomValidationCallback = Check;",
            ),
            ("weak-tls-version", "p = SecurityProtocolType.Tls11;", "p = SecurityProtocolType.Tls12;"),
            (
                "redirect",
                "[HttpGet] public ActionResult F(string u) { return Redirect(u); }",
                "[HttpGet] public ActionResult F(string u) { if (!Url.IsLocalUrl(u)) return View(); return Redirect(u); }",
            ),
            (
                "html",
                "void F() { Response.Write(Request[\"a\"]); }",
                "void F() { Response.Write(HttpUtility.HtmlEncode(Request[\"a\"])); }",
            ),
            ("cookie-without-http-only", "c.HttpOnly = false;", "c.HttpOnly = true;"),
            (
                "hard-coded-credential",
                "var c = \"Server=a;User Id=sa;Password=abc-123x;\";",
                "var c = \"Server=a;Integrated Security=true;Password={0};\";",
            ),
            (
                "ldap",
                "void F(string u) { var s = new DirectorySearcher(e); s.Filter = \"(uid=\" + u + \")\"; }",
                "void F() { var s = new DirectorySearcher(e); s.Filter = \"(uid=a)\"; }",
            ),
            (
                "xpath",
                "void F(string u) { n.SelectNodes(\"//u[@n='\" + u + \"']\"); }",
                "void F() { n.SelectNodes(\"//u\"); }",
            ),
            (
                "jwt-not-verified",
                "var p = new TokenValidationParameters { ValidateIssuer = false };",
                "var p = new TokenValidationParameters { ValidateIssuer = true };",
            ),
            (
                "archive",
                "void F(E e) { e.ExtractToFile(Path.Combine(d, e.FullName)); }",
                "void F(E e) { e.ExtractToFile(Path.Combine(d, \"a\")); }",
            ),
            ("cors-any-origin", "b.AllowAnyOrigin();", "b.WithOrigins(\"https://a.example\");"),
            ("reflection", "void F(string p) { Assembly.LoadFrom(p); }", "void F() { Assembly.LoadFrom(\"a.dll\"); }"),
            (
                "weak-key-size",
                "var r = new RSACryptoServiceProvider(1024);",
                "var r = new RSACryptoServiceProvider(3072);",
            ),
            (
                "weak-password-hash",
                "var k = new Rfc2898DeriveBytes(p, s, 1000);",
                "var k = new Rfc2898DeriveBytes(p, s, 600000, HashAlgorithmName.SHA256);",
            ),
            (
                "regex",
                "bool F(string p) { return Regex.IsMatch(\"a\", p); }",
                "bool F(string p) { return Regex.IsMatch(p, \"^a$\"); }",
            ),
            ("request-validation-off", "[ValidateInput(false)]", "[ValidateInput(true)]"),
            (
                "code",
                "void F() { CSharpScript.EvaluateAsync(Request.Form[\"c\"]); }",
                "void F() { CSharpScript.EvaluateAsync(\"1 + 1\"); }",
            ),
        ],
    );
}

#[test]
fn holes_of_texts_are_code() {
    check(
        "a.cs",
        &[
            (
                "html",
                "void F() { Response.Write($\"<b>{Request.Query[\"a\"]}</b>\"); }",
                "void F() { Response.Write($\"<b>{{Request.Query}}</b>\"); }",
            ),
            (
                "html",
                "void F() { Response.Write($\"\"\"<b>{Request.Query[\"a\"]}</b>\"\"\"); }",
                "void F() { Response.Write(\"\"\"<b>{Request.Query[\"a\"]}</b>\"\"\"); }",
            ),
            (
                "html",
                "void F() { Response.Write($\"{Request.Path}\"); }",
                "void F() { Response.Write(@\"\\\"); var a = \"Request.Path\"; }",
            ),
        ],
    );
}
