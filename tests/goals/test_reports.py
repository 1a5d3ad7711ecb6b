"""A period's report: a draft that is written by several, and what is fixed of it for ever."""

import json
import uuid
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pypdfium2
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from goals.fix_report import ToFix, files_of
from goals.models import Goal, Issue, Report, ReportChangedError, ReportDraft, ReportFile, ReportingPeriod, Topic
from goals.models.reports import all_parts, checksum
from goals.report.snapshot import LATE, canonical
from goals.report.text import blocks
from parties.models import Committee, Party
from proposals.models import Passage, PlanYear
from tests.cast import MEMBER, SECRETARY, Cast
from tests.conftest import YEAR, Clock
from tests.factories import GoalFactory, MembershipFactory, PassageFactory, PeriodFactory, ProposalFactory, UserFactory
from tests.report_text import counted, figures
from tests.reports import fix, write

WORK = f"/arbete{YEAR}/rapport/delar/"
PUBLIC = f"{YEAR}/rapport/delar/1/"


@pytest.fixture
def period(plans: PlanYear, clock: Clock) -> ReportingPeriod:
    """Give a period that has just ended."""
    clock.set(2017, 9, 20, 10)
    return plans.periods.select_related("plan_year__committee__municipality").get(slug="delar")


@pytest.fixture
def judged(period: ReportingPeriod, cast: Cast) -> list[Goal]:
    """Judge some goals of both parties, and decide and measure one."""
    goals = list(Goal.objects.select_related("proposal__plan_year__committee").order_by("pk"))
    before = period.plan_year.periods.get(slug="tertial-1")
    for goal in goals[:5]:
        goal.report("in_progress", by=cast.secretary, period=before)
    for goal in [*goals[2:6], *goals[-4:]]:
        goal.report(
            "partly", by=cast.secretary, period=period, comment="Hälften är klart på Öster.", evidence="Enkät å"
        )
    goals[0].decide("adopted", by=cast.secretary, date=date(2017, 1, 20), reference="§ 12", due_on=date(2017, 6, 30))
    target = next(goal for goal in goals if goal.target_value)
    target.measure(Decimal("76.5"), by=cast.secretary, date=date(2017, 8, 31), source="Mätning")
    return goals


@pytest.fixture
def snapshot_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make no file but the snapshot, for tests that look at no other: the rest take most of the time."""
    monkeypatch.setattr("goals.fix_report.files_of", lambda said, report: [("json", canonical(said))])


def snapshot(report: Report) -> dict[str, Any]:
    return json.loads(report.snapshot)  # type: ignore[no-any-return]


def stored(report: Report) -> dict[str, bytes]:
    return {file.format: bytes(file.content) for file in report.files.all()}


def test_the_figures_are_those_of_a_plain_count(period, judged, cast: Cast):
    """Status, decision, change and what is not judged, party by party: in the PDF's text as SQL alone counts them."""
    report = fix(period, cast.secretary)
    parties = [party["name"] for party in snapshot(report)["parties"]]
    with connection.cursor() as cursor:
        plain = counted(cursor, period.pk, parties)
    document = pypdfium2.PdfDocument(stored(report)["pdf"])
    read = figures(" ".join(page.get_textpage().get_text_bounded() for page in document), len(parties))
    assert {name: numbers for name, numbers in read.items() if name != LATE} == plain
    assert (sum(plain["Delvis"]), plain["Inte bedömda i perioden"][-1], read[LATE][-1]) == (16, 70, 1)


def test_a_fixed_report_says_its_number_time_role_and_checksum(period, judged, cast: Cast):
    """By role and never by name; the checksum is that of the JSON file, which anyone can count again."""
    report = fix(period, cast.secretary)
    page = cast.client(MEMBER).get(PUBLIC).content.decode()
    assert "Fastställd rapport nr 1" in page
    assert "20 september 2017, kl. 10.00, i rollen nämndsekreterare" in page
    assert report.sha256 in page
    assert checksum(Client().get(f"{PUBLIC}rapport.json").content) == report.sha256
    files = stored(report)
    assert cast.secretary.email not in page + files["json"].decode()
    assert files_of(snapshot(report), report) == [(name, files[name]) for name in ("pdf", "xlsx", "docx", "json")]


