"""Print how well the import or the search does what it is for: `make eval-import`, `make eval-search`."""

import sys
from collections.abc import Callable, Iterator

from tests.evaluation import FAILED, alignment, goals, searching

#: Each section gives the lines that it prints.
SECTIONS: dict[str, list[Callable[[], Iterator[str]]]] = {
    "import": [goals.report, alignment.report],
    "search": [searching.report],
}


def main(of: str) -> int:
    """Print every section of what is measured; the exit code is 1 where one of them failed."""
    failed = False
    for section in SECTIONS[of]:
        for line in section():
            print(line)
            failed = failed or line.startswith(FAILED)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
