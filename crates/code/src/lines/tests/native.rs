use super::check;

#[test]
fn memory() {
    check(
        "a.c",
        &[
            (
                "unbounded-copy",
                "void f(char *s) { char b[8]; strcpy(b, s); }",
                "void f() { char b[8]; strcpy(b, \"ok\"); }",
            ),
            (
                "unbounded-copy",
                "void f(char *s) { char b[8]; strcat(b, s); }",
                "void f(char *s) { char b[8]; strlcat(b, s, 8); }",
            ),
            (
                "unbounded-copy",
                "void f(char *s) { sprintf(out, \"%s!\", s); }",
                "void f(char *s) { sprintf(out, \"%.8s!\", s); }",
            ),
            (
                "unbounded-copy",
                "void f() { char b[8]; scanf(\"%s\", b); }",
                "void f() { char b[8]; scanf(\"%7s\", b); }",
            ),
            (
                "unbounded-copy",
                "void f(char *s) { char *b = malloc(9); strcpy(b, s); }",
                "void f(char *s) { char *b = malloc(strlen(s) + 1); strcpy(b, s); }",
            ),
            (
                "off-by-one",
                "void f(char *s) { char *b = malloc(strlen(s)); strcpy(b, s); }",
                "void f(char *s) { char *b = malloc(strlen(s) + 1); strcpy(b, s); }",
            ),
            (
                "buffer-too-small",
                "void f() { char b[4]; strcpy(b, \"long text\"); }",
                "void f() { char b[16]; strcpy(b, \"long text\"); }",
            ),
            (
                "buffer-too-small",
                "void f() { char b[64]; fgets(b, 100, stdin); }",
                "#define N 64\nvoid f() { char b[N]; fgets(b, 64, stdin); }",
            ),
            (
                "length-from-source",
                "void f(char *d, char *s) { strncpy(d, s, strlen(s)); }",
                "void f(char *d, char *s, size_t n) { strlcpy(d, s, n); }",
            ),
            (
                "length-not-checked",
                "void f(char *s, int n) { char b[8]; memcpy(b, s, n); }",
                "void f(char *s, int n) { char b[8]; if (n > 8) return; memcpy(b, s, n); }",
            ),
            (
                "length-not-checked",
                "void f(char *s, int n) { char b[8]; memcpy(b, s, n); }",
                "void f(char *s, int n) { char b[8]; memcpy(b, s, sizeof(b)); }",
            ),
            (
                "pointer-size",
                "void f(char *b) { memset(b, 0, sizeof(b)); }",
                "void f(struct a *b) { memset(b, 0, sizeof(*b)); }",
            ),
            (
                "missing-terminator",
                "void f(char *s) { strncpy(d, s, 8); use(d); }",
                "void f(char *s) { strncpy(d, s, 8); d[7] = 0; }",
            ),
            (
                "missing-terminator",
                "void f() { char b[9]; readlink(p, b, 9); }",
                "void f() { char b[9]; n = readlink(p, b, 8); b[n] = '\\0'; }",
            ),
            (
                "off-by-one",
                "void f() { int a[4]; for (i = 0; i <= 4; i++) a[i] = 1; }",
                "void f() { int a[4]; for (i = 0; i < 4; i++) a[i] = 1; }",
            ),
            ("off-by-one", "void f() { char a[4]; a[4] = 0; }", "void f() { char a[4]; a[3] = 0; }"),
            (
                "allocation-overflow",
                "void *f(int n) { return malloc(n * sizeof(long)); }",
                "void *f(int n) { return calloc(n, sizeof(long)); }",
            ),
            (
                "allocation-overflow",
                "void *f(int n) { return malloc(n * 8); }",
                "void *f(int n) { if (n > 100) return 0; return malloc(n * 8); }",
            ),
            (
                "unchecked-allocation",
                "void f() { p = realloc(p, 9); }",
                "void f() { q = realloc(p, 9); if (q) p = q; }",
            ),
            (
                "unchecked-allocation",
                "void f() { char *p = malloc(9); p[0] = 1; }",
                "void f() { char *p = malloc(9); if (!p) return; p[0] = 1; }",
            ),
            (
                "use-after-free",
                "void f(struct n *p) { free(p); p->x = 1; }",
                "void f(struct n *p) { free(p); p = NULL; p->x = 1; }",
            ),
            (
                "use-after-free",
                "void f(char *p) { free(p); free(p); }",
                "void f(char *p) { if (e) { free(p); return; } free(p); }",
            ),
        ],
    );
}

