"""The door of the program: `custcli` and `python -m custcli`."""

import os
import sys


def main() -> None:
    """Run the command line and leave with its exit code (cli.md 3)."""
    os.umask(0o077)  # whatever is written may hold personal data: nobody else reads it, from the first byte
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # more would only wait for each other: no matrix here is large
    try:
        from custcli.app import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)


if __name__ == "__main__":
    main()
