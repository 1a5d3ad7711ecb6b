"""Try the site through PgBouncer, which lends its few connections out for one transaction at a time.

``python -m tests.scale.pgbouncer`` makes a PostgreSQL of its own, puts Debian's pgbouncer in front of it with two
connections to lend, and lets eight threads read and write through it. Nothing is left when it ends.
"""

import os
import secrets
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

THREADS, ROUNDS, LENT = 8, 5, 2
SETTINGS = """
[databases]
namndkollen = host={server} dbname=postgres user=postgres
[pgbouncer]
pool_mode = transaction
default_pool_size = {lent}
max_client_conn = 200
listen_addr =
unix_socket_dir = {folder}
listen_port = 6432
auth_type = any
logfile = {folder}/log
pidfile = {folder}/pid
"""


def main() -> int:
    """Try it, and tell what was answered; the exit code is 1 where something went wrong."""
    program = which("pgbouncer") or which("pgbouncer", path="/usr/sbin")
    if program is None:
        print("pgbouncer is not installed (Debian and Ubuntu: apt-get install pgbouncer).")
        return 1
    from config import embedded
    from tests.replicas.servers import make_cluster

    with TemporaryDirectory(prefix="nk-") as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o711)
        server = make_cluster(folder / "1")
        stack.callback(server.stop)
        bouncer = folder / "2"
        bouncer.mkdir()
        embedded.hand_over(bouncer)
        where = bouncer / "pgbouncer.ini"
        where.write_text(SETTINGS.format(server=server.folder, folder=bouncer, lent=LENT))
        owner = embedded.owner_of_data()
        running = subprocess.Popen([program, "-q", str(where)], user=owner.pw_name if owner else None, cwd=bouncer)
        stack.callback(running.wait)
        stack.callback(running.terminate)
        known = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "SECRET_KEY": secrets.token_urlsafe(50),
            "HTTPS": "off",
            "PAGE_CACHE_MB": "0",
            "LOG_LEVEL": "WARNING",
        }
        directly = {**known, "DATABASE_URL": _address(server.folder, "postgres", 5432)}
        through = {**known, "DATABASE_URL": _address(bouncer, "namndkollen", 6432)}
        for command, environment in (
            (["manage.py", "migrate", "-v", "0"], directly),
            (["manage.py", "load_plans", "-v", "0"], through),
            (["-m", "tests.scale.pgbouncer", "use"], through),
        ):
            if subprocess.run([sys.executable, *command], env=environment, check=False).returncode:
                print(f"{command} did not go well; pgbouncer said:\n{(bouncer / 'log').read_text()[-2000:]}")
                return 1
    return 0


def _address(folder: Path, name: str, port: int) -> str:
    return f"postgresql://postgres@{str(folder).replace('/', '%2F')}:{port}/{name}"


def use() -> int:
    """Read and write through it from many threads, and count what came of it."""
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection
    from django.test import Client

    from config import static
    from goals.models import Goal, ReportingPeriod, StatusUpdate
    from parties.models import Membership, User
    from proposals.models import PlanYear

    static.collect()
    settings.ALLOWED_HOSTS = ["testserver"]
    year = PlanYear.objects.select_related("committee__municipality").latest("year")
    ReportingPeriod.objects.make_defaults(year)
    period = ReportingPeriod.objects.filter(plan_year=year).earliest("ends_on")
    goals = list(
        Goal.objects.filter(proposal__plan_year=year).select_related(
            "proposal__party", "proposal__plan_year__committee"
        )
    )
    reading = [
        *("/", "/sok/?q=skolan", "/sok/?q=fmailj", "/andringar/", "/data/"),
        *(year.compare_url, year.overview_url, goals[0].proposal.get_absolute_url()),
    ]
    answers: dict[str, int] = {}
    problems: list[BaseException] = []

    def work(number: int) -> None:
        try:
            user = User.objects.create_user(f"prov{number}@example.org")
            Membership.objects.create(user=user, committee=year.committee, role=Membership.Role.SECRETARY)
            reader, writer = Client(), Client()
            writer.force_login(user)
            for turn in range(ROUNDS):
                for address in reading:
                    response: Any = reader.get(address)
                    assert response.status_code == 200, address
                    assert response.getvalue()
                    answers["pages"] = answers.get("pages", 0) + 1
                goal = goals[(number * ROUNDS + turn) % len(goals)]
                goal.report("in_progress", by=user, period=period)
                assert writer.get(period.judge_url(goal.proposal.party.slug, goal.number)).status_code == 200
                answers["reports"] = answers.get("reports", 0) + 1
        except BaseException as problem:
            problems.append(problem)
        finally:
            connection.close()

    for address in ("/data/mal.csv", "/api/v1/mal"):
        assert Client().get(address).getvalue()
    threads = [Thread(target=work, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = StatusUpdate.objects.filter(period=period).count()
    print(f"{THREADS} threads through {LENT} connections: {answers}, {kept} reports kept, {len(problems)} problems")
    for problem in problems:
        print(repr(problem))
    return int(bool(problems) or kept != THREADS * ROUNDS)


if __name__ == "__main__":
    sys.exit(use() if sys.argv[1:] == ["use"] else main())
