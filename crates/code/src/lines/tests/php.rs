use super::check;

#[test]
fn a_check_of_one_field_says_nothing_of_another() {
    check(
        "a.php",
        &[(
            "shell",
            "<?php function f($r) { if (!is_valid($r['id'])) return; system('x ' . $r['name']); }",
            "<?php function f($name) { if (!is_valid($name)) return; system('x ' . $name); }",
        )],
    );
}

#[test]
fn pairs() {
    check(
        "a.php",
        &[
            (
                "sql",
                "<?php $i = $_GET['i']; mysqli_query($c, \"select $i\");",
                "<?php $i = (int) $_GET['i']; mysqli_query($c, \"select $i\");",
            ),
            (
                "sql",
                "<?php class A { function f($n) { $this->db->query(\"select '{$n}'\"); } }",
                "<?php class A { function f($n) { $this->db->query('select 1'); } }",
            ),
            (
                "sql",
                "<?php $q = \"select '\" . $_POST['n'] . \"'\"; $p->exec($q);",
                "<?php $q = \"select '\" . $p->quote($_POST['n']) . \"'\"; $p->exec($q);",
            ),
            ("html", "<p><?= $_GET['a'] ?></p>", "<p><?= htmlspecialchars($_GET['a']) ?></p>"),
            ("html", "<?php echo 'Hi ' . $_GET['a'];", "<?php echo 'Hi ' . count($_GET);"),
            (
                "html",
                "<?php foreach ($_POST as $k => $v) { echo $v; }",
                "<?php foreach ($rows as $k => $v) { echo 'x'; }",
            ),
            (
                "shell",
                "<?php $h = $_POST['h']; shell_exec(\"ping $h\");",
                "<?php $h = escapeshellarg($_POST['h']); shell_exec(\"ping $h\");",
            ),
            ("shell", "<?php $o = `ls $_GET[d]`;", "<?php $o = `ls`;"),
            (
                "shell",
                "<?php system($_GET['a']);",
                "<?php // system($_GET['a']);\n# system($_GET['a'])\n$a = 'system($_GET)';",
            ),
            ("path", "<?php include $_GET['p'] . '.php';", "<?php include __DIR__ . '/a.php';"),
            ("deserialise", "<?php $p = unserialize($_COOKIE['p']);", "<?php $p = json_decode($_COOKIE['p']);"),
            ("code", "<?php eval($_POST['c']);", "<?php eval('1;');"),
            ("code", "<?php eval(file_get_contents('php://input'));", "<?php $b = file_get_contents('php://input');"),
            ("redirect", "<?php header('Location: ' . $_GET['u']);", "<?php header('Location: /home');"),
            ("weak-hash", "<?php $h = md5($p);", "<?php $h = password_hash($p, PASSWORD_DEFAULT);"),
            ("weak-hash", "<?php $h = hash('sha1', $p);", "<?php $h = hash('sha256', $p);"),
            ("insecure-random", "<?php $t = mt_rand();", "<?php $t = random_int(1, 9);"),
            (
                "tls-not-verified",
                "<?php curl_setopt($c, CURLOPT_SSL_VERIFYPEER, false);",
                "<?php curl_setopt($c, CURLOPT_SSL_VERIFYPEER, true);",
            ),
            (
                "path",
                "<?php move_uploaded_file($t, 'u/' . $_FILES['f']['name']);",
                "<?php move_uploaded_file($t, 'u/' . bin2hex(random_bytes(8)));",
            ),
            (
                "path",
                "<?php $f = $_GET['f']; readfile('d/' . $f);",
                "<?php $f = basename($_GET['f']); readfile('d/' . $f);",
            ),
            (
                "path",
                "<?php $f = $_GET['f']; readfile('d/' . $f);",
                "<?php $f = $_GET['f']; if (!in_array($f, ['a', 'b'])) die('no'); readfile('d/' . $f);",
            ),
            ("xxe-parser", "<?php $d->loadXML($x, LIBXML_NOENT);", "<?php $d->loadXML($x, LIBXML_NONET);"),
            (
                "ldap",
                "<?php ldap_search($d, $b, '(uid=' . $_GET['u'] . ')');",
                "<?php ldap_search($d, $b, '(uid=' . ldap_escape($_GET['u']) . ')');",
            ),
            ("loose-comparison", "<?php if (md5($p) == $h) {}", "<?php if (hash_equals($h, $q) == true) {}"),
            (
                "loose-comparison",
                "<?php if ($token != $_SESSION['token']) {}",
                "<?php if ($token !== $_SESSION['token']) {}",
            ),
            ("variables-overwritten", "<?php extract($_POST);", "<?php extract($data, EXTR_SKIP);"),
            (
                "insecure-cookie",
                "<?php setcookie('a', $b);",
                "<?php setcookie('a', $b, ['secure' => true, 'httponly' => true]);",
            ),
            (
                "cookie-without-http-only",
                "<?php setcookie('a', $b, 0, '/', '', true, false);",
                "<?php setcookie('a', $b, 0, '/', '', true, true);",
            ),
            (
                "cors-any-origin",
                "<?php header('Access-Control-Allow-Origin: *');",
                "<?php header('Access-Control-Allow-Origin: https://a.example');",
            ),
            (
                "hard-coded-credential",
                "<?php define('DB_PASSWORD', 'abc-123x');",
                "<?php define('DB_PASSWORD', getenv('DB_PASSWORD'));",
            ),
            (
                "hard-coded-credential",
                "<?php $a = ['password' => 'abc-123x'];",
                "<?php $a = ['password' => $p, 'user' => 'abc-123x'];",
            ),
            ("detail-shown", "<?php phpinfo();", "<?php ini_set('display_errors', 0);"),
            (
                "header",
                "<?php mail($t, 'a', $m, 'From: ' . $_POST['e']);",
                "<?php mail($t, 'a', $m, 'From: a@a.example');",
            ),
            (
                "weak-cipher",
                "<?php openssl_encrypt($d, 'aes-128-ecb', $k);",
                "<?php openssl_encrypt($d, 'aes-256-gcm', $k, 0, $iv, $tag);",
            ),
            ("permissive-file-mode", "<?php chmod($f, 0777);", "<?php chmod($f, 0644);"),
        ],
    );
}

#[test]
fn texts_over_many_lines() {
    check(
        "a.php",
        &[
            (
                "sql",
                "<?php\n$q = <<<SQL\nselect '$_GET[a]'\nSQL;\nmysql_query($q);",
                "<?php\n$q = <<<'SQL'\nselect '$_GET[a]'\nSQL;\nmysql_query($q);",
            ),
            ("sql", "$i = $_GET['i'];\n$r = mysql_query(\"select $i\");", "Only a text with mysql_query in it?"),
        ],
    );
}
