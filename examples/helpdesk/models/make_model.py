"""Writes `router.pkl`, the stand-in for a model that somebody downloaded: loading it runs a command.

    python3 models/make_model.py

The command only prints a line. The file is not stored in the repository.
"""

import os
import pathlib
import pickle


class Router:
    """Pretends to be a trained classifier."""

    def __reduce__(self):
        return os.system, ("echo the pickle ran a command",)


if __name__ == "__main__":
    pathlib.Path(__file__).with_name("router.pkl").write_bytes(pickle.dumps(Router()))