#[test]
fn the_rest() {
    check(
        "a.c",
        &[
            ("format-string", "void f(char *s) { printf(s); }", "void f(char *s) { printf(\"%s\", s); }"),
            ("format-string", "void f(char *s) { syslog(1, s); }", "void f(char *s) { syslog(1, \"a\" \"%s\", s); }"),
            (
                "format-string",
                "void f(char *s) { snprintf(b, 9, s); }",
                "void f(char *s) { const char *t = \"x\"; snprintf(b, 9, t); }",
            ),
            ("shell", "void f(char *s) { system(s); }", "void f(char *s) { system(\"ls\"); }"),
            (
                "shell",
                "int main(int c, char **argv) { char b[9]; snprintf(b, 9, \"ls %s\", argv[1]); system(b); }",
                "void f() { char b[9]; snprintf(b, 9, \"ls %d\", 4); system(b); }",
            ),
            (
                "command",
                "void f(char *s) { execl(s, s, NULL); }",
                "void f(char *s) { execl(\"/bin/ls\", \"ls\", NULL); }",
            ),
            (
                "sql",
                "void f(char *s) { sprintf(q, \"select %s\", s); sqlite3_exec(db, q, 0, 0, 0); }",
                "void f(char *s) { sqlite3_exec(db, \"select 1\", 0, 0, 0); }",
            ),
            (
                "path",
                "int main(int c, char **argv) { fopen(argv[1], \"r\"); }",
                "void f() { fopen(\"/etc/hosts\", \"r\"); }",
            ),
            (
                "race-on-path",
                "void f(char *p) { if (access(p, 0)) return; open(p, 0); }",
                "void f(char *p) { fd = open(p, 0); fstat(fd, &s); }",
            ),
            ("unsafe-temp-file", "void f() { char *n = tmpnam(0); }", "void f(char *n) { mkstemp(n); }"),
            ("insecure-random", "void f() { token = rand(); }", "int rand(void);\nvoid f() { getrandom(b, 9, 0); }"),
            ("weak-hash", "void f() { MD5(d, n, o); }", "void f() { SHA256(d, n, o); }"),
            ("weak-cipher", "void f() { c = EVP_des_ecb(); }", "void f() { c = EVP_aes_256_gcm(); }"),
            ("permissive-file-mode", "void f() { chmod(\"a\", 0777); }", "void f() { chmod(\"a\", 0600); }"),
            (
                "permissive-file-mode",
                "void f() { open(\"a\", O_CREAT, 0666); }",
                "void f() { open(\"a\", O_CREAT, 0640); }",
            ),
            ("privileges-kept", "void f() { setuid(1); go(); }", "void f() { if (setuid(1) != 0) abort(); }"),
            (
                "privileges-kept",
                "void f() { if (chroot(\"/x\")) return; go(); }",
                "void f() { if (chroot(\"/x\") || chdir(\"/\")) return; }",
            ),
            (
                "unsafe-signal-handler",
                "void h(int n) { printf(\"x\"); }\nvoid f() { signal(2, h); }",
                "void h(int n) { stop = 1; }\nvoid f() { signal(2, h); printf(\"x\"); }",
            ),
            (
                "tls-not-verified",
                "void f() { SSL_CTX_set_verify(c, SSL_VERIFY_NONE, 0); }",
                "#define SSL_VERIFY_NONE 0\nvoid f() { if (m == SSL_VERIFY_NONE) stop(); }",
            ),
            (
                "hard-coded-credential",
                "int f(char *pass) { return !strcmp(pass, \"s3cr3t\"); }",
                "int f(char *name) { return !strcmp(name, \"root\"); }",
            ),
            (
                "dangerous-call",
                "void f() { gets(b); }",
                "void f() { fgets(b, sizeof b, stdin); /* gets(b) */ s = \"gets(b)\"; }",
            ),
            (
                "unchecked-conversion",
                "int main(int c, char **argv) { return atoi(argv[1]); }",
                "int f() { return atoi(\"4\"); }",
            ),
            (
                "secret-not-wiped",
                "void f() { memset(password, 0, 9); }",
                "void f() { explicit_bzero(password, 9); memset(table, 0, 9); }",
            ),
            (
                "stack-allocation",
                "int main(int c, char **argv) { int n = f(argv[1]); char b[n]; }",
                "void f() { char b[PATH_MAX]; }",
            ),
            ("reflection", "void f(char *p) { dlopen(p, 1); }", "void f() { dlopen(\"/lib/a.so\", 1); }"),
        ],
    );
}
