"""CPU of `redan scan` against the fastest peer, in pairs, file by file.

python3 bench/models/pairs.py --redan target/release/redan --peer ~/venv/bin/fickling FILE...

Both programs are started in turn with `posix_spawn` and measured with `wait4` (user plus system time of the whole
process); printed are the medians and how many times less Redan takes. What else runs on the machine costs a short
process more than a long one: use an idle one.
"""

import argparse
import os
import statistics
import tempfile

RUNS = 9


def cpu(argv: list[str]) -> float:
    """Seconds of user and system time of one process."""
    quiet = [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_WRONLY, 0) for fd in (1, 2)]
    pid = os.posix_spawn(argv[0], argv, os.environ, file_actions=quiet)
    _, _, used = os.wait4(pid, 0)
    return used.ru_utime + used.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--redan", required=True)
    parser.add_argument("--peer", required=True, help="fickling's own command")
    parser.add_argument("files", nargs="+")
    args = parser.parse_args()
    redan, peer = os.path.abspath(args.redan), os.path.abspath(args.peer)
    files = [os.path.abspath(file) for file in args.files]
    # A folder without configuration, and one into which a peer may write its results.
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        ratios = []
        print("| file | fickling ms | redan ms | times less |\n|---|---|---|---|")
        for file in files:
            ours, theirs = [], []
            for _ in range(RUNS):
                ours.append(cpu([redan, "scan", file, "-q"]))
                theirs.append(cpu([peer, "--check-safety", file]))
            ours, theirs = statistics.median(ours) * 1e3, statistics.median(theirs) * 1e3
            ratios.append(theirs / ours)
            print(f"| {os.path.basename(file)} | {theirs:.0f} | {ours:.2f} | {ratios[-1]:.1f} |", flush=True)
        print(f"\nleast {min(ratios):.1f}, median {statistics.median(ratios):.1f}, most {max(ratios):.1f}")


if __name__ == "__main__":
    main()
