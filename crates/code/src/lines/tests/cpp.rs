use super::check;

#[test]
fn memory() {
    check(
        "a.cpp",
        &[
            ("unbounded-copy", "void f() { char b[8]; std::cin >> b; }", "void f() { std::string b; std::cin >> b; }"),
            (
                "unbounded-copy",
                "void f() { char b[8]; std::cin >> b; }",
                "void f() { char b[8]; std::cin >> std::setw(8) >> b; }",
            ),
            (
                "unbounded-copy",
                "void f(const std::string& s) { char b[8]; strcpy(b, s.c_str()); }",
                "void f(const std::string& s) { std::string b = s; }",
            ),
            (
                "unbounded-copy",
                "void f(P p) { char b[8]; std::copy(p.a, p.b, b); }",
                "void f(P p) { std::vector<char> b; std::copy(p.a, p.b, std::back_inserter(b)); }",
            ),
            (
                "unbounded-copy",
                "void f(const wchar_t* s) { wchar_t b[8]; wcscpy(b, s); }",
                "void f(const wchar_t* s) { wchar_t b[8]; wcscpy_s(b, 8, s); }",
            ),
            (
                "mismatched-delete",
                "void f() { int* a = new int[4]; delete a; }",
                "void f() { int* a = new int[4]; delete[] a; }",
            ),
            ("mismatched-delete", "void f() { A* a = new A(); delete[] a; }", "void f() { A* a = new A(); delete a; }"),
            (
                "mismatched-delete",
                "void f() { A* a = (A*)malloc(9); delete a; }",
                "void f() { A* a = (A*)malloc(9); free(a); }",
            ),
            (
                "mismatched-delete",
                "void f() { A* a = new A(); free(a); }",
                "void f() { A* a = new A(); a->free(); delete a; }",
            ),
            ("use-after-free", "void f(A* a) { delete a; a->run(); }", "void f(A* a) { a->run(); delete a; }"),
            (
                "use-after-free",
                "void f(A* a) { delete a; delete a; }",
                "void f(A* a) { delete a; a = new A(); delete a; }",
            ),
            (
                "off-by-one",
                "void f(std::vector<int>& v) { for (int i = 0; i <= v.size(); i++) v[i] = 1; }",
                "void f(std::vector<int>& v) { for (int i = 0; i < v.size(); i++) v[i] = 1; }",
            ),
            (
                "length-not-checked",
                "void f(const M& m) { char b[8]; memcpy(b, m.data, m.n); }",
                "void f(const M& m) { char b[8]; memcpy(b, m.data, std::min(m.n, sizeof(b))); }",
            ),
            (
                "allocation-overflow",
                "void M::f(int w, int h) { d = malloc(w * h * 4); }",
                "void M::f(int w, int h) { d = malloc(64 * 4); }",
            ),
            (
                "format-string",
                "void L::f(const std::string& s) { fprintf(o, s.c_str()); }",
                "void L::f(const std::string& s) { fprintf(o, \"%s\", s.c_str()); }",
            ),
        ],
    );
}

#[test]
fn the_rest() {
    check(
        "a.cpp",
        &[
            (
                "shell",
                "int f(const std::string& h) { std::string c = \"ping \" + h; return system(c.c_str()); }",
                "int f() { std::string c = \"ping \" + std::string(\"a\"); return system(\"ls\"); }",
            ),
            (
                "sql",
                "void D::f(const std::string& n) { mysql_query(c, (\"select '\" + n + \"'\").c_str()); }",
                "void D::f(int n) { mysql_query(c, (\"select \" + std::to_string(n)).c_str()); }",
            ),
            (
                "sql",
                "void D::f(const std::string& n) { std::string q = \"select '\" + n + \"'\"; s->executeQuery(q); }",
                "void D::f() { s->executeQuery(\"select 1\"); }",
            ),
            (
                "command",
                "void f(char* s) { CreateProcessA(NULL, s, 0, 0, 0, 0, 0, 0, &a, &b); }",
                "void f() { CreateProcessA(\"c:\\\\a.exe\", NULL, 0, 0, 0, 0, 0, 0, &a, &b); }",
            ),
            (
                "path",
                "void f(const std::string& n) { std::ifstream in(\"/data/\" + n); }",
                "void f() { std::ifstream in(\"/data/a\"); }",
            ),
            ("insecure-random", "void f() { std::mt19937 g(time(0)); }", "void f() { std::random_device g; }"),
            ("insecure-random", "void f() { int a = std::rand(); }", "void f() { int a = dice.rand(); }"),
            (
                "weak-hash",
                "void f() { CryptCreateHash(p, CALG_MD5, 0, 0, &h); }",
                "void f() { CryptCreateHash(p, CALG_SHA_256, 0, 0, &h); }",
            ),
            (
                "reflection",
                "void f(const char* p) { LoadLibraryA(p); }",
                "void f() { LoadLibraryA(\"C:\\\\x\\\\a.dll\"); }",
            ),
            (
                "library-search-path",
                "void f() { LoadLibraryA(\"a.dll\"); }",
                "void f() { LoadLibraryA(\"C:\\\\x\\\\a.dll\"); }",
            ),
            (
                "privileges-kept",
                "void f() { ImpersonateLoggedOnUser(t); go(); }",
                "void f() { if (!ImpersonateLoggedOnUser(t)) return; go(); }",
            ),
            (
                "hard-coded-credential",
                "const std::string dbPassword = \"abc-123x\";",
                "const std::string passwordField = \"password\"; std::string password = \"\";",
            ),
            (
                "tls-not-verified",
                "void f() { curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 0L); }",
                "void f() { curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L); }",
            ),
            ("dangerous-call", "std::auto_ptr<A> f();", "std::unique_ptr<A> f();"),
            (
                "weak-tls-version",
                "void f() { c = SSL_CTX_new(TLSv1_method()); }",
                "void f() { c = SSL_CTX_new(TLS_method()); }",
            ),
        ],
    );
}

#[test]
fn texts_are_no_code() {
    check(
        "a.cpp",
        &[(
            "shell",
            "void f(char* a) { auto s = R\"x(system(\"b\")x\"; system(a); }",
            "void f(char* a) { auto s = R\"x(\"; system(a);)x\"; int n = 1'000'000; char c = '\"'; // system(a)\n}",
        )],
    );
}
