use crate::Language;

fn found(text: &str) -> Vec<String> {
    super::found(Language::Go, text)
}

/// A handler in which `q` is what the visitor sent.
fn handler(imports: &str, body: &str) -> Vec<String> {
    let imports: String = imports.split_whitespace().map(|path| format!("\t\"{path}\"\n")).collect();
    found(&format!(
        "package main\n\nimport (\n\t\"net/http\"\n{imports})\n\nfunc handle(w http.ResponseWriter, r *http.Request) {{\n\
         \tq := r.URL.Query().Get(\"q\")\n{body}\n}}\n"
    ))
}

fn check(table: &[(&str, &str, &[&str])]) {
    let mut rows = super::Rows::default();
    for (imports, body, wanted) in table {
        rows.row(body, handler(imports, body), wanted);
    }
    rows.end();
}

#[test]
fn programs() {
    check(&[
        ("os/exec", "exec.Command(\"sh\", \"-c\", \"ls \"+q).Run()", &["user shell"]),
        ("os/exec", "exec.Command(\"/bin/bash\", \"-c\", q).Run()", &["user shell"]),
        ("os/exec fmt", "c := fmt.Sprintf(\"ls %s\", q)\nexec.Command(\"sh\", \"-c\", c).Output()", &["user shell"]),
        ("os/exec", "exec.CommandContext(r.Context(), \"sh\", \"-c\", q).Run()", &["user shell"]),
        ("os/exec", "exec.Command(q).Run()", &["user command"]),
        ("os/exec", "args := []string{\"-c\", q}\nexec.Command(\"sh\", args...).Run()", &["user shell"]),
        (
            "os/exec strings",
            "parts := strings.Fields(q)\nexec.Command(parts[0], parts[1:]...).Run()",
            &["user command"],
        ),
        ("syscall", "syscall.Exec(q, nil, nil)", &["user command"]),
        ("os/exec", "exec.Command(\"git\", q).Run()", &["user argument"]),
        ("os/exec", "exec.Command(\"ls\", \"--\", q).Run()", &[]),
        ("os/exec", "exec.Command(\"sh\", \"-c\", \"ls\").Run()", &[]),
        ("os/exec", "exec.Command(\"ls\", \"-l\").Run()", &[]),
        (
            "os/exec strconv",
            "n, err := strconv.Atoi(q)\nif err != nil { return }\nexec.Command(\"sh\", \"-c\", \"ping -c \"+strconv.Itoa(n)).Run()",
            &[],
        ),
        ("os/exec", "if q != \"a\" && q != \"b\" { return }\nexec.Command(\"sh\", \"-c\", q).Run()", &[]),
        ("os/exec", "switch q {\ncase \"a\", \"b\":\nexec.Command(\"sh\", \"-c\", q).Run()\n}", &[]),
        (
            "os/exec",
            "allowed := map[string]string{\"a\": \"ls\", \"b\": \"ps\"}\nc, ok := allowed[q]\nif !ok { return }\nexec.Command(\"sh\", \"-c\", c).Run()",
            &[],
        ),
        (
            "os/exec",
            "allowed := map[string]bool{\"ls\": true, \"ps\": true}\nif _, ok := allowed[q]; !ok { return }\nexec.Command(\"sh\", \"-c\", q).Run()",
            &[],
        ),
        (
            "os/exec",
            "allowed := map[string]bool{\"ls\": true, \"ps\": true}\nif !allowed[q] { return }\nexec.Command(\"sh\", \"-c\", q).Run()",
            &[],
        ),
        (
            "os/exec slices",
            "if !slices.Contains([]string{\"a\", \"b\"}, q) { return }\nexec.Command(\"sh\", \"-c\", q).Run()",
            &[],
        ),
        (
            "os/exec regexp",
            "re := regexp.MustCompile(`^[a-z]+$`)\nif !re.MatchString(q) { return }\nexec.Command(\"sh\", \"-c\", q).Run()",
            &[],
        ),
    ]);
}

