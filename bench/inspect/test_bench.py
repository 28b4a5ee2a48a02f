"""Checks of the benchmark's own parts: `python3 -m unittest discover -s bench/inspect`."""

import unittest

import links
import samples
import score


class Score(unittest.TestCase):
    def test_overlap_counts_once_a_span(self) -> None:
        records = [{"id": 1, "spans": [[0, 5, "US_SSN"], [10, 15, "US_SSN"]]}]
        found = {"1": [{"kind": "US_SSN", "start": 4, "end": 8}, {"kind": "US_SSN", "start": 20, "end": 25}]}
        count = score.entity("US_SSN", records, found)
        self.assertEqual((count.hit, count.missed, count.wrong), (1, 1, 1))
        self.assertEqual((count.recall, count.precision), (0.5, 0.5))

    def test_labels_against_flags(self) -> None:
        records = [{"id": "a", "label": 1}, {"id": "b", "label": 1}, {"id": "c", "label": 0}]
        count = score.binary(records, {"a", "c"})
        self.assertEqual((count.hit, count.missed, count.wrong), (1, 1, 1))


class Samples(unittest.TestCase):
    def test_the_same_each_time_and_of_both_labels(self) -> None:
        records = samples.secret_records(2)
        self.assertEqual(records, samples.secret_records(2))
        self.assertEqual({record["label"] for record in records}, {0, 1})
        self.assertEqual(len({record["id"] for record in records}), len(records))

    def test_links_of_both_labels(self) -> None:
        records = links.records()
        self.assertEqual(records, links.records())
        self.assertEqual({record["label"] for record in records}, {0, 1})

    def test_checksum_of_a_token(self) -> None:
        # From the published description of the form: six base-62 digits of CRC-32 over the body.
        self.assertEqual(samples._base62(62 * 62 + 1, 6), "000101")


if __name__ == "__main__":
    unittest.main()
