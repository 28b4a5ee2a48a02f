"""Scans one file with the library of fickling, whose command line does not open archives.

Run by the benchmark with the Python of fickling's environment. Exit code 1: an analysis rates a
pickle above "likely safe"; 2: it cannot be read as a pickle or an archive of pickles; 0 otherwise.
"""

from __future__ import annotations

import sys
import zipfile


def main(path: str) -> int:
    from fickling.analysis import Severity
    from fickling.loader import scan_file, scan_zip_archive

    if zipfile.is_zipfile(path):
        found = list(scan_zip_archive(path, graceful=True).values())
    else:
        found = [scan_file(path, graceful=True)]
    analyses = [analysis for result in found for analysis in result.results]
    if any(analysis.severity > Severity.LIKELY_SAFE for analysis in analyses):
        return 1
    return 2 if any(result.errors for result in found) or not analyses else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: fickling_scan.py FILE")
    try:
        code = main(sys.argv[1])
    except Exception as error:  # an uncaught error would exit with 1, which here means flagged
        print(f"error: {error}", file=sys.stderr)
        code = 2
    sys.exit(code)