#[test]
fn queries() {
    let mut rows = super::Rows::default();
    let typed = |body: &str| {
        found(&format!(
            "package main\nimport (\n\"database/sql\"\n\"fmt\"\n\"net/http\"\n)\nvar db *sql.DB\n\
             func h(w http.ResponseWriter, r *http.Request) {{\nq := r.FormValue(\"q\")\n{body}\n}}\n"
        ))
    };
    for body in [
        "db.Query(\"SELECT * FROM t WHERE a = '\" + q + \"'\")",
        "s := fmt.Sprintf(\"SELECT * FROM t WHERE a = '%s'\", q)\nrows, err := db.Query(s)",
        "db.QueryRowContext(r.Context(), \"SELECT \" + q)",
        "tx, _ := db.Begin()\ntx.Exec(\"DELETE FROM t WHERE a = \" + q)",
        "stmt, err := db.Prepare(\"SELECT \" + q)",
        "s := \"SELECT a FROM t\"\nif q != \"\" {\ns += \" WHERE a = '\" + q + \"'\"\n}\ndb.Query(s)",
    ] {
        rows.row(body, typed(body), &["user sql"]);
    }
    for body in [
        "db.Query(\"SELECT * FROM t WHERE a = ?\", q)",
        "db.QueryRowContext(r.Context(), \"SELECT a FROM t WHERE b = $1\", q)",
        "stmt, err := db.Prepare(\"SELECT a FROM t WHERE b = ?\")\nstmt.Query(q)",
        "order := \"ASC\"\nif q == \"desc\" {\norder = \"DESC\"\n}\ndb.Query(\"SELECT a FROM t ORDER BY b \" + order)",
    ] {
        rows.row(body, typed(body), &[]);
    }
    let gorm = |body: &str| {
        found(&format!(
            "package main\nimport (\n\"github.com/gin-gonic/gin\"\n\"gorm.io/gorm\"\n)\n\
             func h(c *gin.Context, db *gorm.DB) {{\nq := c.Query(\"q\")\nvar users []User\n{body}\n}}\n"
        ))
    };
    for body in [
        "db.Raw(\"SELECT * FROM users WHERE name = '\" + q + \"'\").Scan(&users)",
        "db.Where(\"name = '\" + q + \"'\").Find(&users)",
        "db.Model(&User{}).Order(q).Find(&users)",
        "db.Find(&users, \"name = \" + q)",
        "db.Exec(\"DELETE FROM users WHERE name = \" + q)",
    ] {
        rows.row(body, gorm(body), &["user sql"]);
    }
    for body in [
        "db.Raw(\"SELECT * FROM users WHERE name = ?\", q).Scan(&users)",
        "db.Where(\"name = ?\", q).Find(&users)",
        "db.Model(&User{}).Where(\"name = ?\", q).Order(\"name\").Find(&users)",
    ] {
        rows.row(body, gorm(body), &[]);
    }
    let pgx = "package main\nimport (\n\"context\"\n\"github.com/jackc/pgx/v5/pgxpool\"\n\"net/http\"\n)\n\
               func h(pool *pgxpool.Pool, r *http.Request) {\nq := r.FormValue(\"q\")\n\
               pool.Query(context.Background(), \"SELECT \" + q)\n\
               pool.Query(context.Background(), \"SELECT $1\", q)\n}\n";
    rows.row(pgx, found(pgx), &["user sql"]);
    rows.end();
}

#[test]
fn files() {
    check(&[
        ("os", "os.ReadFile(\"/srv/\" + q)", &["user path"]),
        ("os path/filepath", "os.Open(filepath.Join(\"/srv\", q))", &["user path"]),
        ("os", "os.Remove(q)", &["user path"]),
        ("os", "f, h, err := r.FormFile(\"f\")\nos.Create(\"/srv/\" + h.Filename)", &["user path"]),
        ("os strings", "a, b, ok := strings.Cut(q, \":\")\nos.Open(b)", &["user path"]),
        ("os fmt", "os.Open(fmt.Sprintf(\"/srv/%d\", q))", &[]),
        ("", "http.ServeFile(w, r, \"/srv/\"+q)", &["user path"]),
        ("os path/filepath", "os.Open(filepath.Join(\"/srv\", filepath.Base(q)))", &[]),
        (
            "os path/filepath strings",
            "p := filepath.Clean(filepath.Join(\"/srv\", q))\nif !strings.HasPrefix(p, \"/srv/\") {\nhttp.Error(w, \"no\", 400)\nreturn\n}\nos.Open(p)",
            &[],
        ),
        ("os path/filepath", "if !filepath.IsLocal(q) { return }\nos.Open(filepath.Join(\"/srv\", q))", &[]),
        ("os strings", "if strings.Contains(q, \"..\") { return }\nos.Open(\"/srv/\" + q)", &[]),
        ("os", "os.Chmod(\"a\", 0777)", &["permissive-file-mode"]),
        ("os", "os.WriteFile(\"a\", nil, 0o666)", &["permissive-file-mode"]),
        ("os", "os.WriteFile(\"a\", nil, 0600)", &[]),
        ("os", "os.Create(\"/tmp/data.txt\")", &["unsafe-temp-file"]),
        ("os", "os.CreateTemp(\"\", \"data\")", &[]),
        (
            "archive/zip os path/filepath",
            "z, err := zip.OpenReader(\"a.zip\")\nfor _, f := range z.File {\np := filepath.Join(\"/srv\", f.Name)\nos.Create(p)\n}",
            &["retrieved path"],
        ),
        (
            "archive/zip os path/filepath strings",
            "z, err := zip.OpenReader(\"a.zip\")\nfor _, f := range z.File {\np := filepath.Join(\"/srv\", f.Name)\nif !strings.HasPrefix(p, \"/srv/\") { continue }\nos.Create(p)\n}",
            &[],
        ),
    ]);
}

