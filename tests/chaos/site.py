"""The application as processes of its own, which are killed and started again."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
PYTHON = [sys.executable, "-W", "ignore"]
#: What an installation of one's own sets, and what must not reach ours.
STRANGE = ("PGOPTIONS", "EMBEDDED_POSTGRES_SOCKET", "EXAMPLE", "DEBUG", "OIDC_SERVER", "EMAIL_HOST", "SITE_ADDRESS")


def environment_of(url: str, data_dir: Path, port: int, **further: str) -> dict[str, str]:
    """Give the environment of a site with a database."""
    kept = {name: value for name, value in os.environ.items() if name not in STRANGE}
    return {
        **kept,
        "DATABASE_URL": url,
        "DATA_DIR": str(data_dir),
        "PORT": str(port),
        "HTTPS": "off",
        "SECRET_KEY": "only-for-this-site-that-is-killed-again-and-again",
        **further,
    }


def run(environment: dict[str, str], *arguments: str, seconds: float = 300) -> str:
    """Run a Python module or program of ours, and give what it says."""
    done = subprocess.run(
        [*PYTHON, *arguments], env=environment, cwd=ROOT, capture_output=True, text=True, check=False, timeout=seconds
    )
    if done.returncode:
        raise RuntimeError(f"{arguments}: {done.stderr[-1500:]}")
    return done.stdout


class Site:
    """The application, all of its processes in one group."""

    def __init__(self, environment: dict[str, str], log: Path):
        self.environment, self.log = environment, log
        self.address = f"http://127.0.0.1:{environment['PORT']}"
        self.process: subprocess.Popen | None = None

    def start(self, *, wait: bool = True) -> None:
        """Start it."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*PYTHON, "-m", "tests.chaos.serve"],
                env=self.environment,
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        if wait:
            self.wait_for("/robots.txt")

    def kill(self) -> None:
        """End all of it at once, with a signal that cannot be caught."""
        if self.process and self.process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(20)

    def kill_workers(self, count: int = 1) -> None:
        """End some of the processes that answer; the main one is to start others."""
        workers = [child for child in psutil.Process(self.process.pid).children() if "resource" not in child.name()]
        for worker in workers[-count:]:
            worker.kill()

    def status(self, path: str = "/", seconds: float = 30) -> int:
        """Ask for a page, and give the status of the answer; 0 is none."""
        try:
            with urllib.request.urlopen(f"{self.address}{path}", timeout=seconds) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def wait_for(self, path: str = "/", status: int = 200, seconds: float = 90) -> float:
        """Wait until a page is answered so, and give how long it took."""
        began = time.monotonic()
        while (found := self.status(path)) != status:
            if time.monotonic() - began > seconds:
                raise RuntimeError(f"{path} answers {found} and not {status}; see {self.log}")
            time.sleep(0.05)
        return time.monotonic() - began
