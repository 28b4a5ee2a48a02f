#!/usr/bin/env python3
"""Proves that Redan and the Python package `model-signing` verify each other's signatures.

Installs `model-signing` into a throw-away environment, signs a small folder with each, by file and by
shard, with a key and with a certificate chain, and verifies with the other; then changes, adds and
removes a file and expects a refusal from both.

    python3 bench/signing/interop.py --redan target/release/redan
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile
import venv

SHARD = 100_000

VERIFY = """
import pathlib, sys
from model_signing import hashing, verifying
model, signature, kind, trust, method = sys.argv[1:]
config = verifying.Config()
if kind == "key":
    config.use_elliptic_key_verifier(public_key=pathlib.Path(trust))
else:
    config.use_certificate_verifier(certificate_chain=[pathlib.Path(trust)])
if method == "shards":
    config.set_hashing_config(hashing.Config().use_shard_serialization(shard_size=%d, ignore_paths=[]))
config.verify(pathlib.Path(model), pathlib.Path(signature))
""" % SHARD

SIGN = """
import pathlib, sys
from model_signing import hashing, signing
model, signature, kind, key, method, *chain = sys.argv[1:]
config = signing.Config()
if kind == "key":
    config.use_elliptic_key_signer(private_key=pathlib.Path(key))
else:
    config.use_certificate_signer(private_key=pathlib.Path(key), signing_certificate=pathlib.Path(chain[0]),
                                  certificate_chain=[pathlib.Path(c) for c in chain[1:]])
if method == "shards":
    config.set_hashing_config(hashing.Config().use_shard_serialization(shard_size=%d, ignore_paths=[]))
config.sign(pathlib.Path(model), pathlib.Path(signature))
""" % SHARD


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    return done.returncode == 0, (done.stdout + done.stderr).strip()[-300:]


def must(*command):
    ok, text = run(*command)
    if not ok:
        sys.exit(f"{command[0]} failed: {text}")


def certificates(folder):
    """A root, an intermediate and a signing certificate, by openssl."""
    def key(name):
        must("openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", folder / f"{name}.key")
    for name in ("root", "middle", "leaf"):
        key(name)
    (folder / "ca.ext").write_text("basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n")
    (folder / "leaf.ext").write_text("basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\n")
    must("openssl", "req", "-x509", "-new", "-key", folder / "root.key", "-subj", "/CN=root", "-days", "30", "-out",
         folder / "root.pem", "-addext", "keyUsage=critical,keyCertSign")
    for name, issuer, ext in (("middle", "root", "ca.ext"), ("leaf", "middle", "leaf.ext")):
        must("openssl", "req", "-new", "-key", folder / f"{name}.key", "-subj", f"/CN={name}", "-out", folder / f"{name}.csr")
        must("openssl", "x509", "-req", "-in", folder / f"{name}.csr", "-CA", folder / f"{issuer}.pem", "-CAkey",
             folder / f"{issuer}.key", "-CAcreateserial", "-days", "20", "-extfile", folder / ext, "-out", folder / f"{name}.pem")
    (folder / "chain.pem").write_text((folder / "leaf.pem").read_text() + (folder / "middle.pem").read_text())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--redan", default="target/release/redan")
    parser.add_argument("--venv", help="environment to (re)use; a temporary one otherwise")
    args = parser.parse_args()
    redan = pathlib.Path(args.redan).resolve()
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        env = pathlib.Path(args.venv or folder / "venv")
        if not (env / "bin/python").exists():
            venv.create(env, with_pip=True)
        python = env / "bin/python"
        if not run(python, "-c", "import model_signing, OpenSSL")[0]:
            must(python, "-m", "pip", "install", "-q", "model-signing", "pyOpenSSL")
        model = folder / "model"
        (model / "sub").mkdir(parents=True)
        (model / "config.json").write_text("{}\n")
        (model / "sub/weights.bin").write_bytes(bytes(range(256)) * 1500)
        (model / "sub-a.txt").write_text("sorts between\n")
        certificates(folder)
        must("openssl", "ec", "-in", folder / "leaf.key", "-pubout", "-out", folder / "leaf.pub")
        trust = {"key": folder / "leaf.pub", "certificate": folder / "root.pem"}
        flag = {"key": "--key", "certificate": "--roots"}
        failures = 0

        def expect(what, wanted, outcome):
            nonlocal failures
            ok, text = outcome
            good = ok == wanted
            failures += not good
            print(f"{'ok  ' if good else 'FAIL'} {what}" + ("" if good else f": {text}"))

        for kind in ("key", "certificate"):
            for method in ("files", "shards"):
                ours, theirs = folder / f"ours-{kind}-{method}.sig", folder / f"theirs-{kind}-{method}.sig"
                more = ["--certificate", folder / "chain.pem"] if kind == "certificate" else []
                more += ["--shard-size", SHARD] if method == "shards" else []
                must(redan, "sign", model, "--key", folder / "leaf.key", "--signature", ours, *more)
                must(python, "-c", SIGN, model, theirs, kind, folder / "leaf.key", method, folder / "leaf.pem", folder / "middle.pem")

                def both(wanted, when):
                    expect(f"{kind}, {method}: model-signing verifies redan's {when}", wanted,
                           run(python, "-c", VERIFY, model, ours, kind, trust[kind], method))
                    expect(f"{kind}, {method}: redan verifies model-signing's {when}", wanted,
                           run(redan, "verify", model, flag[kind], trust[kind], "--signature", theirs))

                both(True, "signature")
                extra = model / "extra.py"
                extra.write_text("print()\n")
                both(False, "after a file was added")
                extra.unlink()
                weights = model / "sub/weights.bin"
                good = weights.read_bytes()
                weights.write_bytes(good[:-1] + b"x")
                both(False, "after a byte was changed")
                weights.write_bytes(good)
        other = folder / "other.pem"
        must("openssl", "ec", "-in", folder / "root.key", "-pubout", "-out", other)
        expect("redan refuses another key", False,
               run(redan, "verify", model, "--key", other, "--signature", folder / "theirs-key-files.sig"))
        expect("redan refuses another root", False,
               run(redan, "verify", model, "--roots", folder / "leaf.pem", "--signature", folder / "theirs-certificate-files.sig"))
        print(f"{failures} failures")
        sys.exit(bool(failures))


if __name__ == "__main__":
    main()