#[test]
fn pages_and_addresses() {
    check(&[
        ("fmt", "fmt.Fprintf(w, \"<h1>%s</h1>\", q)", &["user html"]),
        ("", "w.Write([]byte(\"<b>\" + q))", &["user html"]),
        ("", "w.Write([]byte(\"<div>\" + q + \"</div>\"))", &["user html"]),
        ("fmt", "page := fmt.Sprintf(\"<h1>%s</h1>\", q)\n_ = page", &["user html"]),
        ("fmt", "text := fmt.Sprintf(\"<%s>\", q)\n_ = text", &[]),
        ("io", "io.WriteString(w, q)", &["user html"]),
        ("html/template", "t := template.HTML(q)\n_ = t", &["user html"]),
        (
            "text/template",
            "t := template.Must(template.New(\"a\").Parse(\"{{.}}\"))\nt.Execute(w, q)",
            &["autoescape-off", "user html"],
        ),
        ("html/template", "t := template.Must(template.New(\"a\").Parse(\"{{.}}\"))\nt.Execute(w, q)", &[]),
        ("html/template", "t, err := template.New(\"a\").Parse(\"<p>\" + q)\nt.Execute(w, nil)", &["user template"]),
        ("fmt html", "fmt.Fprintf(w, \"<h1>%s</h1>\", html.EscapeString(q))", &[]),
        ("", "http.Get(q)", &["user url"]),
        ("", "req, err := http.NewRequest(\"GET\", \"http://\"+q+\"/x\", nil)", &["user url"]),
        ("net/url", "http.Get(\"https://api.test/a?b=\" + url.QueryEscape(q))", &[]),
        ("", "http.Redirect(w, r, q, 302)", &["user redirect"]),
        ("", "http.Redirect(w, r, \"/home\", 302)", &[]),
        ("", "http.Redirect(w, r, \"/a/\"+q, 302)", &[]),
        ("", "w.Header().Set(\"Location\", q)", &["user redirect"]),
        (
            "github.com/go-ldap/ldap/v3",
            "ldap.NewSearchRequest(\"dc=a\", 2, 0, 0, 0, false, \"(uid=\"+q+\")\", nil, nil)",
            &["user ldap"],
        ),
        (
            "github.com/go-ldap/ldap/v3",
            "ldap.NewSearchRequest(\"dc=a\", 2, 0, 0, 0, false, \"(uid=\"+ldap.EscapeFilter(q)+\")\", nil, nil)",
            &[],
        ),
        ("github.com/antchfx/xmlquery", "xmlquery.Find(doc, \"//a[@b='\"+q+\"']\")", &["user xpath"]),
        (
            "",
            "http.SetCookie(w, &http.Cookie{Name: \"a\", Value: \"b\"})",
            &["cookie-without-http-only", "insecure-cookie"],
        ),
        ("", "http.SetCookie(w, &http.Cookie{Name: \"a\", Value: \"b\", HttpOnly: true})", &["insecure-cookie"]),
        ("", "http.SetCookie(w, &http.Cookie{Name: \"a\", Value: \"b\", Secure: true, HttpOnly: true})", &[]),
        ("", "w.Header().Set(\"Access-Control-Allow-Origin\", \"*\")", &["cors-any-origin"]),
        ("", "w.Header().Set(\"Access-Control-Allow-Origin\", \"https://a.test\")", &[]),
    ]);
}

#[test]
fn frameworks() {
    let mut rows = super::Rows::default();
    let gin = |body: &str| {
        found(&format!(
            "package main\nimport (\n\"os/exec\"\n\"github.com/gin-gonic/gin\"\n)\n\
             type Req struct {{ Cmd string `json:\"cmd\"`; N int }}\nfunc h(c *gin.Context) {{\n{body}\n}}\n"
        ))
    };
    for (text, wanted) in [
        ("exec.Command(\"sh\", \"-c\", c.Param(\"a\"))", &["user shell"][..]),
        (
            "var req Req\nif err := c.ShouldBindJSON(&req); err != nil { return }\nexec.Command(\"sh\", \"-c\", req.Cmd)",
            &["user shell"],
        ),
        ("var req Req\nc.BindJSON(&req)\nexec.Command(\"sh\", \"-c\", \"x \" + strconv.Itoa(req.N))", &[]),
        ("c.SetCookie(\"a\", \"b\", 60, \"/\", \"\", false, true)", &["insecure-cookie"]),
    ] {
        rows.row(text, gin(text), wanted);
    }
    for (import, of_type, source) in [
        ("github.com/labstack/echo/v4", "c echo.Context", "c.QueryParam(\"a\")"),
        ("github.com/gofiber/fiber/v2", "c *fiber.Ctx", "c.Query(\"a\")"),
        ("github.com/go-chi/chi/v5", "r *http.Request", "chi.URLParam(r, \"a\")"),
        ("github.com/gorilla/mux", "r *http.Request", "mux.Vars(r)[\"a\"]"),
        ("github.com/aws/aws-lambda-go/events", "e events.APIGatewayProxyRequest", "e.QueryStringParameters[\"a\"]"),
    ] {
        let text = format!(
            "package main\nimport (\n\"net/http\"\n\"os/exec\"\n\"{import}\"\n)\nfunc h({of_type}) error {{\n\
             exec.Command(\"sh\", \"-c\", {source}).Run()\nreturn nil\n}}\n"
        );
        rows.row(import, found(&text), &["user shell"]);
    }
    let body = "package main\nimport (\n\"encoding/json\"\n\"io\"\n\"net/http\"\n\"os\"\n)\nfunc h(w http.ResponseWriter, r *http.Request) {\n\
                body, err := io.ReadAll(r.Body)\nvar m map[string]string\njson.Unmarshal(body, &m)\nos.Remove(m[\"a\"])\n}\n\
                func g(w http.ResponseWriter, r *http.Request) {\nvar req struct { Name string }\n\
                json.NewDecoder(r.Body).Decode(&req)\nos.Remove(req.Name)\n}\n";
    rows.row(body, found(body), &["unbounded-read", "user path", "user path"]);
    rows.end();
}

