"""Reading a document in a process of its own, so that a bad one can cost neither memory, time nor the site's life.

The process has no Django, no database and no environment; it may use a bounded amount of memory and time, and can write
no file. The document comes on its standard input, and on its standard output it answers in parts: a letter for what the
part is, its length, and its bytes. Whatever becomes of it, the caller gets an answer or an
:class:`UnreadableDocumentError`.
"""

import json
import logging
import os
import signal
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from proposals.reading import limits
from proposals.reading.lines import Line, UnreadableDocumentError, lines_from_json
from proposals.reading.read import Progress, hold_file_within_limits

ROOT = Path(__file__).resolve().parents[2]

TOO_HEAVY = "dokumentet är för stort eller för sammansatt för att läsas; dela upp det eller klistra in texten"
TOO_SLOW = "det tog för lång tid att läsa dokumentet; dela upp det eller klistra in texten"
CRASHED = "dokumentet gick inte att läsa; spara det på nytt i programmet det skrevs i, eller klistra in texten"

#: How the process ends when it has said that the document cannot be read, and when it had no memory left.
EXIT_UNREADABLE = 65
EXIT_NO_MEMORY = 71

HEADER = struct.Struct(">cI")

logger = logging.getLogger(__name__)


class Part(Enum):
    """What a part of the answer is."""

    PROGRESS = b"p"
    LINES = b"l"
    IMAGE = b"i"
    PROBLEM = b"e"


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the process may use: bytes of memory, seconds of computing, and seconds by the clock."""

    memory: int = limits.MEMORY
    computing: int = limits.COMPUTING_SECONDS
    clock: int = limits.CLOCK_SECONDS


def read_isolated(
    content: bytes, name: str, *, progress: Progress | None = None, bounds: Bounds | None = None
) -> list[Line]:
    """Read a document as :func:`proposals.reading.read` does, in a process of its own.

    :raises UnreadableDocumentError: if it cannot be read, or its reading takes too much.
    """
    lines: list[Line] = []
    with closing(_answer(["lines", name], content, bounds or Bounds())) as parts:
        for part, found in parts:
            if part is Part.PROGRESS and progress:
                progress(*json.loads(found))
            elif part is Part.LINES:
                lines = lines_from_json(json.loads(found))
    return lines


def page_images_isolated(content: bytes, *, bounds: Bounds | None = None) -> Iterator[bytes]:
    """Draw the pages of a PDF as PNG images, one at a time, in a process of its own.

    :raises UnreadableDocumentError: if it cannot be drawn, or its drawing takes too much.
    """
    with closing(_answer(["images"], content, bounds or Bounds())) as parts:
        for part, found in parts:
            if part is Part.IMAGE:
                yield found


# The process bounds itself before it imports anything that reads: a function that is called between fork and exec
# could hang in a server that has threads. macOS refuses to bound memory; there the clock and the computing still hold.
_START = """
import resource, sys
root, memory, computing = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
resource.setrlimit(resource.RLIMIT_CPU, (computing, computing + 1))
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
try:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
except ValueError:
    if sys.platform != 'darwin':
        raise
sys.path.insert(0, root)
from proposals.reading.__main__ import main
sys.exit(main(sys.argv[4:]))
"""


def _answer(arguments: list[str], content: bytes, bounds: Bounds) -> Generator[tuple[Part, bytes]]:
    """Start the process and give the parts of its answer.

    :raises UnreadableDocumentError: with what it says of the document, or what became of it.
    """
    hold_file_within_limits(content)
    with tempfile.TemporaryFile() as document:
        document.write(content)
        document.seek(0)
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-I", "-c", _START, str(ROOT), str(bounds.memory), str(bounds.computing), *arguments],
            stdin=document,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
            cwd="/",
            start_new_session=True,
        )
    late = threading.Event()

    def stop() -> None:
        late.set()
        process.kill()

    timer = threading.Timer(bounds.clock, stop)
    timer.daemon = True
    timer.start()
    try:
        yield from _parts(process)
        code = process.wait()
    finally:
        timer.cancel()
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()
    if code != 0:
        logger.warning("reading a document (%s) ended with %s", arguments[0], code)
        raise UnreadableDocumentError(_what_became_of_it(code, late=late.is_set()))


def _parts(process: subprocess.Popen[bytes]) -> Iterator[tuple[Part, bytes]]:
    """Take the answer apart; one that breaks off has no more parts.

    :raises UnreadableDocumentError: if it says that the document cannot be read, or is too large.
    """
    pipe = process.stdout
    while pipe and len(header := pipe.read(HEADER.size)) == HEADER.size:
        letter, length = HEADER.unpack(header)
        if length > limits.LARGEST_ANSWER:
            raise UnreadableDocumentError(TOO_HEAVY)
        found = pipe.read(length)
        if len(found) < length:
            return
        if Part(letter) is Part.PROBLEM:
            message, line = json.loads(found)
            raise UnreadableDocumentError(message, line)
        yield Part(letter), found


def _what_became_of_it(code: int, *, late: bool) -> str:
    """Say in Swedish why the process ended as it did."""
    if late or code == -signal.SIGXCPU:
        return TOO_SLOW
    return TOO_HEAVY if code in (EXIT_NO_MEMORY, -signal.SIGKILL) else CRASHED
