"""Presidio on JSONL records, pattern recognisers only unless a spaCy model is named.

Reads records {id, text} and writes {id, detections: [{kind, start, end, score}]}, offsets in characters.
Run with Presidio's own Python; `run.py` does.
"""

import json
import logging
import sys

import spacy
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine


class Blank(NlpEngine):
    """Tokens without a statistical model, so that pattern recognisers and context words work."""

    def __init__(self, model: str) -> None:
        self.nlp = spacy.load(model) if model else spacy.blank("en")

    def load(self) -> None:
        pass

    def is_loaded(self) -> bool:
        return True

    def get_supported_entities(self) -> list:
        return []

    def get_supported_languages(self) -> list:
        return ["en"]

    def is_stopword(self, word: str, language: str) -> bool:
        return self.nlp.vocab[word].is_stop

    def is_punct(self, word: str, language: str) -> bool:
        return self.nlp.vocab[word].is_punct

    def process_batch(self, texts, language, batch_size=1, n_process=1, **kwargs):
        for text in texts:
            yield text, self.process_text(text, language)

    def process_text(self, text: str, language: str) -> NlpArtifacts:
        doc = self.nlp(text)
        return NlpArtifacts(
            entities=[],
            tokens=doc,
            tokens_indices=[token.idx for token in doc],
            lemmas=[token.text.lower() for token in doc],
            nlp_engine=self,
            language=language,
        )


def main() -> None:
    source, target = sys.argv[1], sys.argv[2]
    model = sys.argv[3] if len(sys.argv) > 3 else ""
    logging.disable(logging.WARNING)
    registry = RecognizerRegistry()
    registry.load_predefined_recognizers(languages=["en"])
    registry.recognizers = [one for one in registry.recognizers if "Spacy" not in type(one).__name__ or model]
    engine = AnalyzerEngine(registry=registry, nlp_engine=Blank(model), supported_languages=["en"])
    with open(source, encoding="utf-8") as lines, open(target, "w", encoding="utf-8") as out:
        for line in lines:
            record = json.loads(line)
            found = engine.analyze(text=record["text"], language="en")
            detections = [{"kind": f.entity_type, "start": f.start, "end": f.end, "score": f.score} for f in found]
            out.write(json.dumps({"id": record["id"], "detections": detections}) + "\n")


if __name__ == "__main__":
    main()
