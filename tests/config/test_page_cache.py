"""The page cache: what is kept is never old, never somebody's own, and costs one query."""

import gzip
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random

import brotli
import pytest
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config.page_cache import KEPT, PageCache, accepts
from goals.models import (
    AlignedParty,
    Alignment,
    Goal,
    Issue,
    LoggedChange,
    Mention,
    OldAddress,
    ReportingPeriod,
    Topic,
)
from parties.models import Committee, Municipality, Party
from proposals.models import EditionNumber, Passage, PlanYear, Proposal, RaisesEdition, SourceDocument
from tests import reports
from tests.at_once import at_once
from tests.cast import CAST, NOBODY, Cast
from tests.config.test_access import DOORS
from tests.conftest import BASE, YEAR
from tests.factories import (
    CommitteeFactory,
    GoalFactory,
    MembershipFactory,
    PassageFactory,
    PeriodFactory,
    PlanYearFactory,
    ProposalFactory,
)

COMPARE = f"{YEAR}/jamfor/"
#: Open addresses of pages that are not kept, and why.
NOT_KEPT = {
    "original": "a document, byte for byte as it is stored",
    "report_file": "a file, byte for byte as it is stored",
    "account_login": "a form with its reader's token",
    "account_reset_password": "a form with its reader's token",
    "account_inactive": "part of signing in",
    "account_signup": "part of signing in",
    "account_reset_password_done": "part of signing in",
    "account_reset_password_from_key": "part of signing in",
    "account_reset_password_from_key_done": "part of signing in",
    "socialaccount_login_cancelled": "part of signing in",
    "search_suggestions": "another for each letter that is typed",
    "robots": "needs no query",
    "health": "says how it is now",
    "alive": "says how it is now",
    "api_schema": "made once for each process",
    **dict.fromkeys(
        ("data_file", "data_year_file", "data_year_checksums"), "sent piece by piece, with an ETag of its own"
    ),
    **dict.fromkeys(("calendar", "catalogue_rdf", "catalogue_jsonld", "popolo"), "has an ETag of its own"),
    **dict.fromkeys((name for name in DOORS if name.startswith("api_") and name != "api_docs"), "kept to a pace"),
}
#: What readers see nothing of.
UNSEEN = {
    *("parties.User", "parties.Membership", "proposals.PageImage", "proposals.Draft"),
    *(
        "proposals.Word",
        "proposals.EditionNumber",
        "goals.Follow",
        "goals.Notice",
        "goals.Reminder",
        "goals.ReportDraft",
    ),
}


@pytest.fixture(autouse=True)
def kept(settings) -> None:
    settings.PAGE_CACHE_MB = 16


@pytest.fixture
def followed(plans: PlanYear, cast: Cast, raised_at_once: None) -> PlanYear:
    """Give the plan year with a report that is fixed, and every change seen at once."""
    reports.fix(ReportingPeriod.objects.get(slug="delar"), cast.secretary)
    return plans


def fresh(client: Client, address: str) -> bytes:
    """Give a page as it is made now."""
    return client.get(address, headers={"Cache-Control": "no-store"}).content


def queries_of(client: Client, address: str, **headers: str) -> list[str]:
    with CaptureQueriesContext(connection) as asked:
        client.get(address, headers=headers)
    return [query["sql"] for query in asked]


def test_every_open_address_is_kept_or_has_a_reason():
    """A new page is kept whole, or it is written above why it is not."""
    opened = {name for name, (_, answers) in DOORS.items() if answers[0] == 200}
    assert opened == (KEPT | set(NOT_KEPT)) & opened
    assert KEPT - opened == {"plan_version"}  # of the plans that the doors lead to, none has an earlier one
    assert not KEPT & set(NOT_KEPT)


@pytest.mark.django_db
def test_every_table_that_readers_see_raises_the_edition():
    """A new table raises the edition, or it is written above that readers see nothing of it."""
    stored = {
        model._meta.label: model._meta.db_table
        for room in ("parties", "proposals", "goals")
        for model in apps.get_app_config(room).get_models()
        if not hasattr(model, "pgh_tracked_model") and model is not LoggedChange
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE starts_with(tgname, 'pgtrigger_raises_edition')"
        )
        raising = {table for (table,) in cursor.fetchall()}
    assert set(stored) >= UNSEEN
    assert {table for label, table in stored.items() if label not in UNSEEN} == raising


