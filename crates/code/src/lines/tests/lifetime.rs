use super::check;

#[test]
fn what_is_used_or_lost_behind_a_release() {
    check(
        "a.c",
        &[
            (
                "use-after-free",
                "void f(J *j) { while (j) { if (j->done) { free(j); n++; } else { l = 1; } j = j->next; } }",
                "void f(J *j) { while (j) { J *next = j->next; if (j->done) { free(j); n++; } j = next; } }",
            ),
            (
                "use-after-free",
                "void f(J *p) { for (p = head; p; p = p->next) { free(p); } }",
                "void f(J *p) { J *n; for (p = head; p; p = n) { n = p->next; free(p); } }",
            ),
            (
                "use-after-free",
                "int f(C *c) { free(c->text); char *t = malloc(9); if (!t) return -1; c->text = t; return 0; }",
                "int f(C *c) { free(c->text); c->text = NULL; char *t = malloc(9); if (!t) return -1; c->text = t; return 0; }",
            ),
            (
                "use-after-free",
                "int f(M *m) { if (a) { free(m->s); goto fail; } return 0; fail: free(m->s); return -1; }",
                "int f(M *m) { if (a) goto fail; return 0; fail: free(m->s); return -1; }",
            ),
            (
                "leak-on-return",
                "int f(void) { FILE *q = fopen(n, m); char *p = malloc(9); if (!q || !p) { if (q) fclose(q); return 1; } free(p); fclose(q); return 0; }",
                "int f(void) { FILE *q = fopen(n, m); char *p = malloc(9); if (!q || !p) { if (q) fclose(q); free(p); return 1; } free(p); fclose(q); return 0; }",
            ),
            (
                "leak-on-return",
                "int f(void) { char *p = malloc(9); if (!p) return 1; if (g()) return 2; free(p); return 0; }",
                "int f(void) { char *p = malloc(9); if (!p) return 1; if (g()) { free(p); return 2; } free(p); return 0; }",
            ),
            (
                "leak-on-return",
                "int f(void) { FILE *p = fopen(n, \"r\"); if (p == NULL) return 1; if (g()) return 2; fclose(p); return 0; }",
                "int f(void) { FILE *p = fopen(n, \"r\"); if (p == NULL) return 1; if (g()) goto out; out: fclose(p); return 0; }",
            ),
            (
                "leak-on-return",
                "void *f(void) { char *p = malloc(9); if (g()) return NULL; return p; }",
                "void *f(void) { char *p = malloc(9); keep(list, p); if (g()) return NULL; return p; }",
            ),
        ],
    );
}

#[test]
fn what_may_be_missing() {
    check(
        "a.c",
        &[
            (
                "null-not-checked",
                "void f(char *u) { struct passwd *e = getpwnam(u); puts(e->pw_dir); }",
                "void f(char *u) { struct passwd *e = getpwnam(u); if (!e) return; puts(e->pw_dir); }",
            ),
            (
                "null-not-checked",
                "void f(char *s) { char *p = strrchr(s, '@'); char *d = p + 1; puts(d); }",
                "void f(char *s) { char *p = strrchr(s, '@'); char *d = p ? p + 1 : s; puts(d); }",
            ),
            (
                "unsafe-temp-file",
                "void f(char *p) { snprintf(p, 32, \"/tmp/a-%d\", getpid()); open(p, O_WRONLY | O_CREAT, 0600); }",
                "void f(char *p) { snprintf(p, 32, \"/tmp/a-XXXXXX\"); mkstemp(p); }",
            ),
            (
                "null-not-checked",
                "int f(void) { return atoi(getenv(\"N\")); }",
                "int f(void) { return g(getenv(\"N\")); }",
            ),
            (
                "null-not-checked",
                "void f(char *s) { char *p = strchr(s, ':'); *p = 0; }",
                "void f(char *s) { char *p = strchr(s, ':'); if (p) *p = 0; }",
            ),
        ],
    );
    check(
        "a.cpp",
        &[
            (
                "null-not-checked",
                "int f(M& m, K k) { auto it = m.find(k); return it->second; }",
                "int f(M& m, K k) { auto it = m.find(k); return it == m.end() ? 0 : it->second; }",
            ),
            (
                "null-not-checked",
                "int f(S* s) { auto* c = dynamic_cast<C*>(s); return c->r; }",
                "int f(S* s) { auto* c = dynamic_cast<C*>(s); if (!c) return 0; return c->r; }",
            ),
        ],
    );
}

