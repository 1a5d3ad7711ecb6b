"""Attack a site of its own for some minutes, and print what it could not answer: `make fuzz MINUTES=60`."""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

NAME = "fuzz_namndkollen"
SECRET = "only-for-this-test-server-and-no-other"  # noqa: S105 - of no server that others reach


def main(minutes: float, first_seed: int) -> int:
    """Serve, attack, end what was started; the exit code is 1 where anything broke, or nothing was met."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.update(SECRET_KEY=SECRET, HTTPS="off")
    from config import embedded

    if embedded.is_needed(["fuzz"]):
        embedded.start()
    import django

    django.setup()
    from django.db import connection

    from tests.browser.server import ROOT, free_port, furnished, wait_for
    from tests.fuzz.answers import Answers
    from tests.fuzz.api import ask_the_api
    from tests.fuzz.attack import Attack

    signal.signal(signal.SIGTERM, _stop)
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder, furnished(NAME, Path(folder)) as environment:
        connection.settings_dict["NAME"] = NAME
        port = free_port()
        site = f"http://127.0.0.1:{port}"
        log = Path(folder, "server.log")
        # A proxy is trusted, so that each request can come from another place and no limit on how often is met.
        served = {**environment, "PORT": str(port), "TRUST_PROXY": "on", "PACE": "off", "LOG_FORMAT": "json"}
        with log.open("wb") as errors:
            process = subprocess.Popen(
                [sys.executable, "manage.py", "run"], env=served, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=errors
            )
        answers = Answers(log)
        try:
            wait_for(f"{site}/om/", process, seconds=240)
            print(f"Attacking {site} for {minutes:g} minutes, seed {first_seed}", flush=True)
            _attack(Attack(site, answers), ask_the_api, site, answers, minutes, first_seed)
        except KeyboardInterrupt:
            print("Stopped.")
        finally:
            process.terminate()
            process.wait(30)
            connection.close()
        print(answers.summary(), flush=True)
    return int(not answers.is_well)


def _attack(attack: Any, ask_the_api: Any, site: str, answers: Any, minutes: float, first_seed: int) -> None:
    """Ask for pages and forms for a tenth of the time, then the API, and over again."""
    ends = time.monotonic() + 60 * minutes
    turn = 0
    while time.monotonic() < ends:
        attack.run(min(ends, time.monotonic() + max(20, 6 * minutes)), first_seed + 1000 * turn)
        ask_the_api(site, answers, ends, first_seed + turn)
        turn += 1
        print(answers.summary().splitlines()[0], flush=True)


def _stop(*_: Any) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(10**6)))
