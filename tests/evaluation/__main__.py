"""Print how well documents are read and goals are suggested: `make eval-import`."""

import sys
from collections.abc import Callable, Iterator

from tests.evaluation import FAILED, alignment, goals

#: Each section gives the lines that it prints.
SECTIONS: list[Callable[[], Iterator[str]]] = [goals.report, alignment.report]


def main() -> int:
    """Print every section; the exit code is 1 where one of them failed."""
    failed = False
    for section in SECTIONS:
        for line in section():
            print(line)
            failed = failed or line.startswith(FAILED)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
