"""Counts: what was found of what is there, and what was said of what is not."""

from __future__ import annotations

from dataclasses import dataclass

# The gold labels of presidio-research and what each tool calls the same thing.
ENTITIES = {
    "EMAIL_ADDRESS": {"EMAIL_ADDRESS"},
    "CREDIT_CARD": {"CREDIT_CARD"},
    "IBAN_CODE": {"IBAN_CODE"},
    "US_SSN": {"US_SSN"},
    "IP_ADDRESS": {"IP_ADDRESS"},
    "DOMAIN_NAME": {"URL", "DOMAIN_NAME"},
    "PHONE_NUMBER": {"PHONE_NUMBER"},
    "DATE_TIME": {"DATE_TIME"},
    "US_DRIVER_LICENSE": {"US_DRIVER_LICENSE"},
    "ZIP_CODE": {"ZIP_CODE", "US_ZIP_CODE"},
    "AGE": {"AGE"},
    "NRP": {"NRP"},
    "TITLE": {"TITLE"},
    "PERSON": {"PERSON"},
    "STREET_ADDRESS": {"STREET_ADDRESS", "ADDRESS", "LOCATION"},
    "GPE": {"LOCATION", "GPE"},
    "ORGANIZATION": {"ORGANIZATION"},
}


@dataclass
class Count:
    """True and false positives and what was missed."""

    hit: int = 0
    missed: int = 0
    wrong: int = 0

    @property
    def recall(self) -> float:
        return self.hit / (self.hit + self.missed) if self.hit + self.missed else float("nan")

    @property
    def precision(self) -> float:
        return self.hit_found / (self.hit_found + self.wrong) if self.hit_found + self.wrong else float("nan")

    hit_found: int = 0


def overlaps(a: tuple[int, int], b: tuple[int, int]) -> bool:
    return a[0] < b[1] and b[0] < a[1]


def entity(gold: str, records: list[dict], found: dict[str, list[dict]]) -> Count:
    """Spans of one gold label against detections of the same kind; any overlap counts."""
    names = ENTITIES[gold]
    count = Count()
    for record in records:
        spans = [(start, end) for start, end, label in record.get("spans", []) if label == gold]
        mine = [span_of(d) for d in found.get(str(record["id"]), []) if d["kind"] in names]
        count.hit += sum(any(overlaps(span, other) for other in mine) for span in spans)
        count.missed += sum(not any(overlaps(span, other) for other in mine) for span in spans)
        # A place in an address and an address at a place are both right.
        others = spans + [(s, e) for s, e, label in record.get("spans", []) if ENTITIES.get(label, set()) & names]
        count.hit_found += sum(any(overlaps(span, other) for span in others) for other in mine)
        count.wrong += sum(not any(overlaps(span, other) for span in others) for other in mine)
    return count


def span_of(detection: dict) -> tuple[int, int]:
    """In characters, as the gold spans are."""
    return detection.get("char_start", detection["start"]), detection.get("char_end", detection["end"])


def binary(records: list[dict], flagged: set[str]) -> Count:
    """Records with label 1 against those that were flagged."""
    count = Count()
    for record in records:
        hit = str(record["id"]) in flagged
        if record["label"]:
            count.hit += hit
            count.hit_found += hit
            count.missed += not hit
        else:
            count.wrong += hit
    return count


def percent(share: float) -> str:
    return "–" if share != share else f"{100 * share:.1f} %"