#[test]
fn numbers_that_pick() {
    check(
        "a.c",
        &[
            (
                "index-not-checked",
                "int f(char *s) { int i; sscanf(s, \"%d\", &i); return table[i]; }",
                "int f(char *s) { int i; sscanf(s, \"%d\", &i); if (i < 0 || i >= 9) return 0; return table[i]; }",
            ),
            (
                "index-not-checked",
                "int f(int *a, size_t count, size_t at) { return a[at]; }",
                "int f(int *a, size_t count, size_t at) { if (at >= count) return 0; return a[at]; }",
            ),
            (
                "length-not-checked",
                "int f(const uint8_t *d, size_t n) { size_t l = d[0] << 8 | d[1]; int s = 0; for (size_t i = 0; i < l; i++) s += d[i]; return s; }",
                "int f(const uint8_t *d, size_t n) { size_t l = d[0] << 8 | d[1]; int s = 0; if (l > n) return 0; for (size_t i = 0; i < l; i++) s += d[i]; return s; }",
            ),
            (
                "off-by-one",
                "void f(int d, char line[SIZE]) { size_t n = 0; char c; while (get(d, &c)) if (n < SIZE) line[n++] = c; line[n] = '\\0'; }",
                "void f(int d, char line[SIZE]) { size_t n = 0; char c; while (get(d, &c)) if (n < SIZE - 1) line[n++] = c; line[n] = '\\0'; }",
            ),
            (
                "off-by-one",
                "void f(int d) { char b[64]; ssize_t n = read(d, b, sizeof(b)); b[n] = '\\0'; }",
                "void f(int d) { char b[64]; ssize_t n = read(d, b, sizeof(b) - 1); b[n] = '\\0'; }",
            ),
            (
                "allocation-overflow",
                "void *f(uint32_t w, uint32_t h) { uint32_t n = w * h * 4; return malloc(n); }",
                "void *f(uint32_t w, uint32_t h) { if (w > 9 || h > 9) return 0; uint32_t n = w * h * 4; return malloc(n); }",
            ),
        ],
    );
}

#[test]
fn what_outlives() {
    check(
        "a.cpp",
        &[
            (
                "stale-reference",
                "int f(std::vector<T>& v) { T& t = v[0]; v.push_back(T()); return t.p; }",
                "int f(std::vector<T>& v) { T t = v[0]; v.push_back(T()); return t.p; }",
            ),
            (
                "stale-reference",
                "void f(std::vector<T>& v) { auto it = v.begin(); v.erase(it); use(*it); }",
                "void f(std::vector<T>& v) { auto it = v.begin(); it = v.erase(it); use(*it); }",
            ),
            (
                "stale-reference",
                "void f(std::vector<T>& v) { auto it = v.begin(); v.insert(v.end(), T()); use(*it); }",
                "void f(std::map<K, T>& v) { auto it = v.begin(); v.insert(make(), T()); use(*it); }",
            ),
            (
                "stale-reference",
                "const char* f() { std::string s = g(); return s.c_str(); }",
                "std::string f() { std::string s = g(); return s.c_str(); }",
            ),
            (
                "stale-reference",
                "char* f() { char b[8]; g(b); return b; }",
                "char* f() { static char b[8]; g(b); return b; }",
            ),
            (
                "unchecked-downcast",
                "struct B { virtual ~B(); }; struct D : B { int x; }; int f(B* b) { return static_cast<D*>(b)->x; }",
                "struct B { virtual ~B(); }; struct D : B { int x; }; int f(B* b) { return b->kind == 1 ? static_cast<D*>(b)->x : 0; }",
            ),
        ],
    );
}
