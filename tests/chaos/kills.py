"""kill -9 of the application in the middle of what must be whole or not at all, at moments that chance decides."""

import random
import threading
import time
import uuid
from collections.abc import Callable, Generator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.chaos.person import Answer, UnansweredError, hidden
from tests.chaos.site import run
from tests.chaos.stage import Stage, stage
from tests.chaos.table import Row

#: How many moments of each.
MOMENTS = 4
YEAR = 2027
#: How many goals the documents have.
GOALS = 40
chance = random.Random(2017)


@dataclass
class Form:
    """A form as somebody has filled it in, and how to see in the database what has come of it."""

    path: str
    sent: list[tuple[str, str]]
    #: Counts what the form has led to: nought, or the whole of it.
    sql: str
    whole: int
    content: tuple[str, bytes] | None = None

    def send(self, at: Stage) -> Answer:
        return at.person().post(self.path, self.sent, self.content)

    def done(self, at: Stage) -> int:
        with at.cluster.connect() as connection:
            return int(connection.execute(self.sql).fetchone()[0])


def rows(folder: Path) -> Generator[Row, None, None]:
    """Interrupt each kind of write."""
    with stage(folder / "kills", committees=1) as at:
        for name, fill_in in (
            ("a status report", report),
            ("a batch of 16", batch),
            ("a document received and read", document),
            ("a draft published", publish),
            ("a report fixed", fix),
        ):
            yield interrupted(at, name, fill_in)


def interrupted(at: Stage, name: str, fill_in: Callable[[Stage, int], Form]) -> Row:
    """Do it once in peace, to know how long it takes; then kill in the middle of it, look, and send it again."""
    began = time.monotonic()
    form = fill_in(at, 0)
    prepared = time.monotonic() - began
    answer = form.send(at)
    usual = time.monotonic() - began - prepared
    row = Row("kill -9 of the application", f"in the middle of {name}, at {MOMENTS} moments", 0, 0, 0)
    if answer.status != 302 or settled(form, at) != form.whole:
        row.broken.append(f"in peace: {answer.status}, {form.done(at)} of {form.whole}")
    survived = once = 0
    for number in range(1, MOMENTS + 1):
        form = fill_in(at, number)
        sender = threading.Thread(target=_send_once, args=[form, at])
        sender.start()
        time.sleep(chance.uniform(0, 2 * usual))  # it takes longer when it has just been started
        killed = time.monotonic()
        kill_everything(at)
        sender.join()
        found = form.done(at)
        survived += found == form.whole
        if found not in (0, form.whole):
            row.broken.append(f"{found} of {form.whole}")
        at.site.start()
        at.site.wait_for("/")
        row.back.append(time.monotonic() - killed)
        answer = at.person().insist(form.path, form.sent, form.content)
        if form.content:
            finish_reading(at)
        found = settled(form, at)
        row.acknowledge(answer.status)
        row.lost += found < form.whole
        row.doubled += found > form.whole
        once += found == form.whole
    row.seen = f"{survived} of {MOMENTS} were saved when it was killed; sent again, {once} were there once"
    row.broken += at.broken()
    return row


def settled(form: Form, at: Stage) -> int:
    """Give what a form has led to, when it has: a document is read by a process that takes its time."""
    ends = time.monotonic() + (60 if form.content else 0)
    while (found := form.done(at)) < form.whole and time.monotonic() < ends:
        time.sleep(0.2)
    return found


def _send_once(form: Form, at: Stage) -> None:
    with suppress(UnansweredError):
        form.send(at)


def kill_everything(at: Stage) -> None:
    """Kill the application and what it has started to read documents, which has a group of its own."""
    at.site.kill()
    url = at.cluster.url()
    for process in psutil.process_iter(["cmdline"]):
        with suppress(psutil.Error):
            if "read_draft" in (process.info["cmdline"] or ()) and process.environ().get("DATABASE_URL") == url:
                process.kill()


def finish_reading(at: Stage) -> None:
    """Do what the page offers when a reading has been silent for two and a half minutes: read it again."""
    with at.cluster.connect() as connection:
        waiting = connection.execute("SELECT id FROM proposals_draft WHERE state = 'reading'").fetchall()
    for (key,) in waiting:
        run(at.environment, "manage.py", "read_draft", str(key))


def report(at: Stage, number: int) -> Form:
    place = at.told["committees"][0]
    goal = place["goals"][number]
    sent = [("status", "partly"), ("comment", f"Avbruten {number}"), ("key", str(uuid.uuid4())), ("seen", "")]
    sql = f"SELECT count(*) FROM goals_statusupdate WHERE comment = 'Avbruten {number}'"
    return Form(f"/arbete/{place['address']}/tertial-1/{place['slug']}/{goal['number']}/", sent, sql, 1)


def batch(at: Stage, number: int) -> Form:
    place = at.told["committees"][0]
    path = f"/arbete/{place['address']}/helar/samla/"
    query = "&".join(f"mal={goal['pk']}" for goal in place["goals"])
    shown = hidden(at.person().get(f"{path}?{query}").text)
    comment = f"Samling av {len(place['goals'])} avbruten {number}"
    sent = [("status", "partly"), ("comment", comment), ("key", shown["key"])]
    for goal in place["goals"]:
        sent += [("mal", str(goal["pk"])), (f"sedd-{goal['pk']}", shown[f"sedd-{goal['pk']}"])]
    sql = f"SELECT count(*) FROM goals_statusupdate WHERE comment = '{comment}'"
    return Form(path, sent, sql, len(place["goals"]))


def document(at: Stage, number: int) -> Form:
    place = at.told["committees"][0]
    name = f"avbruten-{number}.md"
    goals = "".join(f"- Öppna {number}{goal:02} nya platser för den som behöver det\n" for goal in range(GOALS))
    sent = [("committee", place["committee"]), ("party", place["party"]), ("year", YEAR + number), ("title", "")]
    sql = (
        "SELECT count(*) FROM proposals_draft AS draft JOIN proposals_sourcedocument AS document"
        f" ON document.id = document_id WHERE draft.state = 'open' AND document.name = '{name}'"
    )
    content = f"# Plan {number}\n\n## Mål och uppdrag\n\n{goals}".encode()
    return Form("/arbete/import/", sent, sql, 1, (name, content))


def publish(at: Stage, number: int) -> Form:
    with at.cluster.connect() as connection:
        key, revision = connection.execute(
            "SELECT id, revision FROM proposals_draft WHERE state = 'open' ORDER BY id LIMIT 1"
        ).fetchone()
    sql = f"SELECT count(*) FROM goals_goal JOIN proposals_draft AS draft USING (proposal_id) WHERE draft.id = {key}"
    return Form(f"/arbete/import/{key}/publicera/", [("sett", str(revision)), ("efter", "0")], sql, GOALS)


def fix(at: Stage, number: int) -> Form:
    place = at.told["committees"][0]
    path = f"/arbete/{place['address']}/rapport/tertial-1/faststall/"
    shown = hidden(at.person().get(path).text)
    sent = [("seen", shown["seen"]), ("key", shown["key"]), ("reason", f"Avbruten {number}")]
    sql = (
        "SELECT count(*) FROM goals_reportfile JOIN goals_report AS report ON report.id = report_id"
        f" WHERE report.key = '{shown['key']}'"
    )
    return Form(path, sent, sql, 4)