def test_a_fixed_report_is_the_same_whatever_comes_after(period, judged, cast: Cast, clock: Clock):
    """Byte for byte, page and files: after new statuses, new names, another order, withdrawals and other words."""
    write(period, cast.secretary, introduction="Inledning", proposal="Nämnden godkänner rapporten.")
    report = fix(period, cast.secretary)
    reader = Client()
    page, files = reader.get(PUBLIC).content, stored(report)
    clock.set(2017, 10, 1)
    judged[0].report("achieved", by=cast.secretary, period=period)
    judged[3].report("dropped", by=cast.secretary, period=period, comment="Slut.")
    judged[1].decide("rejected", by=cast.secretary, date=date(2017, 9, 25))
    assert reader.get(PUBLIC).content == page
    Topic.objects.first().rename("Ett annat ämne")
    Topic.objects.update(position=1)
    Issue.objects.update(name="En annan fråga")
    Party.objects.update(name="Ett annat parti", abbreviation="ZZ", fill="#000000")
    Goal.objects.filter(pk__in=[goal.pk for goal in judged[:7]]).update(withdrawn_in=2)
    Passage.objects.update(text="Andra ord")
    ReportDraft.of(period).write(by=cast.secretary, seen=1, introduction="En annan inledning", parts=[])
    assert reader.get(PUBLIC).content == page
    ReportingPeriod.objects.update(name="En annan period")
    Committee.objects.update(name="En annan nämnd")
    assert article(reader.get(PUBLIC).content) == article(page)
    assert {end: reader.get(f"{PUBLIC}rapport.{end}").content for end in files} == files
    assert stored(Report.objects.get()) == files


def article(page: bytes) -> bytes:
    return page[page.index(b"<article") : page.index(b"</article>")]


@pytest.mark.usefixtures("snapshot_alone")
def test_a_new_report_takes_the_next_number_and_says_why(period, judged, cast: Cast, clock: Clock):
    """Number 1 stays at its address and leads to number 2, which says what it replaces."""
    first = fix(period, cast.secretary)
    before = article(Client().get(PUBLIC).content)
    clock.set(2017, 10, 2)
    with pytest.raises(ValidationError):
        fix(period, cast.secretary, reason="  ")
    second = fix(period, cast.secretary, reason="Ett mål hade fel status.")
    assert (first.number, second.number) == (1, 2)
    page = Client().get(f"{YEAR}/rapport/delar/", follow=True)
    assert page.redirect_chain[-1][0] == second.get_absolute_url()
    assert "Rapport nr 1, fastställd 20 september 2017. Varför: Ett mål hade fel status." in page.content.decode()
    old = Client().get(PUBLIC).content
    assert article(old) == before
    assert "har ersatts av" in old.decode()
    assert snapshot(second)["replaces"]["sha256"] == first.sha256
    listed = Client().get(f"{YEAR}/rapport/").content.decode()
    assert listed.index("Rapport nr 2") < listed.index("Rapport nr 1")


CHANGES: dict[str, Callable[[Any], object]] = {
    "save": lambda row: row.save(),
    "update of no row": lambda row: type(row)._base_manager.filter(pk=0).update(sha256=""),
    "raw delete": lambda row: type(row)._base_manager.filter(pk=row.pk)._raw_delete("default"),
    "SQL": lambda row: sql(f"UPDATE {row._meta.db_table} SET sha256 = ''"),
    "as a replica": lambda row: sql(f"SET LOCAL session_replication_role = replica; DELETE FROM {row._meta.db_table}"),
    "truncate": lambda row: sql(f"TRUNCATE {row._meta.db_table} CASCADE"),
    "truncate of what it hangs on": lambda row: sql("TRUNCATE goals_reportingperiod CASCADE"),
}


def sql(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text)