def test_a_kept_page_costs_one_query(followed, client: Client):
    """The second time nothing but the edition is asked for, and the page is the one that would be made."""
    Proposal.objects.filter(party__slug="v").update(version=2)
    proposal = Proposal.objects.get(party__slug="v")
    proposal.earlier_versions.create(
        number=1,
        title="Planen",
        document=proposal.document,
        published_at=proposal.published_at,
        replaced_at=proposal.published_at,
    )
    for name in sorted(KEPT):
        address = DOORS[name][0] if name != "plan_version" else f"{YEAR}/v/version/1/"
        first = client.get(address)
        assert first.status_code == 200, name
        asked = queries_of(client, address)
        assert [len(asked), "proposals_editionnumber" in asked[0]] == [1, True], name
        again = client.get(address)
        assert again.content == first.content == fresh(client, address), name
        assert again["Content-Type"] == first["Content-Type"], name
        assert again["Content-Security-Policy"], name


@pytest.mark.parametrize("who", [who for who in CAST if who != NOBODY])
def test_pages_of_those_who_have_signed_in_are_never_kept(plans, cast: Cast, client: Client, who):
    """They get their own page, and nobody else gets it."""
    client.get(COMPARE)
    own = cast.client(who).get(COMPARE)
    assert "Logga ut" in own.content.decode()
    assert own["Cache-Control"] == "private, no-store"
    assert "Logga ut" not in client.get(COMPARE).content.decode()
    assert "proposals_editionnumber" not in "".join(queries_of(cast.client(who), COMPARE))


def test_a_form_is_never_kept(plans, client: Client):
    """Each reader's form has a token of its own."""
    first, again = (Client().get("/logga-in/") for _ in range(2))
    assert first.cookies["csrftoken"].value != again.cookies["csrftoken"].value


