"""The site that is measured: a database of its own, servers as `manage.py run` starts them, and nginx in front."""

import atexit
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.server import free_port, serving

if TYPE_CHECKING:
    from proposals.models import PlanYear

#: What would have another site measured than the one that is told of.
OTHERS = (
    "DATABASE_URL",
    "REPLICA_URLS",
    "DEBUG",
    "EMBEDDED_POSTGRES_SOCKET",
    "HTTPS",
    "HOST",
    "WORKERS",
    "PAGE_CACHE_MB",
    "TRUST_PROXY",
)


@dataclass(frozen=True, slots=True)
class Site:
    """Where things answer: the site with its page cache, without it, and nginx with and without TLS."""

    cached: str
    uncached: str
    front: str
    front_tls: str
    folder: Path

    def static(self, name: str, content: bytes) -> str:
        """Put a file among those that nginx gives out, and give its path."""
        (self.folder / "static" / name).write_bytes(content)
        return f"/static/{name}"


def begin() -> Path:
    """Start an embedded PostgreSQL of our own, with nothing in it but the tables, and give the folder that it lies in.

    However this process ends, it is stopped, and the folder is gone.
    """
    folder = Path(tempfile.mkdtemp(prefix="namndkollen-bench-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for other in OTHERS:
        os.environ.pop(other, None)
    own = {"DATA_DIR": str(folder), "EXAMPLE": "no", "PACE": "off", "SECRET_KEY": secrets.token_urlsafe(50)}
    os.environ.update(own, DJANGO_SETTINGS_MODULE="tests.bench.settings")
    from config import embedded

    embedded.start()
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    return folder


@contextmanager
def served(folder: Path) -> Iterator[Site]:
    """Serve the database with two processes each, with and without the page cache, and put nginx in front."""
    from config import static
    from tests.nginx import in_front

    static.collect()
    with ExitStack() as stack:
        ports = {}
        for megabytes in ("64", "0"):
            ports[megabytes] = free_port()
            environment = {**os.environ, "PAGE_CACHE_MB": megabytes, "PORT": str(ports[megabytes])}
            stack.enter_context(serving(environment))
        plain = free_port()
        (folder / "nginx").mkdir()
        front = stack.enter_context(
            in_front(folder / "nginx", ports["64"], folder / "static", listen=f"listen 127.0.0.1:{plain};")
        )
        yield Site(
            cached=f"http://127.0.0.1:{ports['64']}",
            uncached=f"http://127.0.0.1:{ports['0']}",
            front=f"http://127.0.0.1:{plain}",
            front_tls=f"https://127.0.0.1:{front.https}",
            folder=folder,
        )


@dataclass(frozen=True, slots=True)
class Writers:
    """Secretaries that report statuses at a time: each with a session and a goal of their own."""

    plan_year: "PlanYear"
    file: Path
    sessions: tuple[str, ...]

    @classmethod
    def of(cls, plan_year: "PlanYear", folder: Path, number: int) -> "Writers":
        """Sign so many in."""
        from django.conf import settings
        from django.test import Client

        from tests.bench.plan_years import secretary

        sessions = []
        for _ in range(number):
            client = Client()
            client.force_login(secretary())
            sessions.append(client.cookies[settings.SESSION_COOKIE_NAME].value)
        return cls(plan_year, folder / "writers", tuple(sessions))

    def begin(self) -> Path:
        """Write down what each begins with: where it reports, its session, and the latest record that is there."""
        from django.urls import reverse

        from goals.models import Goal

        period = self.plan_year.periods.order_by("ends_on").last()
        goals = Goal.objects.filter(proposal__plan_year=self.plan_year).select_related("proposal__party").order_by("pk")
        lines = []
        for goal, session in zip(goals[: len(self.sessions)], self.sessions, strict=True):
            party = goal.proposal.party.slug
            path = reverse("judge", args=[*self.plan_year.address, period.slug, party, goal.number])
            latest = goal.status_updates.filter(period=period).order_by("-pk").first()
            lines.append(f"{path} {session} {latest.pk if latest else ''}\n")
        self.file.write_text("".join(lines))
        return self.file