@pytest.mark.usefixtures("snapshot_alone")
def test_the_database_refuses_every_change(period, cast: Cast):
    """Neither a fixed report nor any of its files is changed or deleted, in whatever way one tries."""
    report = fix(period, cast.secretary)
    sql("SET CONSTRAINTS ALL IMMEDIATE")  # else TRUNCATE would be refused for having to wait for them
    for row in (report, report.files.first()):
        for change in CHANGES.values():
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                change(row)
    assert (Report.objects.count(), ReportFile.objects.count()) == (1, 1)


def test_a_draft_is_written_by_one_at_a_time(period, cast: Cast):
    """Who comes second gets 409 with both texts, and may then save over; the same form twice is one change."""
    client = cast.client(SECRETARY)
    mine = {"seen": 0, "introduction": "Min text", "proposal": "", "parts": ["goals"], "order": "party"}
    assert client.post(WORK, mine).status_code == 302
    assert client.post(WORK, mine).status_code == 302
    theirs = client.post(WORK, {**mine, "introduction": "Din text"})
    page = theirs.content.decode()
    assert theirs.status_code == 409
    assert "Min text" in page
    assert "Din text</textarea>" in page
    assert "Fel: " in page
    draft = ReportDraft.of(period)
    assert (draft.revision, draft.introduction, draft.order, draft.parts) == (1, "Min text", "party", ["goals"])
    assert client.post(WORK, {**mine, "introduction": "Din text", "seen": 1}).status_code == 302
    assert ReportDraft.of(period).introduction == "Din text"
    with pytest.raises(PermissionDenied):
        draft.write(by=cast.users[MEMBER], seen=2, introduction="Obehörig")


BAD: dict[str, dict[str, Any]] = {
    "too long": {"introduction": "å" * 20_001},
    "unknown part": {"parts": ["strunt"]},
    "unknown order": {"order": "strunt"},
    "no order": {"order": ""},
    "nothing seen": {"seen": ""},
    "nonsense seen": {"seen": "ett"},
    "less than nothing": {"seen": "-1"},
    "a zero": {"proposal": "a\0b"},
}


def test_bad_input(period, cast: Cast):
    """What is not valid is answered by 422 and what is wrong, and nothing is saved."""
    client = cast.client(SECRETARY)
    good = {"seen": 0, "introduction": "", "proposal": "", "parts": [], "order": "topic"}
    for name, bad in BAD.items():
        answer = client.post(WORK, {**good, **bad})
        assert (answer.status_code, "Fel: " in answer.content.decode()) == (422, True), name
    sends: tuple[dict[str, Any], ...] = ({}, {"seen": "x" * 65, "key": uuid.uuid4()}, {"seen": "x", "key": "strunt"})
    assert [client.post(f"{WORK}faststall/", bad).status_code for bad in sends] == [422] * 3
    assert not ReportDraft.objects.exists()
    assert not Report.objects.exists()
    for address in ("rapport.exe", "rapport.", "rapport.pdfx", "../2/"):
        assert Client().get(f"{YEAR}/rapport/delar/1/{address}").status_code == 404
    assert "ingen fastställd rapport" in Client().get(f"{YEAR}/rapport/strunt/").content.decode()


def test_what_is_typed_outlives_the_session(period, cast: Cast):
    """Who is signed out when saving finds the text in the form again."""
    client = Client()
    typed = {"seen": 0, "introduction": "Skrivet länge", "proposal": "P", "parts": ["goals"], "order": "party"}
    assert client.post(WORK, typed).status_code == 302
    client.force_login(cast.secretary)
    page = client.get(WORK).content.decode()
    assert "Skrivet länge</textarea>" in page
    assert page.count(" checked") == 2
    assert client.post(f"{WORK}faststall/", {}).status_code == 422


