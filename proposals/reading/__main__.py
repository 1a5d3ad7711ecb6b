"""What runs in a process of its own for :mod:`proposals.reading.isolated`: `python -m proposals.reading lines NAME`.

The document is read from standard input. `images` draws the pages of a PDF instead.
"""

import json
import os
import sys
from collections.abc import Sequence
from typing import BinaryIO

from proposals.reading.isolated import EXIT_NO_MEMORY, EXIT_UNREADABLE, HEADER, Part
from proposals.reading.lines import UnreadableDocumentError, lines_to_json
from proposals.reading.pdf import page_images
from proposals.reading.read import read


def main(arguments: Sequence[str]) -> int:
    """Answer on standard output, where nothing else may write, and give the exit code."""
    with os.fdopen(os.dup(1), "wb") as answer, open(os.devnull, "wb") as nowhere:  # noqa: PTH123
        os.dup2(nowhere.fileno(), 1)
        try:
            content = sys.stdin.buffer.read()
            if list(arguments) == ["images"]:
                for image in page_images(content):
                    _send(answer, Part.IMAGE, image)
            else:
                _, name = arguments
                lines = read(content, name, progress=lambda *pages: _send_json(answer, Part.PROGRESS, list(pages)))
                _send_json(answer, Part.LINES, lines_to_json(lines))
        except UnreadableDocumentError as error:
            _send_json(answer, Part.PROBLEM, [error.message, error.line])
            return EXIT_UNREADABLE
        except MemoryError:
            return EXIT_NO_MEMORY
    return 0


def _send(answer: BinaryIO, part: Part, content: bytes) -> None:
    answer.write(HEADER.pack(part.value, len(content)))
    answer.write(content)
    answer.flush()


def _send_json(answer: BinaryIO, part: Part, content: object) -> None:
    _send(answer, part, json.dumps(content, ensure_ascii=False).encode())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