#[test]
fn secrets_chance_and_connections() {
    let mut rows = super::Rows::default();
    let table: &[(&str, &[&str])] = &[
        ("import \"crypto/md5\"\nvar h = md5.Sum(b)", &["weak-hash"]),
        ("import \"crypto/sha1\"\nvar h = sha1.New()", &["weak-hash"]),
        ("import \"crypto/sha256\"\nvar h = sha256.Sum256(b)", &[]),
        ("import \"crypto/des\"\nfunc f(k []byte) { des.NewCipher(k) }", &["weak-cipher"]),
        ("import \"crypto/rc4\"\nfunc f(k []byte) { rc4.NewCipher(k) }", &["weak-cipher"]),
        (
            "import \"crypto/aes\"\nfunc f(k, d, s []byte) { b, _ := aes.NewCipher(k)\nb.Encrypt(d, s) }",
            &["weak-cipher"],
        ),
        (
            "import (\n\"crypto/aes\"\n\"crypto/cipher\"\n)\nfunc f(k, n, s []byte) { b, _ := aes.NewCipher(k)\ng, _ := cipher.NewGCM(b)\ng.Seal(nil, n, s, nil) }",
            &[],
        ),
        ("import \"crypto/aes\"\nfunc f() { aes.NewCipher([]byte(\"0123456789abcdef\")) }", &["hard-coded-key"]),
        ("import (\n\"crypto/aes\"\n\"os\"\n)\nfunc f() { aes.NewCipher([]byte(os.Getenv(\"K\"))) }", &[]),
        (
            "import (\n\"crypto/rand\"\n\"crypto/rsa\"\n)\nfunc f() { rsa.GenerateKey(rand.Reader, 1024) }",
            &["weak-key-size"],
        ),
        ("import (\n\"crypto/rand\"\n\"crypto/rsa\"\n)\nfunc f() { rsa.GenerateKey(rand.Reader, 2048) }", &[]),
        ("import \"math/rand\"\nfunc f() int { return rand.Intn(10) }", &["insecure-random"]),
        ("import \"crypto/rand\"\nfunc f(b []byte) { rand.Read(b) }", &[]),
        (
            "import \"golang.org/x/crypto/bcrypt\"\nfunc f(p []byte) { bcrypt.GenerateFromPassword(p, 4) }",
            &["weak-password-hash"],
        ),
        (
            "import \"golang.org/x/crypto/bcrypt\"\nfunc f(p []byte) { bcrypt.GenerateFromPassword(p, bcrypt.DefaultCost) }",
            &[],
        ),
        ("import \"crypto/tls\"\nvar c = &tls.Config{InsecureSkipVerify: true}", &["tls-not-verified"]),
        ("import \"crypto/tls\"\nvar c = &tls.Config{MinVersion: tls.VersionTLS12}", &[]),
        ("import \"crypto/tls\"\nvar c = &tls.Config{MinVersion: tls.VersionTLS10}", &["weak-tls-version"]),
        ("import \"crypto/tls\"\nfunc f(c *tls.Config) { c.InsecureSkipVerify = true }", &["tls-not-verified"]),
        (
            "import \"golang.org/x/crypto/ssh\"\nvar c = ssh.ClientConfig{HostKeyCallback: ssh.InsecureIgnoreHostKey()}",
            &["host-key-not-verified"],
        ),
        ("import \"net/http\"\nfunc f() { http.ListenAndServe(\":80\", nil) }", &["server-without-timeouts"]),
        ("import \"net/http\"\nvar s = &http.Server{Addr: \":80\"}", &["server-without-timeouts"]),
        ("import \"net/http\"\nvar s = &http.Server{Addr: \":80\", ReadTimeout: 5}", &[]),
        ("import \"net\"\nfunc f() { net.Listen(\"tcp\", \"0.0.0.0:80\") }", &["binds-all-interfaces"]),
        ("import \"net\"\nfunc f() { net.Listen(\"tcp\", \"127.0.0.1:80\") }", &[]),
        ("import _ \"net/http/pprof\"", &["debug-server"]),
        (
            "import \"github.com/golang-jwt/jwt/v5\"\nfunc f(t string) { jwt.NewParser().ParseUnverified(t, nil) }",
            &["jwt-not-verified"],
        ),
        (
            "import \"github.com/golang-jwt/jwt/v5\"\nfunc f() { t := jwt.New(jwt.SigningMethodHS256)\nt.SignedString([]byte(\"abc\")) }",
            &["hard-coded-key"],
        ),
        ("import \"unsafe\"\nfunc f(x *int) { p := unsafe.Pointer(x)\n_ = p }", &["unsafe-memory"]),
        ("const dbPassword = \"hunter2x\"", &["hard-coded-credential"]),
        ("import \"os\"\nvar dbPassword = os.Getenv(\"DB_PASSWORD\")", &[]),
    ];
    for (text, wanted) in table {
        rows.row(text, found(&format!("package main\n{text}\n")), wanted);
    }
    rows.end();
}

