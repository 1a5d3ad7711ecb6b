"""A PostgreSQL of our own to be killed, frozen and filled, made of the embedded wheel's programs."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg

from config import embedded


class Cluster:
    """A server on a Unix socket in a folder of its own. The folder is for the user who may run PostgreSQL."""

    def __init__(self, folder: Path, *arguments: str, environment: dict[str, str] | None = None, **settings: str):
        self.folder, self.data = folder, folder / "data"
        self.environment = {**os.environ, **(environment or {})}
        self.environment.pop("PGOPTIONS", None)
        self.data.mkdir(parents=True, exist_ok=True)
        self.own(folder, self.data)
        self.call("initdb", "-D", ".", "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", *arguments)
        wanted = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.data),
            "log_min_messages": "warning",
            **settings,
        }
        with (self.data / "postgresql.conf").open("a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in wanted.items())

    @staticmethod
    def own(*folders: Path) -> None:
        """Give folders to the one who runs the server."""
        for folder in folders:
            folder.chmod(0o700)
            if os.geteuid() == 0:
                user = embedded._user_for_root()
                os.chown(folder, user.pw_uid, user.pw_gid)

    def call(self, program: str, *arguments: str, check: bool = True) -> int:
        """Run one of PostgreSQL's programs as the one who runs the server."""
        user = embedded._user_for_root() if os.geteuid() == 0 else None
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(
                [str(embedded._programs() / program), *arguments],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                user=user.pw_uid if user else None,
                group=user.pw_gid if user else None,
                extra_groups=[] if user else None,
                cwd=self.data,
                check=False,
            )
            output.seek(0)
            if check and done.returncode:
                raise RuntimeError(f"{program}: {output.read().decode(errors='replace')[-600:]}")
        return done.returncode

    def url(self, name: str = "postgres") -> str:
        """Give the address of a database."""
        return f"postgresql://postgres@{quote(str(self.data), safe='')}/{name}"

    def connect(self, name: str = "postgres") -> psycopg.Connection:
        """Connect to a database, as soon as that can be done."""
        return soon(lambda: psycopg.connect(self.url(name), autocommit=True, connect_timeout=5))

    def start(self) -> None:
        """Start the server; after a kill its last children may have to end first."""
        soon(lambda: self.call("pg_ctl", "-D", ".", "-w", "-t", "60", "-l", "log", "start"))

    def stop(self) -> None:
        """Stop it, frozen or not."""
        self.thaw()
        self.call("pg_ctl", "-D", ".", "-w", "-m", "immediate", "stop", check=False)

    def restart_at_once(self) -> None:
        """Restart it as an administrator in a hurry does: without a checkpoint, in the middle of everything."""
        self.call("pg_ctl", "-D", ".", "-w", "-m", "immediate", "-l", "log", "restart")

    def kill(self) -> None:
        """End the postmaster with a signal that it cannot catch; its children notice and end."""
        processes = self.processes()
        with suppress(psutil.Error, IndexError):
            processes[0].kill()
        psutil.wait_procs(processes, timeout=30)

    def freeze(self) -> None:
        """Let all of the server stand still, as it does when its disk does not answer."""
        self.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self.signal(signal.SIGCONT)

    def signal(self, sign: signal.Signals) -> None:
        """Send a signal to all of its processes, of which some may end meanwhile."""
        for process in self.processes():
            with suppress(psutil.Error):
                process.send_signal(sign)

    def processes(self) -> list[psutil.Process]:
        """Give the server's processes, the postmaster first."""
        try:
            postmaster = psutil.Process(int((self.data / "postmaster.pid").read_text().split()[0]))
            return [postmaster, *postmaster.children(recursive=True)]
        except (OSError, ValueError, IndexError, psutil.Error):
            return []

    def remove(self) -> None:
        """Stop it and take its data away."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def soon(ask: Callable, seconds: float = 60) -> object:
    """Ask until something works, and give what it gives."""
    ends = time.monotonic() + seconds
    while True:
        try:
            return ask()
        except (RuntimeError, OSError, psycopg.Error):
            if time.monotonic() > ends:
                raise
            time.sleep(0.1)
