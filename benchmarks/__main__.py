"""What custcli costs, as ratios to a named reference in the same run: `python -m benchmarks [--scale 0.1] [NAME …]`.

CPU time of the whole process tree beyond the start-up of an empty `custcli list`; the reference is plain standard
library (or the library named), writing the same rows into the same table. Prints the table that the README shows.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks import cases
from benchmarks.clock import Result


def main() -> int:
    """Run the cases named, or all; exit code 1 where a goal is missed."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *cases.CASES], help="cases; all without")
    parser.add_argument("--scale", type=float, default=1.0, help="part of the full number of rows")
    options = parser.parse_args()
    results: list[Result] = []
    for name in options.names or cases.CASES:
        with tempfile.TemporaryDirectory(prefix="custcli-bench-") as folder:
            found = cases.CASES[name](Path(folder), options.scale)
        for result in found:
            results.append(result)
            print(result, file=sys.stderr, flush=True)
    print("| what | reference | ratio | goal | memory |\n|---|---|---|---|---|")
    for result in results:
        print(result.row())
    return int(any(not result.reached for result in results))


if __name__ == "__main__":
    sys.exit(main())
