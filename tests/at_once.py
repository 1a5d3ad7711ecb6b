"""Things that happen at the same time, each in a thread and with a database connection of its own."""

import threading
from collections.abc import Callable

from django.db import connection


def at_once(*writes: Callable[[], object]) -> list[BaseException]:
    """Do several things at the same time, and give what was refused."""
    refused: list[BaseException] = []
    barrier = threading.Barrier(len(writes))

    def run(write: Callable[[], object]) -> None:
        try:
            barrier.wait()
            write()
        except BaseException as problem:
            refused.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[write]) for write in writes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused
