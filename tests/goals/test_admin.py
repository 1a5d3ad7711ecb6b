"""Goals, periods, records and the audit log in the administration, and the log of one goal."""

import html
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pghistory
import pytest
from django.contrib import admin
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pghistory.models import Context

from goals import audit
from goals.models import (
    Alignment,
    Decision,
    Follow,
    Goal,
    Issue,
    LoggedChange,
    Notice,
    OutcomeValue,
    ReportingPeriod,
    StatusUpdate,
)
from goals.models.following import MOST_ATTEMPTS
from parties.models import Membership, Party, User
from tests.cast import ADMINISTRATOR, MEMBER, NOBODY, OTHER, SECRETARY, SUPERUSER, Cast
from tests.conftest import YEAR
from tests.factories import GoalFactory, IssueFactory, MembershipFactory, PeriodFactory, PlanYearFactory, TopicFactory

GOALS = "/admin/goals/goal/"
PERIODS = "/admin/goals/reportingperiod/"
CHANGES = "/admin/goals/loggedchange/"
LOG = f"{YEAR}/v/25/logg/"


@pytest.fixture
def goal(v) -> Goal:
    return Goal.objects.select_related("issue__topic", "proposal__plan_year__committee").get(proposal=v, number=25)


@pytest.fixture
def period(plans) -> ReportingPeriod:
    return plans.periods.first()


@pytest.fixture
def superuser(cast: Cast) -> Client:
    return cast.client(SUPERUSER)


def goal_form(goal: Goal, **given: Any) -> dict[str, Any]:
    form = {
        "kind": goal.kind,
        "issue": goal.issue_id,
        "target_value": goal.target_value,
        "target_unit": goal.target_unit,
        "target_bound": goal.target_bound,
        "due_year": goal.due_year,
        "responsible": "\r\n".join(goal.responsible),
        **given,
    }
    return {name: "" if value is None else value for name, value in form.items()}


def errors(response: Any) -> dict[str, list[str]]:
    assert response.status_code == 200
    found: dict[str, list[str]] = response.context["adminform"].form.errors
    return found


def text(response: Any) -> str:
    """Give a page's text, without tags and needless space."""
    content = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(html.unescape(content).split())


# Goals


def test_what_a_person_may_change_of_a_goal(cast: Cast, superuser: Client, goal):
    """The placing and what was read out of the text are changed; the words and where they stand are not."""
    before = (goal.number, goal.passage.text, goal.passage_id, goal.proposal_id, goal.frequency)
    other = Issue.objects.exclude(pk=goal.issue_id).first()
    form = goal_form(
        goal,
        kind="goal",
        issue=other.pk,
        target_value="97,5",
        target_unit="%",
        target_bound="minst",
        due_year="2018",
        responsible="Nämnden, med flera\r\n\r\nFörvaltningen\r\n",
    )
    forged = {"number": "1", "passage": "1", "proposal": "1", "frequency": "x", "text": "x", "passage-0-text": "x"}
    assert superuser.post(f"{GOALS}{goal.pk}/change/", form | forged).status_code == 302
    goal = Goal.objects.get(pk=goal.pk)
    assert (goal.number, goal.passage.text, goal.passage_id, goal.proposal_id, goal.frequency) == before
    assert (goal.kind, goal.issue, goal.target_value, goal.due_year) == ("goal", other, Decimal("97.5"), 2018)
    assert goal.responsible == ["Nämnden, med flera", "Förvaltningen"]
    # What is shown is what is saved when the form is sent again.
    superuser.post(f"{GOALS}{goal.pk}/change/", goal_form(goal))
    goal.refresh_from_db()
    assert goal.responsible == ["Nämnden, med flera", "Förvaltningen"]


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("kind", "wish", "giltigt alternativ"),
        ("kind", "", "måste fyllas i"),
        ("issue", "elsewhere", "giltigt alternativ"),
        ("issue", "x", "giltigt alternativ"),
        ("target_value", "många", "Fyll i ett tal"),
        ("target_value", "1" * 13, "siffror"),
        ("target_unit", "x" * 51, "som mest 50"),
        ("due_year", "12000", "från 1971 till 2100"),
        ("due_year", "0", "från 1971 till 2100"),
        ("due_year", "-1", "större än eller lika med 0"),
        ("due_year", "99999", "mindre än eller lika med"),
        ("responsible", "x" * 101, "Rad 1:"),
    ],
)
def test_what_is_wrong_with_a_goal(superuser: Client, goal, field, value, message):
    """What is wrong is said in Swedish at the field, and nothing is saved; an issue elsewhere is no choice."""
    elsewhere = IssueFactory()
    value = elsewhere.pk if value == "elsewhere" else value
    response = superuser.post(f"{GOALS}{goal.pk}/change/", goal_form(goal, **{field: value}))
    assert message in " ".join(errors(response)[field])
    assert Goal.objects.filter(pk=goal.pk).values().get() == {
        name: getattr(goal, name) for name in Goal.objects.values().first()
    }


def test_what_lines_up_stays_in_one_committee(superuser: Client, plans):
    """A topic, a plan year or a goal of another committee is refused by the models themselves."""
    topic, committee = TopicFactory(), plans.committee
    form = {"committee": committee.pk, "topic": topic.pk, "name": "Ny", "slug": "ny", "position": "1"}
    assert "annan nämnd" in str(errors(superuser.post("/admin/goals/issue/add/", form))["topic"])
    alignment = {
        "issue": Issue.objects.first().pk,
        "plan_year": PlanYearFactory().pk,
        "relation": "same",
        "reason": "Lika",
    }
    response = superuser.post("/admin/goals/alignment/add/", {**alignment, "parties": [Party.objects.first().pk]})
    assert "annan nämnd" in str(errors(response)["plan_year"])
    assert "minst två partier" in str(errors(response)["parties"])


def test_an_alignment_is_made(superuser: Client, plans):
    """A relation is made with its parties, and the log has both."""
    Alignment.objects.all().delete()
    parties = list(Party.objects.values_list("pk", flat=True))
    form = {
        "issue": Issue.objects.first().pk,
        "plan_year": plans.pk,
        "relation": "same",
        "reason": "Lika",
        "parties": parties,
    }
    before = LoggedChange.objects.filter(pgh_obj_model="goals.AlignedParty", pgh_label="insert").count()
    assert superuser.post("/admin/goals/alignment/add/", form).status_code == 302
    assert Alignment.objects.get().parties.count() == 2
    assert LoggedChange.objects.filter(pgh_obj_model="goals.AlignedParty", pgh_label="insert").count() == before + 2
    assert "Partier i jämförelser" not in text(superuser.get("/admin/"))
    assert "Tillagt Parti i jämförelse: " in text(superuser.get(CHANGES, {"vad": "goals.AlignedParty"}))


# Periods


@pytest.mark.parametrize("who", [SUPERUSER, ADMINISTRATOR])
def test_periods_are_locked_and_unlocked(cast: Cast, period, who):
    """The actions lock and unlock, through the model; a locked period is not changed."""
    client = cast.client(who)
    chosen = {"_selected_action": [period.pk]}
    response = client.post(PERIODS, {"action": "lock", **chosen}, follow=True)
    assert f"{period} är låst." in response.content.decode()
    period.refresh_from_db()
    locked = period.locked_at
    assert locked
    client.post(PERIODS, {"action": "lock", **chosen})
    client.post(
        f"{PERIODS}{period.pk}/change/",
        {"name": "Ändrat", "slug": "x", "ends_on": "2017-05-01", "due_on": "2017-06-01"},
    )
    period.refresh_from_db()
    assert (period.name, period.locked_at) == ("Tertial 1", locked)
    client.post(PERIODS, {"action": "unlock", **chosen})
    period.refresh_from_db()
    assert not period.is_locked
    made_by = [change.user_id for change in LoggedChange.objects.tracks(period).filter(pgh_label="update")]
    assert made_by == [cast.users[who].pk] * 2


def test_a_committees_periods(cast: Cast, period):
    """A committee's administrator makes and changes its periods, and no other committee's, whatever a form says."""
    client = cast.client(ADMINISTRATOR)
    elsewhere = PeriodFactory()
    form = {
        "plan_year": period.plan_year_id,
        "name": "Tertial 2",
        "slug": "tertial-2",
        "ends_on": "2017-08-30",
        "due_on": "2017-09-29",
    }
    assert client.post(f"{PERIODS}add/", form).status_code == 302
    moved = {**form, "plan_year": elsewhere.plan_year_id, "name": "Första", "ends_on": "2017-04-29", "slug": "forsta"}
    assert client.post(f"{PERIODS}{period.pk}/change/", moved).status_code == 302
    changed = ReportingPeriod.objects.get(pk=period.pk)
    assert (changed.name, changed.plan_year_id) == ("Första", period.plan_year_id)
    before = ReportingPeriod.objects.filter(pk=elsewhere.pk).values().get()
    assert errors(client.post(f"{PERIODS}add/", {**form, "plan_year": elsewhere.plan_year_id}))["plan_year"]
    assert client.post(f"{PERIODS}{elsewhere.pk}/change/", form).status_code == 302
    assert client.post(f"{PERIODS}{elsewhere.pk}/delete/", {"post": "yes"}).status_code == 302
    client.post(PERIODS, {"action": "lock", "_selected_action": [elsewhere.pk]})
    assert ReportingPeriod.objects.filter(pk=elsewhere.pk).values().get() == before
    assert elsewhere.name not in client.get(PERIODS).content.decode()
    choices = client.get(f"{PERIODS}add/").context["adminform"].form.fields["plan_year"].queryset
    assert list(choices) == [period.plan_year]
    MembershipFactory(user=cast.users[ADMINISTRATOR], committee=elsewhere.plan_year.committee, role="secretary")
    assert client.get(f"{PERIODS}{elsewhere.pk}/change/").status_code == 302


@pytest.mark.parametrize(
    ("given", "field", "message"),
    [
        ({"due_on": "2017-01-01"}, "__all__", "innan perioden är slut"),
        ({"ends_on": "1999-01-01", "due_on": "2017-01-01"}, "ends_on", "hör till 2017"),
        ({"ends_on": "igår"}, "ends_on", "giltigt datum"),
        ({"slug": "tertial-1"}, "__all__", "redan en period med den adressen"),
        ({"ends_on": "2017-04-30"}, "__all__", "slutar den dagen"),
    ],
)
def test_what_is_wrong_with_a_period(cast: Cast, period, given, field, message):
    """What is wrong is said in Swedish."""
    form = {
        "plan_year": period.plan_year_id,
        "name": "Ny",
        "slug": "ny",
        "ends_on": "2017-06-30",
        "due_on": "2017-07-31",
    }
    response = cast.client(ADMINISTRATOR).post(f"{PERIODS}add/", {**form, **given})
    assert message in " ".join(errors(response)[field])


# Records


def test_records_are_only_read(cast: Cast, superuser: Client, period):
    """Statuses, decisions and outcomes are shown with what they say, and no form or action touches them."""
    goal = Goal.objects.exclude(target_value=None).first()
    first = goal.report("in_progress", by=cast.secretary, period=period, comment="Kommentaren")
    records = [
        goal.report("", by=cast.secretary, period=period, replaces=first, reason="Skälet"),
        goal.decide("adopted", by=cast.secretary, date=date(2017, 1, 20), reference="§ 7"),
        goal.measure(Decimal(76), by=cast.secretary, date=date(2017, 8, 31), source="Enkäten"),
    ]
    for record, said in zip(records, ("Tillbakataget", "Antaget", "76"), strict=True):
        model = type(record)
        page = f"/admin/goals/{model._meta.model_name}/"
        before = list(model.objects.values())
        assert said in superuser.get(page).content.decode()
        shown = superuser.get(f"{page}{record.pk}/change/").content.decode()
        assert 'name="_save"' not in shown
        assert "<textarea" not in shown
        form = {"status": "achieved", "outcome": "rejected", "value": "1", "goal": goal.pk, "_save": "1", "post": "yes"}
        for address in (f"{page}add/", f"{page}{record.pk}/change/", f"{page}{record.pk}/delete/"):
            assert superuser.post(address, form).status_code == 403
        many = {"action": "delete_selected", "_selected_action": [record.pk], "post": "yes", "form-TOTAL_FORMS": "1"}
        assert superuser.post(page, many).status_code in (200, 302, 403)
        assert list(model.objects.values()) == before


def test_no_form_reaches_a_record_from_elsewhere():
    """No other page of the administration has records as rows of its form."""
    inlines = {inline.model for model in admin.site._registry.values() for inline in model.inlines}
    assert inlines == {Membership}
    assert not inlines & {StatusUpdate, Decision, OutcomeValue}


def test_the_outbox_is_filtered(cast: Cast, superuser: Client, goal):
    """Letters that wait, that have gone and that failed are told apart."""
    follow = Follow.objects.create(user=cast.secretary, goal=goal)
    now = datetime(2017, 9, 1, tzinfo=UTC)
    letters = {"NY": {}, "ÅTER": {"attempts": 2}, "GÅTT": {"sent_at": now}, "GAV UPP": {"attempts": MOST_ATTEMPTS}}
    for name, fields in letters.items():
        Notice.objects.create(follow=follow, goal=goal, key=uuid4(), text=name, anchor="x", due_at=now, **fields)
    for chosen, expected in (("vantar", {"NY", "ÅTER"}), ("skickat", {"GÅTT"}), ("misslyckat", {"GAV UPP"})):
        listed = superuser.get("/admin/goals/notice/", {"lage": chosen}).context["cl"].result_list
        assert {notice.text for notice in listed} == expected