#[test]
fn fragments_need_no_package() {
    let mut rows = super::Rows::default();
    for (text, wanted) in [
        ("out, err := exec.Command(\"sh\", \"-c\", input).Output()\n", &["unknown shell"][..]),
        ("h := md5.New()\nio.WriteString(h, data)\n", &["weak-hash"]),
        ("rows, err := db.Query(fmt.Sprintf(\"SELECT * FROM t WHERE a = '%s'\", name))\n", &["unknown sql"]),
        ("rows, err := db.Query(\"SELECT * FROM t WHERE a = ?\", name)\n", &[]),
        ("func h(w http.ResponseWriter, r *http.Request) {\n\tos.Open(r.FormValue(\"f\"))\n}\n", &["user path"]),
        (
            "client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}\n",
            &["tls-not-verified"],
        ),
        (
            "func serve(c net.Conn) {\n\tline, err := bufio.NewReader(c).ReadString('\\n')\n\texec.Command(\"sh\", \"-c\", line).Run()\n}\n",
            &["user shell"],
        ),
        ("func run(cmd string) {\n\texec.Command(\"sh\", \"-c\", cmd).Run()\n}\n", &["unknown shell"]),
        ("token := rand.Intn(1000000)\n", &["insecure-random"]),
        ("os.Open(filepath.Join(\"a\", \"b\"))\n", &[]),
        ("func f(root, name string) {\n\tos.Open(filepath.Join(root, name))\n}\n", &["unknown path"]),
        (
            "func x(r *zip.Reader, dest string) {\n\tfor _, f := range r.File {\n\t\tos.Create(filepath.Join(dest, f.Name))\n\t}\n}\n",
            &["retrieved path"],
        ),
        ("func f(root string) {\n\tos.Open(filepath.Join(root, \"a\"))\n}\n", &[]),
    ] {
        rows.row(text, found(text), wanted);
    }
    rows.end();
}

#[test]
fn models_and_tools() {
    let mut rows = super::Rows::default();
    let openai = "package main\nimport (\n\"context\"\n\"os/exec\"\nopenai \"github.com/sashabaranov/go-openai\"\n)\n\
                  func f(ctx context.Context, client *openai.Client) {\n\
                  resp, err := client.CreateChatCompletion(ctx, openai.ChatCompletionRequest{Model: \"m\", MaxTokens: 5})\n\
                  exec.Command(\"sh\", \"-c\", resp.Choices[0].Message.Content).Run()\n}\n";
    rows.row(openai, found(openai), &["model shell"]);
    let official = "package main\nimport (\n\"context\"\n\"os/exec\"\n\"github.com/openai/openai-go\"\n)\n\
                    func f(ctx context.Context) {\nclient := openai.NewClient()\n\
                    r, err := client.Chat.Completions.New(ctx, params)\n\
                    exec.Command(\"sh\", \"-c\", r.Choices[0].Message.Content).Run()\n}\n";
    rows.row(official, found(official), &["model shell"]);
    let anthropic = "package main\nimport (\n\"database/sql\"\n\"github.com/anthropics/anthropic-sdk-go\"\n)\n\
                     func f(db *sql.DB) {\nclient := anthropic.NewClient()\nm, err := client.Messages.New(ctx, p)\n\
                     db.Query(m.Content[0].Text)\n}\n";
    rows.row(anthropic, found(anthropic), &["model sql"]);
    let mcp = "package main\nimport (\n\"context\"\n\"os/exec\"\n\"github.com/mark3labs/mcp-go/mcp\"\n)\n\
               func run(ctx context.Context, request mcp.CallToolRequest) (*mcp.CallToolResult, error) {\n\
               cmd, err := request.RequireString(\"cmd\")\nout, _ := exec.Command(\"sh\", \"-c\", cmd).Output()\n\
               return mcp.NewToolResultText(string(out)), nil\n}\n";
    rows.row(mcp, found(mcp), &["tool shell"]);
    let sdk = "package main\nimport (\n\"context\"\n\"os/exec\"\n\"github.com/modelcontextprotocol/go-sdk/mcp\"\n)\n\
               type Input struct { Cmd string }\n\
               func run(ctx context.Context, req *mcp.CallToolRequest, in Input) (*mcp.CallToolResult, any, error) {\n\
               exec.Command(\"sh\", \"-c\", in.Cmd).Run()\nreturn nil, nil, nil\n}\n\
               func main() {\nserver := mcp.NewServer(&mcp.Implementation{Name: \"a\"}, nil)\n\
               mcp.AddTool(server, &mcp.Tool{Name: \"run\"}, run)\n}\n";
    rows.row(sdk, found(sdk), &["tool shell"]);
    let prompt = "package main\nimport (\n\"net/http\"\n\"github.com/openai/openai-go\"\n)\n\
                  func f(w http.ResponseWriter, r *http.Request) {\nopenai.SystemMessage(\"be \" + r.FormValue(\"a\"))\n\
                  openai.UserMessage(r.FormValue(\"a\"))\n}\n";
    rows.row(prompt, found(prompt), &["user system-prompt"]);
    rows.end();
}

