"""LLM Guard's scanners that need no model, on JSONL records: InvisibleText and Secrets.

Reads records {id, text} and writes {id, detections: [{kind}]}.
"""

import json
import logging
import sys


def main() -> None:
    logging.disable(logging.CRITICAL)
    from llm_guard.input_scanners import InvisibleText, Secrets

    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    source, target, which = sys.argv[1:4]
    scanner = InvisibleText() if which == "invisible" else Secrets()
    with open(source, encoding="utf-8") as lines, open(target, "w", encoding="utf-8") as out:
        for line in lines:
            record = json.loads(line)
            _, valid, _ = scanner.scan(record["text"])
            detections = [] if valid else [{"kind": which}]
            out.write(json.dumps({"id": record["id"], "detections": detections}) + "\n")


if __name__ == "__main__":
    main()
