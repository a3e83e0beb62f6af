"""Sets Balad up once, then starts it, or the words after it: test, bench, soak, lock, bundle, or any balad command.

It needs the standard library alone, on Python 3.11 to 3.13.
"""

import subprocess
import sys

SUITES = ("test", "bench", "soak", "lock", "words", "pictures", "bundle")


def main(words):
    """Run the words in the program's own environment; the exit code is theirs."""
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        print(f"Balad needs Python 3.11, 3.12 or 3.13; this is {sys.version.split()[0]}.", file=sys.stderr)
        return 2
    from tools import environment

    python = environment.ready(for_tests=bool(words) and words[0] in SUITES)
    if words and words[0] in SUITES:
        run = [str(python), "-m", f"tools.{words[0]}", *words[1:]]
    else:
        run = [str(python), "-m", "twin.cli", *(words or ["start"])]
    return subprocess.call(run, env=environment.variables())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