# The audit log


def test_the_log_tells_who_changed_what(cast: Cast, superuser: Client, goal):
    """The log says in Swedish who, what, from what and to what, with names and not numbers."""
    User.objects.filter(pk=cast.users[SUPERUSER].pk).update(name="Namnet")
    old, new = goal.issue, Issue.objects.exclude(pk=goal.issue_id).first()
    superuser.post(f"{GOALS}{goal.pk}/change/", goal_form(goal, issue=new.pk, kind="goal", due_year="2018"))
    told = text(superuser.get(CHANGES))
    assert f"Namnet <{cast.users[SUPERUSER].email}>" in told
    assert "Ändrat Mål eller uppdrag: V 25" in told
    assert f"Fråga: {old.name} → {new.name}" in told
    assert "Slag: Uppdrag → Mål" in told
    assert "År: tomt → 2018" in told
    found = superuser.get(CHANGES, {"q": "namnet"}).context["cl"].result_list
    assert [change.told.name for change in found] == ["V 25"]
    assert cast.client(ADMINISTRATOR).get(CHANGES).status_code == 403


def test_every_tracked_model_has_a_swedish_name():
    """What may be changed is named in Swedish, in the filter and in the list."""
    assert [name for _, name in audit.kinds()] == [
        "Fråga",
        "Jämförelse av mål",
        "Mål eller uppdrag",
        "Omnämnande",
        "Parti i jämförelse",
        "Plan",
        "Roll i nämnd",
        "Tidigare adress",
        "Uppföljningsperiod",
        "Ämne",
    ]


def test_every_value_is_written_in_swedish(cast: Cast, superuser: Client, goal, period):
    """Dates, times, numbers, lists and what is empty are written as Swedes write them."""
    goal.target_value, goal.responsible = Decimal("97.50"), ["Nämnden", "Rådet"]
    goal.save()
    period.ends_on = date(2017, 5, 1)
    period.save()
    period.lock()
    Membership.objects.filter(user=cast.secretary).update(role="member")
    told = text(superuser.get(CHANGES, {"hur": "update"}))
    assert "97,5" in told
    assert "Nämnden, Rådet" in told
    assert "Sista dag: 30 april 2017 → 1 maj 2017" in told
    assert re.search(r"Låst: tomt → \d+ [a-z]+ \d{4} \d\d:\d\d", told)
    assert "Roll: Nämndsekreterare → Ledamot" in told


WAYS: dict[str, Callable[[Goal], object]] = {
    "save": lambda goal: Goal(pk=goal.pk, due_year=2031).save(update_fields=["due_year"]),
    "update": lambda goal: Goal.objects.filter(pk=goal.pk).update(due_year=2031),
    "bulk update": lambda goal: Goal.objects.bulk_update([changed(goal)], ["due_year"]),
    "SQL": lambda goal: sql(f"UPDATE goals_goal SET due_year = 2031 WHERE id = {goal.pk}"),
}


def changed(goal: Goal) -> Goal:
    goal.due_year = 2031
    return goal


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("way", WAYS)
def test_no_way_of_writing_goes_past_the_log(cast: Cast, goal, way):
    """A change is in the log however it is made; without anybody signed in it is a command's."""
    WAYS[way](goal)
    latest = audit.of_goal(goal, cast.committee)[0]
    assert (latest.what, latest.who) == ("Ändrat", "Gjort av ett kommando")
    assert [(field.name, field.before, field.after) for field in latest.fields] == [("År", "tomt", "2031")]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE goals_goalevent SET kind = 'goal'",
        "DELETE FROM goals_goalevent",
        "UPDATE parties_membershipevent SET role = 'x'",
    ],
)
def test_the_log_refuses_change(cast: Cast, statement):
    """The log itself is not changed and not thinned out."""
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        sql(statement)


def test_who_is_noted_for_a_form(cast: Cast, goal):
    """Who sends a form is noted with every change that it leads to, and by which address; reading notes nothing."""
    contexts = Context.objects.count()
    client = cast.client(ADMINISTRATOR)
    client.get(GOALS)
    assert Context.objects.count() == contexts
    role = cast.secretary.memberships.get()
    page = f"/admin/parties/membership/{role.pk}/change/"
    client.post(page, {"role": "member"})
    change = LoggedChange.objects.tracks(role).order_by("-pgh_id").first()
    assert change.user_id == cast.users[ADMINISTRATOR].pk
    assert change.pgh_context["url"] == page


