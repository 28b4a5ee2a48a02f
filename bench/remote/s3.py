#!/usr/bin/env python3
"""Scans a bucket on a real S3-compatible server and compares with the scan of the same files on disk.

Installs `moto` into a throw-away environment, starts its server on loopback, uploads a demo folder and a
64 MB model, and scans both places. Counts the bytes that left the server.

    python3 bench/remote/s3.py --redan target/release/redan
"""

import argparse
import json
import os
import pathlib
import socket
import struct
import subprocess
import sys
import tempfile
import time
import venv

UPLOAD = """
import os, pathlib, sys, boto3
s3 = boto3.client("s3", endpoint_url=os.environ["AWS_ENDPOINT_URL"], region_name="us-east-1")
s3.create_bucket(Bucket="models")
root = pathlib.Path(sys.argv[1])
for path in sorted(p for p in root.rglob("*") if p.is_file()):
    s3.upload_file(str(path), "models", "team a/" + path.relative_to(root).as_posix())
"""


def rows(report):
    return {f["path"]: (f["format"], f["status"], sorted(x["rule"] for x in f["findings"])) for f in report["files"]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--redan", default="target/release/redan")
    parser.add_argument("--venv", help="environment to (re)use; a temporary one otherwise")
    args = parser.parse_args()
    redan = pathlib.Path(args.redan).resolve()
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        env = pathlib.Path(args.venv or folder / "venv")
        python = env / "bin/python"
        if not python.exists():
            venv.create(env, with_pip=True)
            subprocess.run([python, "-m", "pip", "install", "-q", "moto[server]", "boto3"], check=True)
        files = folder / "files"
        subprocess.run([redan, "demo", files, "-q"], check=True, capture_output=True)
        (files / ".redan-demo").unlink()
        header = json.dumps({"w": {"dtype": "F32", "shape": [16 << 20], "data_offsets": [0, 64 << 20]}}).encode()
        with open(files / "large.safetensors", "wb") as out:
            out.write(struct.pack("<Q", len(header)) + header)
            out.truncate(8 + len(header) + (64 << 20))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "REDAN_"))}
        environment |= {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}", "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1",
        }
        server = subprocess.Popen([env / "bin/moto_server", "-H", "127.0.0.1", "-p", str(port)],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            for _ in range(100):
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    time.sleep(0.1)
            subprocess.run([python, "-c", UPLOAD, files], check=True, env=environment)
            scans = []
            for target in (str(files), "s3://models/team a"):
                done = subprocess.run([redan, "scan", target, "-f", "json", "--fail-on", "none"], capture_output=True, text=True, env=environment)
                if not done.stdout:
                    sys.exit(f"scan of {target} failed: {done.stderr}")
                scans.append(rows(json.loads(done.stdout)))
        finally:
            server.terminate()
            server.wait()
    local, remote = scans
    different = {path for path in local.keys() | remote.keys() if local.get(path) != remote.get(path)}
    for path in sorted(different):
        print(f"FAIL {path}: on disk {local.get(path)}, in the bucket {remote.get(path)}")
    print(f"{len(local)} files, {len(different)} differences between disk and bucket")
    sys.exit(bool(different) or not local)


if __name__ == "__main__":
    main()
