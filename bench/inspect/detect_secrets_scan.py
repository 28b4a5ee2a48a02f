"""detect-secrets on JSONL records: each text as a file of its own, as the tool is meant to be used.

Reads records {id, text} and writes {id, detections: [{kind, line}]}. Its line-by-line mode flags every
English word, so it is not used.
"""

import json
import os
import sys
import tempfile

from detect_secrets import SecretsCollection
from detect_secrets.settings import default_settings


def main() -> None:
    source, target = sys.argv[1], sys.argv[2]
    with tempfile.TemporaryDirectory() as folder, default_settings():
        name = os.path.join(folder, "text.py")
        with open(source, encoding="utf-8") as lines, open(target, "w", encoding="utf-8") as out:
            for line in lines:
                record = json.loads(line)
                with open(name, "w", encoding="utf-8") as file:
                    file.write(record["text"])
                secrets = SecretsCollection()
                secrets.scan_file(name)
                detections = [{"kind": found.type, "line": found.line_number} for _, found in secrets]
                out.write(json.dumps({"id": record["id"], "detections": detections}) + "\n")


if __name__ == "__main__":
    main()