def test_what_is_gone_keeps_its_name(cast: Cast, superuser: Client, goal):
    """An issue that was merged into another and deleted is still called by its name."""
    old = goal.issue
    new = Issue.objects.exclude(pk=old.pk).first()
    Issue.objects.filter(pk=old.pk).update(name="Gamla frågan")
    Goal.objects.filter(issue=old).update(issue=new)
    Alignment.objects.filter(issue=old).delete()
    old.mentions.all().delete()
    Issue.objects.filter(pk=old.pk).delete()
    latest = audit.of_goal(Goal.objects.get(pk=goal.pk), cast.committee)[0]
    assert [(field.before, field.after) for field in latest.fields] == [("Gamla frågan (finns inte längre)", new.name)]
    assert "Borttaget Fråga: Gamla frågan (finns inte längre)" in text(superuser.get(CHANGES, {"hur": "delete"}))


# The log of one goal


@pytest.mark.parametrize("who", [SECRETARY, ADMINISTRATOR, SUPERUSER])
def test_the_log_of_a_goal(cast: Cast, goal, who):
    """Those who work with a goal see every change of it, the latest first, with who and in what role."""
    User.objects.filter(pk=cast.users[SUPERUSER].pk).update(name="Namnet")
    old, new = goal.issue, Issue.objects.exclude(pk=goal.issue_id).first()
    cast.client(SUPERUSER).post(f"{GOALS}{goal.pk}/change/", goal_form(goal, issue=new.pk))
    response = cast.client(who).get(LOG)
    told = text(response)
    assert f"Namnet, administratör Fråga från {old.name} till {new.name}" in told
    assert "Inläst av ett kommando" in told
    assert told.index("Ändrat") < told.index("Tillagt")
    assert cast.users[SUPERUSER].email not in told
    assert "no-cache" in response["Cache-Control"]
    assert "noindex" in response.content.decode()


def test_the_role_is_the_committees(cast: Cast, goal):
    """Who has a role in the committee is shown with it, and with no role that is another committee's."""
    MembershipFactory(user=cast.secretary, role="administrator")
    with_context(cast.secretary, goal)
    assert audit.of_goal(goal, cast.committee)[0].role == "Nämndsekreterare"
    with_context(cast.users[OTHER], goal)
    assert audit.of_goal(goal, cast.committee)[0].role == ""


def with_context(user: User, goal: Goal) -> None:
    with pghistory.context(user=user.pk):
        goal.due_year = (goal.due_year or 2000) + 1
        goal.save()


@pytest.mark.parametrize(
    "address", [f"{YEAR}/v/999/logg/", f"{YEAR}/x/1/logg/", "/x/y/2017/v/1/logg/", f"{YEAR}/v/{10**30}/logg/"]
)
def test_a_goal_that_is_not_there(cast: Cast, address):
    """There is no log of a goal that there is not."""
    assert cast.client(SECRETARY).get(address).status_code == 404


def test_the_log_of_a_goal_is_not_for_others(cast: Cast, settings):
    """A member and another committee's secretary find nothing; who is not signed in signs in."""
    settings.LOGIN_URL = "/logga-in/"
    assert [cast.client(who).get(LOG).status_code for who in (NOBODY, MEMBER, OTHER)] == [302, 404, 404]


def test_the_log_of_a_goal_costs_the_same_however_long(cast: Cast, goal):
    """Thirty changes take no more queries than ten."""
    client = cast.client(SECRETARY)
    issues = list(Issue.objects.all()[:31])

    def move(times: int) -> None:
        for issue in issues[-times:]:
            cast.client(SUPERUSER).post(f"{GOALS}{goal.pk}/change/", goal_form(goal, issue=issue.pk))

    move(10)
    with CaptureQueriesContext(connection) as few:
        client.get(LOG)
    move(20)
    with CaptureQueriesContext(connection) as many:
        client.get(LOG)
    assert len(many) == len(few) <= 14


def test_a_log_that_began_late(cast: Cast, goal):
    """Of a row that is older than the log, the first change tells how it was after it."""
    other = GoalFactory(proposal=goal.proposal, number=999)
    sql("ALTER TABLE goals_goalevent DISABLE TRIGGER USER")
    sql(f"DELETE FROM goals_goalevent WHERE pgh_obj_id = {other.pk}")
    sql("ALTER TABLE goals_goalevent ENABLE TRIGGER USER")
    Goal.objects.filter(pk=other.pk).update(due_year=2018)
    latest = audit.of_goal(other, cast.committee)[0]
    assert ("År", "", "2018") in [(field.name, field.before, field.after) for field in latest.fields]