def test_what_is_the_same_is_not_sent_again(plans, client: Client):
    """Who has the page is told so in one query, by any process; and who has an older one gets the new."""
    first = client.get(COMPARE)
    assert first["ETag"].startswith('W/"')
    again = Client().get(COMPARE, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert (again["Cache-Control"], again["Vary"]) == (first["Cache-Control"], first["Vary"])
    assert len(queries_of(Client(), COMPARE, **{"If-None-Match": f'"strunt", {first["ETag"]}'})) == 1
    assert client.get(COMPARE, headers={"If-None-Match": '"strunt"'}).status_code == 200
    assert client.get(f"{YEAR}/jamfor/?visa=gemensamma")["ETag"] != first["ETag"]


def test_front_server(plans, client: Client, settings):
    """A server in front may hold a page as long as is said, and readers always ask."""
    assert client.get(COMPARE)["Cache-Control"] == "public, max-age=0, must-revalidate, s-maxage=1"
    settings.FRONT_SECONDS = 0
    assert client.get(COMPARE)["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert {"Accept-Encoding", "Cookie", "HX-Request"} <= set(client.get(COMPARE)["Vary"].split(", "))


@pytest.mark.parametrize(
    ("accepted", "way"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=1.0, gzip;q=0.8", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("identity", ""),
        ("", ""),
        ("gzip;q=0.0", ""),
    ],
)
def test_compressed_as_the_reader_takes_it(plans, client: Client, accepted, way):
    """Each gets the same page in the best way that it takes, whoever asked for it first."""
    plain = fresh(client, COMPARE)
    for _ in range(2):
        response = client.get(COMPARE, headers={"Accept-Encoding": accepted})
        assert response.get("Content-Encoding", "") == way
        assert int(response["Content-Length"]) == len(response.content)
        read = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}[way]
        assert read(response.content) == plain


def test_what_one_accepts():
    """A way that is refused is not taken."""
    assert accepts("gzip;q=0.5", "gzip")
    assert accepts("br;q=0.001", "br")
    assert not accepts("br; q=0", "br")
    assert not accepts("br;q=0.000, gzip", "br")


def test_parts_and_wholes_are_not_mistaken_for_each_other(plans, client: Client):
    """What htmx asks for has the same address as the page."""
    whole = client.get(COMPARE).content
    part = client.get(COMPARE, headers={"HX-Request": "true"}).content
    assert b"<html" in whole
    assert b"<html" not in part
    assert client.get(COMPARE).content == whole
    assert b"<html" in client.get(COMPARE, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"}).content


def test_another_host_is_another_page(plans, client: Client, settings):
    """Whole addresses on a page are of the host that was asked, and a host that is not ours gets none."""
    settings.ALLOWED_HOSTS = ["ett.example", "annat.example"]
    one, other = (client.get("/", headers={"Host": f"{host}.example"}).content.decode() for host in ("ett", "annat"))
    assert "//ett.example/" in one
    assert "//ett.example/" not in other
    assert client.get("/", headers={"Host": "ond.example"}).status_code == 400


def test_a_new_day_is_a_new_page(plans, client: Client, clock):
    """What is late today was not yesterday."""
    clock.set(2017, 3, 1, 12)
    first = client.get(COMPARE)
    clock.set(2017, 3, 1, 23, 59)
    assert client.get(COMPARE)["ETag"] == first["ETag"]
    clock.set(2017, 3, 2, 0, 1)
    assert client.get(COMPARE)["ETag"] != first["ETag"]


def test_faults_and_what_leads_on_are_not_kept(plans, client: Client):
    """They are made each time, and a page that comes to be is found."""
    address = f"{BASE}/amne/nytt-amne/"
    assert client.get(address).status_code == 404
    Topic.objects.filter(slug="barn-och-unga").update(slug="nytt-amne")
    assert client.get(address).status_code == 200


def test_memory_is_bounded(plans, client: Client, monkeypatch: pytest.MonkeyPatch):
    """Many addresses push each other out, and none is longer than there is reason for."""
    caches: list[PageCache] = []
    made = PageCache.__init__

    def remember(self, get_response) -> None:
        made(self, get_response)
        caches.append(self)

    monkeypatch.setattr(PageCache, "__init__", remember)
    client = Client()
    client.get(f"/om/?{'a' * 2000}")
    (cache,) = caches
    assert not cache.pages
    for number in range(40):
        client.get(f"/om/?{number}")
    assert len(cache.pages) == 40
    cache.pages = type(cache.pages)(10 * next(iter(cache.pages.values())).size, getsizeof=lambda page: page.size)
    for number in range(40):
        client.get(f"/om/?{number}")
    assert len(cache.pages) == 10


def _report(year: PlanYear, by, random: Random) -> object:
    goals = Goal.objects.select_related("proposal__plan_year__committee")
    period = random.choice(list(year.periods.all()))
    return random.choice(list(goals)).report(random.choice(["achieved", "partly"]), by=by, period=period, comment="Så.")


def _decide(year: PlanYear, by, random: Random) -> object:
    goals = Goal.objects.select_related("proposal__plan_year__committee")
    return random.choice(list(goals)).decide("adopted", by=by, date=date(2017, random.randint(1, 12), 1))


CHANGES: dict[str, Callable[[PlanYear, object, Random], object]] = {
    "status": _report,
    "decision": _decide,
    "issue renamed": lambda year, by, random: random.choice(list(Issue.objects.all())).rename(
        f"Fråga {random.random()}"
    ),
    "topic renamed": lambda year, by, random: random.choice(list(Topic.objects.all())).rename(
        f"Ämne {random.random()}"
    ),
    "goal moved": lambda year, by, random: Goal.objects.filter(pk=random.choice(list(Goal.objects.all())).pk).update(
        issue=random.choice(list(Issue.objects.all()))
    ),
    "mention gone": lambda year, by, random: Mention.objects.first().delete(),
    "reason": lambda year, by, random: Alignment.objects.update(reason=f"Skäl {random.random()}"),
    "aligned party": lambda year, by, random: AlignedParty.objects.first().delete(),
    "party": lambda year, by, random: Party.objects.filter(slug="v").update(name=f"Parti {random.random()}"),
    "committee": lambda year, by, random: Committee.objects.filter(pk=year.committee_id).update(
        name=f"Nämnd {random.random()}"
    ),
    "municipality": lambda year, by, random: Municipality.objects.update(name=f"Kommun {random.random()}"),
    "passage": lambda year, by, random: Passage.objects.filter(kind="goal").update(text=f"Text {random.random()}"),
    "title": lambda year, by, random: Proposal.objects.update(title=f"Plan {random.random()}"),
    "period": lambda year, by, random: ReportingPeriod.objects.filter(slug="delar").update(name=f"P {random.random()}"),
    "document": lambda year, by, random: SourceDocument.objects.filter(proposals__party__slug="v").update(
        name=f"plan-{random.random()}.md"
    ),
    "old address": lambda year, by, random: OldAddress.objects.all().delete(),
    "plan": lambda year, by, random: ProposalFactory(),
    "goal": lambda year, by, random: GoalFactory(proposal=Proposal.objects.filter(plan_year=year).first(), number=500),
}
PAGES = (
    *(
        "/",
        f"{BASE}/",
        COMPARE,
        f"{YEAR}/oversikt/",
        f"{YEAR}/v/",
        f"{YEAR}/v/25/",
        "/andringar/",
        "/andringar/atom.xml",
    ),
    *(f"{YEAR}/oversikt/mal/", f"{YEAR}/rapport/", "/sok/?q=barn", "/data/", "/sitemap-mal.xml", f"{YEAR}/v/plan.json"),
)


def given_from_memory(client: Client, address: str) -> bytes | None:
    """Give the page that was kept, or None where one is made: what was kept is given for one query."""
    with CaptureQueriesContext(connection) as asked:
        given: bytes = client.get(address).content
    return given if len(asked) == 1 else None


def test_no_page_is_old_after_a_change(followed, client: Client, cast: Cast):
    """After any change of anything, and when it is taken back, each kept page is the one that would be made."""
    old = []
    for address in PAGES:
        client.get(address)
    assert [address for address in PAGES if given_from_memory(client, address) is None] == []

    def those_that_are_old() -> list[str]:
        given = {address: given_from_memory(client, address) for address in PAGES}
        return [address for address, page in given.items() if page is not None and page != fresh(client, address)]

    for name, change in CHANGES.items():
        with transaction.atomic():
            change(followed, cast.secretary, Random(name))
            old += [(name, address) for address in those_that_are_old()]
            transaction.set_rollback(True)
    old += [("taken back", address) for address in those_that_are_old()]
    assert not old


@pytest.mark.parametrize("change", ["name", "order", "old address"])
def test_what_belongs_to_a_committee_raises_its_plan_years_and_no_others(plans, raised_at_once, change):
    """A committee's topics and issues are of all its plan years; whose keys are others than the committee's."""
    other = PlanYearFactory(committee=plans.committee)
    committee = CommitteeFactory(pk=other.pk)
    own = [PlanYearFactory(committee=committee, year=year) for year in (2025, 2026)]
    topic = Topic.objects.add("Barn", committee=committee)
    issue = Issue.objects.add("Barnens rätt", topic=topic)
    before = EditionNumber.objects.in_bulk()
    match change:
        case "name":
            issue.name = "Barns rätt"
            issue.save()
        case "order":
            topic.position = 7
            topic.save()
        case "old address":
            OldAddress.objects.leave("ratt", issue)
    raised = {pk for pk, now in EditionNumber.objects.in_bulk().items() if now.number != before[pk].number}
    assert raised == {plan_year.pk for plan_year in own}


def test_a_number_that_comes_again_is_another_edition(db):
    """A database that is put back, and then changed otherwise, has the numbers that it had, and not the times.

    That holds where the clock had once been ahead too, so that no later change is the latest.
    """
    rows = EditionNumber.objects
    ahead, lately = datetime(2027, 1, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
    rows.bulk_create(EditionNumber(plan_year=key, number=5, changed_at=ahead) for key in (900_001, 900_002))
    before = rows.of([900_001, 900_002])
    seen = []
    for key in (900_001, 900_002):
        with transaction.atomic():
            rows.filter(plan_year=key).update(number=6, changed_at=lately + timedelta(hours=key - 900_000))
            seen.append(rows.of([900_001, 900_002]))
            transaction.set_rollback(True)
    assert seen[0][:2] == seen[1][:2]
    assert len({before, *seen}) == 3


def test_no_page_is_old_while_many_write_and_read(committed: None, monkeypatch: pytest.MonkeyPatch):
    """Whoever asks after a write was done sees it, whatever was being written and read meanwhile."""
    proposal = ProposalFactory()
    period = PeriodFactory(plan_year=proposal.plan_year)
    goals = [
        GoalFactory(proposal=proposal, passage=PassageFactory(proposal=proposal, kind="goal"), number=number)
        for number in range(1, 5)
    ]
    by = MembershipFactory(committee=proposal.plan_year.committee, role="secretary").user
    addresses = [goal.get_absolute_url() for goal in goals]
    client = Client()  # one site, which all of them ask
    client.get(addresses[0])
    old: list[str] = []

    def write(number: int) -> None:
        for turn in range(15):
            said = f"Kommentar {number}.{turn}."
            Goal.objects.get(pk=goals[number].pk).report("partly", by=by, period=period, comment=said)
            if said not in client.get(addresses[number]).content.decode():
                old.append(said)

    def read() -> None:
        for turn in range(60):
            client.get(addresses[turn % 4])

    assert not at_once(*[lambda number=number: write(number) for number in range(4)], read, read)
    assert not old
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM proposals_editionnumber WHERE plan_year = %s", [proposal.plan_year_id])
        assert cursor.fetchone()[0] >= 60


def test_what_fails_raises_nothing(followed, client: Client):
    """A change that is taken back leaves the pages as they were."""
    before = client.get(COMPARE)["ETag"]
    with pytest.raises(RuntimeError, match="ångrat"):
        _take_back()
    assert client.get(COMPARE)["ETag"] == before


def _take_back() -> None:
    with transaction.atomic():
        Topic.objects.update(name="Något annat")
        raise RuntimeError("ångrat")


def test_trigger_names_a_path_that_there_is():
    """A path that leads nowhere fails when the trigger is written, and not at the first change."""
    with pytest.raises(FieldDoesNotExist):
        RaisesEdition("strunt__plan_year").get_func(Goal)
