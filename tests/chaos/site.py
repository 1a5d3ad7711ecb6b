"""The application as processes of its own, which are killed and started again."""

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

import psutil

from tests.browser.server import PYTHON, ROOT, SERVE, SET_UP, wait_for_port

#: What an installation of one's own sets, and what must not reach ours.
STRANGE = (
    *("PGOPTIONS", "EMBEDDED_POSTGRES_SOCKET", "EXAMPLE", "DEBUG", "OIDC_SERVER", "EMAIL_HOST", "SITE_ADDRESS", "HOST"),
    *("REPLICA_URLS", "ALLOWED_HOSTS", "TRUST_PROXY", "PAGE_CACHE_MB", "FRONT_SECONDS", "SESSION_MINUTES"),
    *("DATABASE_CONNECT_SECONDS", "DATABASE_STATEMENT_SECONDS", "DATABASE_LOCK_SECONDS", "DATABASE_IDLE_SECONDS"),
    "DATABASE_SETS_LIMITS",
)


def environment_of(url: str, data_dir: Path, port: int, **further: str) -> dict[str, str]:
    """Give the environment of a site with a database."""
    kept = {name: value for name, value in os.environ.items() if name not in STRANGE}
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": "config.settings",
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
        self.port = int(environment["PORT"])
        self.address = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen | None = None

    def start(self, *, wait: bool = True) -> None:
        """Start it as `manage.py run` does, without what it prepares first."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*PYTHON, "-c", f"{SET_UP}\n{SERVE}"],
                env=self.environment,
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        if wait:
            wait_for_port(self.port, self.process, 120)

    def kill(self) -> None:
        """End all of it at once, with a signal that cannot be caught; the workers also where the main one is dead."""
        if self.process:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(20)
            self.process = None

    def kill_workers(self, count: int = 1) -> None:
        """End some of the processes that answer; the main one is to start others."""
        for worker in psutil.Process(self.process.pid).children()[-count:]:
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
        """Wait until a page is answered so, and give how long it took.

        :raises RuntimeError: if the application ends first, or takes too long.
        """
        began = time.monotonic()
        while (found := self.status(path)) != status:
            if self.process is None or self.process.poll() is not None or time.monotonic() - began > seconds:
                raise RuntimeError(f"{path} answers {found} and not {status}; see {self.log}")
            time.sleep(0.05)
        return time.monotonic() - began