@pytest.mark.usefixtures("snapshot_alone")
def test_what_is_fixed_is_what_was_seen(period, judged, cast: Cast):
    """Something recorded after the confirmation was shown is shown first; a form sent twice fixes one report."""
    client = cast.client(SECRETARY)
    shown = client.get(f"{WORK}faststall/").context["form"].initial
    judged[9].report("achieved", by=cast.secretary, period=period)
    answer = client.post(f"{WORK}faststall/", shown)
    assert (answer.status_code, Report.objects.count()) == (409, 0)
    again = answer.context["form"].initial
    assert [client.post(f"{WORK}faststall/", again).status_code for _ in range(2)] == [302, 302]
    assert Report.objects.count() == 1
    second = client.get(f"{WORK}faststall/").context["form"].initial
    assert client.post(f"{WORK}faststall/", second).status_code == 422
    assert client.post(f"{WORK}faststall/", {**second, "reason": "En rättelse"}).status_code == 302
    with pytest.raises(ReportChangedError):
        fix(period, cast.secretary, seen=ToFix.load(period).seen[::-1])


def test_what_to_think_of_before_fixing(period, cast: Cast, clock: Clock):
    """A period that goes on, is open, or has nothing judged is warned of, and a draft without a proposal."""
    clock.set(2017, 8, 1)
    assert [warning.split()[1] for warning in ToFix.load(period).warnings] == ["är", "är", "mål", "har"]
    clock.set(2017, 9, 20)
    period.lock()
    goal = Goal.objects.select_related("proposal__plan_year__committee").first()
    goal.report("achieved", by=cast.secretary, period=period.plan_year.periods.get(slug="tertial-1"))
    write(period, cast.secretary, proposal="Nämnden godkänner rapporten.")
    assert ToFix.load(period).warnings == ["Inget mål är bedömt i perioden."]


@pytest.mark.usefixtures("snapshot_alone")
def test_an_empty_period_and_a_first_one(plans, cast: Cast, clock: Clock):
    """Nothing judged, nothing before: every goal is listed as not judged, and nothing is said to have changed."""
    clock.set(2017, 5, 20)
    report = fix(plans.periods.get(slug="tertial-1"), cast.secretary)
    said = snapshot(report)
    assert (len(said["not_judged"]), said["changed"], said["before"]) == (78, [], None)
    page = Client().get(report.get_absolute_url()).content.decode()
    assert "Det som har ändrats" not in page
    assert "Det finns ingen tidigare period" in page
    later = plans.periods.get(slug="delar")
    assert "Läget 20 maj 2017" in cast.client(SECRETARY).get(f"{WORK}forhandsgranska/").content.decode()
    clock.set(2017, 9, 20)
    last = Client().get(fix(later, cast.secretary).get_absolute_url()).content.decode()
    assert "Inget mål har fått en annan status." in last


@pytest.mark.usefixtures("snapshot_alone")
def test_what_is_left_out_is_nowhere_and_is_said(period, judged, cast: Cast):
    """A part that was not chosen is in no file; what was not judged is there whatever was chosen."""
    write(period, cast.secretary, parts=[])
    report = fix(period, cast.secretary)
    text = stored(report)["json"].decode()
    for hidden in ("Hälften är klart", "Enkät å", "Mätning", "76.5"):
        assert hidden not in text
    said = snapshot(report)
    assert (said["sections"], said["changed"], len(said["not_judged"])) == ([], [], 70)
    assert "inte ta med ”det som har ändrats" in said["method"][-1]
    page = Client().get(PUBLIC).content.decode()
    assert "Inte bedömda i perioden" in page
    assert "Målen och uppdragen</h2>" not in page


def test_by_topic_or_by_party(period, cast: Cast):
    """Every goal stands once in either order, the parties in the published order."""
    whole = range(78)
    for order, first in (("topic", "Barn och unga"), ("party", "Kristdemokraterna")):
        write(period, cast.secretary, order=order, parts=all_parts())
        sections = ToFix.load(period).snapshot["sections"]
        assert sections[0]["name"] == first
        assert sorted(at for each in sections for group in each["groups"] for at in group["goals"]) == [*whole]
        assert all(each["groups"] == sorted(each["groups"], key=lambda g: g["party"]) for each in sections)