#[test]
fn functions_fields_and_files() {
    let mut rows = super::Rows::default();
    let text = "package main\nimport (\n\"net/http\"\n\"os/exec\"\n)\ntype S struct { shell string }\n\
                func same(x string) string { return x }\nfunc fixed(x string) string { return \"ls\" }\n\
                func named(x string) (out string) { out = x; return }\n\
                func pair(x string) (string, string) { return x, \"ls\" }\n\
                func (s *S) run(c string) { exec.Command(\"sh\", \"-c\", c).Run() }\n\
                func h(w http.ResponseWriter, r *http.Request) {\nq := r.FormValue(\"q\")\nBODY\n}\n";
    for (body, wanted) in [
        ("exec.Command(\"sh\", \"-c\", same(q))", &["user shell"][..]),
        ("exec.Command(\"sh\", \"-c\", named(q))", &["user shell"]),
        ("exec.Command(\"sh\", \"-c\", fixed(q))", &[]),
        ("a, _ := pair(q)\nexec.Command(\"sh\", \"-c\", a)", &["user shell"]),
        ("_, b := pair(q)\nexec.Command(\"sh\", \"-c\", b)", &[]),
        ("s := &S{}\ns.shell = q\nexec.Command(\"sh\", \"-c\", s.shell)", &["user shell"]),
        ("m := map[string]string{}\nm[\"a\"] = q\nm[\"b\"] = \"ls\"\nexec.Command(\"sh\", \"-c\", m[\"b\"])", &[]),
        ("f := func(x string) string { return x }\nexec.Command(\"sh\", \"-c\", f(q))", &["user shell"]),
        ("ch := make(chan string, 1)\nch <- q\nexec.Command(\"sh\", \"-c\", <-ch)", &["user shell"]),
        ("defer func() { exec.Command(\"sh\", \"-c\", q).Run() }()", &["user shell"]),
        ("var b strings.Builder\nb.WriteString(q)\nexec.Command(\"sh\", \"-c\", b.String())", &["user shell"]),
        ("x := []string{\"ls\"}\nx = append(x, q)\nexec.Command(\"sh\", \"-c\", x[1])", &["user shell"]),
        ("if 1 > 2 {\nexec.Command(\"sh\", \"-c\", q)\n}", &[]),
    ] {
        let rest: Vec<String> =
            found(&text.replace("BODY", body)).into_iter().filter(|found| !found.starts_with("unknown")).collect();
        rows.row(body, rest, wanted);
    }
    rows.end();
}

#[test]
fn what_has_gone_well_is_harmless() {
    let handler = |body: &str| {
        found(&format!(
            "package main\nimport (\n\"net/http\"\n\"os\"\n\"os/exec\"\n\"strconv\"\n\"strings\"\n\"path/filepath\"\n)\nconst base = \"/srv/data\"\nfunc h(w http.ResponseWriter, r *http.Request) {{\nx := r.URL.Query().Get(\"x\")\n{body}\n}}\n"
        ))
    };
    let runs = "exec.Command(\"sh\", \"-c\", \"ls \"+x).Run()";
    assert_eq!(handler(&format!("if _, err := strconv.Atoi(x); err != nil {{ return }}\n{runs}")), [""; 0]);
    assert_eq!(handler(&format!("_, err := strconv.Atoi(x)\nif err != nil {{ return }}\n{runs}")), [""; 0]);
    assert_eq!(handler(&format!("_, err := strconv.Atoi(x)\nif err == nil {{ return }}\n{runs}")), ["user shell"]);
    let reads = "os.ReadFile(p)";
    for (body, wanted) in [
        ("p := filepath.Join(base, filepath.Clean(\"/\"+x))", None),
        ("p := filepath.Join(base, filepath.Clean(x))", Some("user path")),
        ("p := filepath.Clean(\"/\" + x)", Some("user path")),
        ("p := filepath.Join(base, x)\nif !strings.HasPrefix(filepath.Clean(p), base+\"/\") { return }", None),
    ] {
        assert_eq!(handler(&format!("{body}\n{reads}")), wanted.into_iter().collect::<Vec<_>>(), "{body}");
    }
}
