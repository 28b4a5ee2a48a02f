"""Trains the router on tickets and writes `router.onnx`, a file that holds data only.

    python3 models/make_model.py tickets.csv
"""

import csv
import pathlib
import sys

from skl2onnx import to_onnx
from skl2onnx.common.data_types import StringTensorType
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

if __name__ == "__main__":
    with open(sys.argv[1], newline="") as file:
        rows = list(csv.DictReader(file))
    model = make_pipeline(TfidfVectorizer(), LogisticRegression())
    model.fit([row["text"] for row in rows], [row["team"] for row in rows])
    onnx = to_onnx(model, initial_types=[("text", StringTensorType([None, 1]))])
    pathlib.Path(__file__).with_name("router.onnx").write_bytes(onnx.SerializeToString())