@pytest.mark.usefixtures("snapshot_alone")
def test_as_many_queries_whatever_the_number_of_goals(period, v, cast: Cast):
    """Drafts and fixed reports, in a fixed number of queries."""
    fix(period, cast.secretary)
    client, reader = cast.client(SECRETARY), Client()
    pages = [(client, f"{WORK}forhandsgranska/"), (reader, PUBLIC), (reader, f"{YEAR}/rapport/")]
    counts = [count_queries(who, address) for who, address in pages]
    for number in range(500, 520):
        GoalFactory(proposal=v, passage=PassageFactory(proposal=v, kind="goal"), number=number)
    fix(period, cast.secretary, reason="Fler mål")
    assert [count_queries(who, address) for who, address in pages] == counts
    assert max(counts) <= 20


def count_queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)


@pytest.mark.usefixtures("snapshot_alone")
def test_one_party_with_a_plan_and_no_topics(cast: Cast, clock: Clock):
    """A committee with one party, whose goals stand in no issue yet, has a report too."""
    clock.set(2026, 9, 20)
    proposal = ProposalFactory()
    GoalFactory(proposal=proposal, passage=PassageFactory(proposal=proposal, kind="goal"))
    period = PeriodFactory(plan_year=proposal.plan_year)
    by = MembershipFactory(committee=proposal.plan_year.committee, user=UserFactory(is_example=True)).user
    report = fix(period, by)
    said = snapshot(report)
    assert [section["name"] for section in said["sections"]] == ["Ännu inte ordnade efter fråga"]
    assert report.is_example
    assert said["is_example"]


@pytest.mark.usefixtures("snapshot_alone")
def test_where_to_find_the_report(period, cast: Cast):
    """The work queue and the periods lead to the draft; the list of reports shows drafts to those who write them."""
    client = cast.client(SECRETARY)
    for address in (f"/arbete{YEAR}/delar/", f"/arbete{YEAR}/perioder/", f"{YEAR}/rapport/"):
        assert f'href="{WORK}"' in client.get(address).content.decode()
    assert WORK not in cast.client(MEMBER).get(f"{YEAR}/rapport/").content.decode()
    assert client.get(f"{YEAR}/rapport/delar/").headers["Location"] == WORK
    assert reverse("report_draft", args=[*period.plan_year.address, "delar"]) == WORK


def test_downloads_say_what_they_are(period, cast: Cast):
    """A name, a type that is not guessed at, and a mark by which a copy that is kept need not be sent again."""
    report = fix(period, cast.secretary)
    types = {"pdf": "pdf", "xlsx": "spreadsheetml.sheet", "docx": "wordprocessingml.document", "json": "json"}
    for end, kind in types.items():
        answer = Client().get(f"{PUBLIC}rapport.{end}")
        assert answer.headers["Content-Disposition"] == f'attachment; filename="rapport-delar-2017-nr-1.{end}"'
        assert answer.headers["Content-Type"].endswith(kind)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        again = Client().get(f"{PUBLIC}rapport.{end}", headers={"if-none-match": answer.headers["ETag"]})
        assert again.status_code == 304
        assert checksum(answer.content) == report.files.get(format=end).sha256
    draft = cast.client(SECRETARY).get(f"{WORK}utkast.pdf")
    assert draft.headers["Content-Disposition"] == 'attachment; filename="rapport-delar-2017-utkast.pdf"'
    assert "no-store" in draft.headers["Cache-Control"]


def test_little_markup():
    """Paragraphs and lists; anything else is plain text."""
    assert blocks("Ett\r\ntvå\n\n\n tre \n- a\n* b\n\n- c\nfyra\n1. x\n2) y\n-inte\n#rubrik") == [
        {"kind": "text", "lines": ["Ett", "två"]},
        {"kind": "text", "lines": ["tre"]},
        {"kind": "points", "entries": ["a", "b", "c"]},
        {"kind": "text", "lines": ["fyra"]},
        {"kind": "numbers", "entries": ["x", "y"]},
        {"kind": "text", "lines": ["-inte", "#rubrik"]},
    ]
    assert blocks(" \n\n") == []
