"""The work queue: what remains, judging one goal after the other or several at once, and never losing anything."""

import html
import re
import uuid
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from goals.models import Decision, Goal, OutcomeValue, ReportingPeriod, StatusUpdate
from parties.models import Membership
from tests.cast import NOBODY, SECRETARY, Cast
from tests.conftest import YEAR, Clock
from tests.factories import GoalFactory, MembershipFactory

WORK = f"/arbete{YEAR}"
QUEUE = f"{WORK}/delar/"


@pytest.fixture
def secretary(cast: Cast, clock: Clock) -> Client:
    """Give the secretary's browser, on a day when Delår is being judged."""
    return cast.client(SECRETARY)


def goal_at(party: str, number: int) -> Goal:
    return Goal.objects.at("eskilstuna", "socialnamnden", 2017, party, number).get()


def field(content: str, name: str) -> str:
    """Give what a form's hidden field holds."""
    found = re.search(rf'name="{name}" value="([^"]*)"', content)
    return html.unescape(found[1]) if found else ""


def judged(client: Client, party: str, number: int, **said: str):
    """Open a goal in the queue and save what is said of it, as a browser without scripts does."""
    address = f"{QUEUE}{party}/{number}/"
    content = client.get(address).content.decode()
    hidden = {name: field(content, name) for name in ("seen", "key")}
    return client.post(address, {**hidden, **said})


def references(content: str) -> list[str]:
    return re.findall(r'<h2 id="mal-\d+-namn"><a [^>]*>\w+ (\w+ \d+)</a>', content)


class TestQueue:
    """The list of goals."""

    def test_leads_to_the_period_that_is_judged_now(self, secretary: Client, clock: Clock):
        """The work address leads to the latest period that has ended; before the first, to that one."""
        assert secretary.get("/arbete/")["Location"] == QUEUE
        clock.set(2017, 3, 1)
        assert secretary.get("/arbete/")["Location"] == f"{WORK}/tertial-1/"

    def test_locked_periods_are_passed_over(self, secretary: Client, plans):
        """A period that is locked is not the one to judge."""
        plans.periods.get(slug="delar").lock()
        assert secretary.get("/arbete/")["Location"] == f"{WORK}/tertial-1/"

    def test_one_with_several_committees_chooses(self, secretary: Client, cast: Cast):
        """Who works for several committees gets a list of them with their periods."""
        from proposals.models import PlanYear

        other = MembershipFactory(user=cast.secretary, role=Membership.Role.SECRETARY).committee
        year = PlanYear.objects.create(committee=other, year=2017)
        ReportingPeriod.objects.make_defaults(year)
        content = secretary.get("/arbete/").content.decode()
        assert QUEUE in content
        assert year.periods.first().get_absolute_url() in content

    def test_those_not_judged_come_first(self, secretary: Client):
        """The queue begins with what is not judged, party by party in the published order, and counts what remains."""
        judged(secretary, "kd", 1, status="achieved")
        content = secretary.get(QUEUE).content.decode()
        found = references(content)
        assert len(found) == 78
        assert found[0] == "KD 2"
        assert found[-1] == "KD 1"
        assert "77 av 78 kvar" in content

    def test_judged_in_another_period_is_not_judged_in_this(self, secretary: Client, cast: Cast, plans):
        """Each period starts anew, and tells what was said in the one before."""
        goal_at("kd", 1).report("in_progress", by=cast.secretary, period=plans.periods.get(slug="tertial-1"))
        content = secretary.get(QUEUE).content.decode()
        assert "78 av 78 kvar" in content
        assert "senast bedömt: Pågår" in content

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("parti=kd", 27),
            ("amne=medarbetare", 12),
            ("status=uppnatt", 1),
            ("status=ej-bedomt&parti=kd", 26),
            ("sedan=2017-09-20", 1),
            ("sedan=2017-09-21", 0),
            ("parti=s", 78),
            ("sedan=igår", 78),
        ],
    )
    def test_filters(self, secretary: Client, query, expected):
        """The queue can be narrowed; a choice that there is not is told and left out."""
        judged(secretary, "kd", 1, status="achieved")
        assert len(references(secretary.get(f"{QUEUE}?{query}").content.decode())) == expected

    def test_late_ones(self, secretary: Client, cast: Cast, clock: Clock):
        """Goals whose date has passed can be asked for."""
        goal_at("v", 1).decide("adopted", by=cast.secretary, date=date(2017, 1, 20), due_on=date(2017, 6, 30))
        assert references(secretary.get(f"{QUEUE}?forsenat=on").content.decode()) == ["V 1"]

    def test_queries_do_not_grow(self, secretary: Client, plans, django_assert_max_num_queries):
        """The queue asks at most twelve questions, and as many for 780 goals as for 78."""
        with django_assert_max_num_queries(12) as few:
            secretary.get(QUEUE)
        for proposal in plans.proposals.all():
            for number in range(101, 452):
                GoalFactory(proposal=proposal, number=number)
        with django_assert_max_num_queries(len(few)):
            content = secretary.get(QUEUE).content.decode()
        assert "780 av 780 kvar" in content

    def test_long_queues_have_pages(self, secretary: Client, plans):
        """A hundred goals stand on a page; a page that there is not is the last one."""
        for number in range(101, 151):
            GoalFactory(proposal=plans.proposals.first(), number=number)
        assert len(references(secretary.get(QUEUE).content.decode())) == 100
        assert len(references(secretary.get(f"{QUEUE}?sida=2").content.decode())) == 28
        assert len(references(secretary.get(f"{QUEUE}?sida=99").content.decode())) == 28
        assert len(references(secretary.get(f"{QUEUE}?sida=tolv").content.decode())) == 100


class TestJudging:
    """One goal after the other."""

    def test_saves_and_opens_the_next(self, secretary: Client, cast: Cast):
        """What is saved has who, when, why and evidence; the next goal opens, and the saved one offers to undo."""
        response = judged(
            secretary,
            "kd",
            1,
            status="partly",
            comment="Hälften är klart.",
            evidence="Verksamhetsrapport",
            link="https://example.org/rapport",
            reference="SN 2017/12",
        )
        update = StatusUpdate.objects.get()
        assert response["Location"] == f"{QUEUE}kd/2/?sparat={update.pk}"
        assert (update.author, update.role, update.period.slug) == (cast.secretary, "Nämndsekreterare", "delar")
        assert (update.comment, update.evidence, update.link, update.reference, update.date) == (
            "Hälften är klart.",
            "Verksamhetsrapport",
            "https://example.org/rapport",
            "SN 2017/12",
            date(2017, 8, 31),
        )
        content = secretary.get(response["Location"]).content.decode()
        assert "Sparat: Mål KD 1." in content
        assert f'name="rapport" value="{update.pk}"' in content

    def test_in_a_period_that_has_not_ended_the_day_is_today(self, secretary: Client, cast: Cast, plans, clock: Clock):
        """Without a day, a judgement before the period's end speaks of today."""
        clock.set(2017, 8, 1)
        judged(secretary, "kd", 1, status="achieved")
        assert StatusUpdate.objects.get().date == date(2017, 8, 1)

    def test_htmx_gets_the_rows_that_changed(self, secretary: Client):
        """With scripts, the saved goal, the next one opened and the count come back, and nothing else."""
        response = secretary.post(f"{QUEUE}kd/1/", {"status": "achieved"}, headers={"HX-Request": "true"})
        content = response.content.decode()
        assert response.status_code == 200
        assert references(content) == ["KD 1", "KD 2"]
        assert "77 av 78 kvar" in content
        assert "<html" not in content

    def test_the_last_one_says_so(self, secretary: Client, cast: Cast, plans):
        """When nothing remains, the queue says that all is judged."""
        period = plans.periods.get(slug="delar")
        for goal in Goal.objects.filter(proposal__plan_year=plans).select_related("proposal__plan_year__committee"):
            if str(goal.number) != "51":
                goal.report("achieved", by=cast.secretary, period=period)
        response = judged(secretary, "v", 51, status="achieved")
        content = secretary.get(response["Location"]).content.decode()
        assert "0 av 78 kvar" in content
        assert "allt i perioden är bedömt" in content

    @pytest.mark.parametrize(
        ("said", "problem"),
        [
            ({}, "Välj en status."),
            ({"status": "done"}, "done"),
            ({"status": "partly"}, "Skriv en kommentar"),
            ({"status": "achieved", "link": "javascript:alert(1)"}, "Ange en hel adress"),
            ({"status": "achieved", "date": "2017-09-21"}, "framtiden"),
            ({"status": "achieved", "date": "i går"}, "giltigt datum"),
            ({"status": "achieved", "comment": "x" * 4001}, "4000"),
            ({"status": "achieved", "seen": "x", "key": "x"}, "heltal"),
        ],
    )
    def test_bad_input_keeps_what_was_typed(self, secretary: Client, said, problem):
        """A report that is not valid answers 422 with what is wrong and everything that was typed."""
        response = secretary.post(f"{QUEUE}kd/1/", {"evidence": "Mitt underlag", **said})
        content = html.unescape(response.content.decode())
        assert response.status_code == 422
        assert "<title>Fel: " in content
        assert problem in content
        assert "Mitt underlag" in content
        assert not StatusUpdate.objects.exists()

    def test_what_cannot_be_seen_is_not_kept(self, secretary: Client):
        """Signs that cannot be seen, and that could turn a text around, are left out."""
        judged(secretary, "kd", 1, status="partly", comment="Hälften\u202e är\x01 klar\noch resten kommer")
        assert StatusUpdate.objects.get().comment == "Hälften är klar\r\noch resten kommer".replace("\r", "")

    def test_sent_twice_is_saved_once(self, secretary: Client):
        """A double click, or a form that is sent again, records once."""
        said = {"status": "achieved", "key": str(uuid.uuid4())}
        first = secretary.post(f"{QUEUE}kd/1/", said)
        second = secretary.post(f"{QUEUE}kd/1/", said)
        assert first["Location"] == second["Location"]
        assert StatusUpdate.objects.count() == 1

    def test_second_to_save_sees_the_first(self, secretary: Client, cast: Cast, plans):
        """Who saves after somebody else gets 409 with the other's judgement and the own text, and may save still."""
        content = secretary.get(f"{QUEUE}kd/1/").content.decode()
        other = MembershipFactory(committee=cast.committee).user
        period = plans.periods.get(slug="delar")
        goal_at("kd", 1).report("dropped", by=other, period=period, comment="Nämnden drog tillbaka")
        said = {"seen": field(content, "seen"), "key": field(content, "key"), "status": "partly", "comment": "Min text"}
        response = secretary.post(f"{QUEUE}kd/1/", said)
        content = response.content.decode()
        assert response.status_code == 409
        assert "Nämnden drog tillbaka" in content
        assert "Min text" in content
        assert StatusUpdate.objects.count() == 1
        again = {**said, "seen": field(content, "seen"), "key": field(content, "key")}
        assert secretary.post(f"{QUEUE}kd/1/", again).status_code == 302
        assert StatusUpdate.objects.current(Goal.objects.all()).get().comment == "Min text"

    def test_undo_takes_it_back(self, secretary: Client):
        """To undo appends a correction: the goal is not judged again, and both records stand."""
        judged(secretary, "kd", 1, status="achieved")
        update = StatusUpdate.objects.get()
        response = secretary.post(f"{QUEUE}kd/1/angra/", {"rapport": update.pk}, follow=True)
        content = response.content.decode()
        assert "78 av 78 kvar" in content
        assert "KD 1: ångrat." in content
        assert [record.status for record in StatusUpdate.objects.order_by("pk")] == ["achieved", ""]

    def test_undo_twice_undoes_once(self, secretary: Client):
        """The second press tells that it is corrected already."""
        judged(secretary, "kd", 1, status="achieved")
        update = StatusUpdate.objects.get()
        for _ in range(2):
            response = secretary.post(f"{QUEUE}kd/1/angra/", {"rapport": update.pk}, follow=True)
        assert "har redan rättats" in response.content.decode()
        assert StatusUpdate.objects.count() == 2

    def test_another_ones_update_is_not_undone(self, secretary: Client, cast: Cast, plans):
        """What another secretary saved is not offered to be undone, and not undone."""
        other = MembershipFactory(committee=cast.committee).user
        update = goal_at("kd", 1).report("achieved", by=other, period=plans.periods.get(slug="delar"))
        assert "Ångra" not in secretary.get(f"{QUEUE}?sparat={update.pk}").content.decode()
        assert secretary.post(f"{QUEUE}kd/1/angra/", {"rapport": update.pk}).status_code == 404
        assert StatusUpdate.objects.count() == 1

    def test_what_was_saved_shows_whatever_the_filter(self, secretary: Client):
        """The confirmation with its way to undo stands above the list, also where the goal is filtered away."""
        judged(secretary, "kd", 1, status="achieved")
        update = StatusUpdate.objects.get()
        content = secretary.get(f"{QUEUE}?status=ej-bedomt&sparat={update.pk}").content.decode()
        assert "Sparat: Mål KD 1." in content

    def test_begins_with_what_is_asked_for(self, secretary: Client):
        """The way to begin leads to the first goal of the filter, and is not there where nothing remains."""
        assert (
            f"{QUEUE}v/15/?parti=v&amp;amne=medarbetare"
            in (secretary.get(f"{QUEUE}?parti=v&amne=medarbetare").content.decode().partition("Börja bedöma")[0])
        )
        assert "Börja bedöma" not in secretary.get(f"{QUEUE}?status=uppnatt").content.decode()

    @pytest.mark.parametrize("report", ["", "x", "0", "99999999999999999999999"])
    def test_undo_of_nothing(self, secretary: Client, report):
        """To undo what is not there is 404."""
        assert secretary.post(f"{QUEUE}kd/1/angra/", {"rapport": report}).status_code == 404

    def test_a_locked_period_takes_nothing(self, secretary: Client, plans):
        """A locked period offers nothing to judge, and refuses what is sent all the same."""
        plans.periods.get(slug="delar").lock()
        content = secretary.get(QUEUE).content.decode()
        assert "Perioden är låst" in content
        assert "Börja bedöma" not in content
        response = secretary.post(f"{QUEUE}kd/1/", {"status": "achieved"})
        assert response.status_code == 422
        assert "är låst" in response.content.decode()

    def test_what_was_typed_waits_through_signing_in(self, cast: Cast, clock: Clock):
        """A session that ended loses nothing: after signing in the goal opens with what was typed, to be saved."""
        client = cast.client(NOBODY)
        response = client.post(f"{QUEUE}kd/1/", {"status": "partly", "comment": "Långt skrivet", "seen": ""})
        assert response.status_code == 302
        assert not StatusUpdate.objects.exists()
        client.force_login(cast.secretary)
        content = client.get(f"{QUEUE}kd/1/").content.decode()
        assert "Långt skrivet" in content
        assert re.search(r'value="partly" checked', content)
        assert "Långt skrivet" not in client.get(f"{QUEUE}kd/1/").content.decode()


class TestBatch:
    """Several at once."""

    def chosen(self, *numbers: int) -> list[str]:
        return [str(goal_at("kd", number).pk) for number in numbers]

    def test_lists_what_was_chosen(self, secretary: Client):
        """The page of its own lists each goal before anything is saved."""
        content = secretary.get(f"{QUEUE}samla/", {"mal": self.chosen(1, 2, 3)}).content.decode()
        assert "Bedöm 3 mål och uppdrag på en gång" in content
        for number in (1, 2, 3):
            assert f"KD {number}</strong>" in content
        assert not StatusUpdate.objects.exists()

    def test_saves_all(self, secretary: Client):
        """All get the same status and comment; sent twice, they get it once."""
        said = {"mal": self.chosen(1, 2, 3), "status": "in_progress", "comment": "Alla", "key": str(uuid.uuid4())}
        for _ in range(2):
            assert secretary.post(f"{QUEUE}samla/", said)["Location"] == QUEUE
        assert sorted(StatusUpdate.objects.values_list("goal__number", "comment")) == [(n, "Alla") for n in (1, 2, 3)]

    def test_all_or_nothing(self, secretary: Client, cast: Cast, plans):
        """If somebody else has judged one of them meanwhile, nothing is saved, and the page says how they stand."""
        goal_at("kd", 2).report("achieved", by=cast.secretary, period=plans.periods.get(slug="delar"))
        said = {"mal": self.chosen(1, 2, 3), "status": "partly", "comment": "Alla", "sedd-0": ""}
        response = secretary.post(f"{QUEUE}samla/", said)
        assert response.status_code == 409
        assert "Inget är sparat" in response.content.decode()
        assert "Alla" in response.content.decode()
        assert StatusUpdate.objects.count() == 1

    def test_bad_input(self, secretary: Client):
        """A status that needs a comment and has none is told, with the goals still listed."""
        response = secretary.post(f"{QUEUE}samla/", {"mal": self.chosen(1, 2), "status": "dropped"})
        assert response.status_code == 422
        assert "Skriv en kommentar" in response.content.decode()
        assert "KD 2</strong>" in response.content.decode()
        assert not StatusUpdate.objects.exists()

    def test_odd_numbers_are_none(self, secretary: Client):
        """A number that nobody has seen, however long, is as if nothing was seen."""
        goal = self.chosen(1)[0]
        said = {"mal": [goal], "status": "achieved", f"sedd-{goal}": "9" * 5000}
        assert secretary.post(f"{QUEUE}samla/", said).status_code == 302

    @pytest.mark.parametrize("chosen", [[], ["x"], ["0"]])
    def test_nothing_chosen(self, secretary: Client, chosen):
        """Without a goal one is led back and told to choose."""
        response = secretary.get(f"{QUEUE}samla/", {"mal": chosen}, follow=True)
        assert response.redirect_chain == [(QUEUE, 302)]

    def test_a_locked_period(self, secretary: Client, plans):
        """A locked period takes no batch."""
        plans.periods.get(slug="delar").lock()
        response = secretary.post(f"{QUEUE}samla/", {"mal": self.chosen(1), "status": "achieved"})
        assert response.status_code == 422
        assert not StatusUpdate.objects.exists()


class TestDecisionsAndOutcomes:
    """What was decided, what was measured, and corrections."""

    def test_decision(self, secretary: Client):
        """A decision is recorded with its day, paragraph and due date, and stands on the goal's page."""
        said = {"outcome": "adopted", "date": "2017-01-25", "reference": "§ 12", "due_on": "2017-06-30"}
        response = secretary.post(f"{YEAR}/v/25/beslut/", said)
        assert response["Location"] == f"{YEAR}/v/25/"
        content = secretary.get(f"{YEAR}/v/25/").content.decode()
        assert "Antaget" in content
        assert "Ska vara klart senast 30 juni 2017" in content
        assert "Datumet har passerat" in content

    def test_outcome(self, secretary: Client):
        """An outcome is written with a decimal comma and shown against the target."""
        address = f"{YEAR}/kd/14/"
        secretary.post(f"{address}utfall/", {"value": "76,5", "date": "2017-08-31", "source": "Medarbetarenkäten"})
        assert OutcomeValue.objects.get().value == Decimal("76.5")
        content = secretary.get(address).content.decode()
        assert "Utfallet 76,5 i medarbetarenkäten mot målvärdet lägst 80 i medarbetarenkäten" in content

    @pytest.mark.parametrize(
        ("address", "said", "problem"),
        [
            ("v/25/beslut/", {"date": "2017-01-25"}, "Välj vad nämnden beslutade."),
            ("v/25/beslut/", {"outcome": "adopted"}, "Beslutsdatum"),
            ("v/25/beslut/", {"outcome": "adopted", "date": "2018-01-25"}, "framtiden"),
            ("kd/14/utfall/", {"value": "många", "date": "2017-08-31", "source": "Enkät"}, "Fyll i ett tal"),
            ("kd/14/utfall/", {"value": "76", "date": "2017-08-31"}, "Källa"),
            ("kd/14/utfall/", {"value": "1e99", "date": "2017-08-31", "source": "Enkät"}, "siffror"),
        ],
    )
    def test_bad_input(self, secretary: Client, address, said, problem):
        """A form that is not valid answers 422 with what is wrong, and nothing is written."""
        response = secretary.post(f"{YEAR}/{address}", said)
        assert response.status_code == 422
        assert problem in html.unescape(response.content.decode())
        assert not Decision.objects.exists()
        assert not OutcomeValue.objects.exists()

    def test_no_outcome_without_a_target(self, secretary: Client):
        """A goal that states no target has no page for outcomes."""
        assert secretary.get(f"{YEAR}/v/25/utfall/").status_code == 404

    def test_correction(self, secretary: Client, cast: Cast):
        """A correction says why, and both it and what it corrects stand in the goal's history."""
        wrong = goal_at("v", 25).decide("adopted", by=cast.secretary, date=date(2017, 1, 20))
        address = f"{YEAR}/v/25/ratta/beslut/{wrong.pk}/"
        assert 'value="adopted" ' in secretary.get(address).content.decode()
        response = secretary.post(
            address, {"outcome": "rejected", "date": "2017-01-20", "reason": "Fel rad i protokollet", "seen": wrong.pk}
        )
        assert response.status_code == 302
        content = secretary.get(f"{YEAR}/v/25/").content.decode()
        assert "Rättelse av beslut" in content
        assert "Fel rad i protokollet" in content
        assert f'<li id="beslut-{wrong.pk}" class="replaced">' in content

    def test_correction_without_a_reason(self, secretary: Client, cast: Cast):
        """A correction without a reason is refused."""
        wrong = goal_at("v", 25).decide("adopted", by=cast.secretary, date=date(2017, 1, 20))
        response = secretary.post(
            f"{YEAR}/v/25/ratta/beslut/{wrong.pk}/", {"outcome": "rejected", "date": "2017-01-20", "seen": wrong.pk}
        )
        assert response.status_code == 422
        assert Decision.objects.count() == 1

    @pytest.mark.parametrize("kind", ["lage", "beslut", "utfall"])
    def test_withdrawal(self, secretary: Client, cast: Cast, plans, kind):
        """A record of any kind can be taken back without putting another in its place."""
        goal, by = goal_at("kd", 14), cast.secretary
        wrong = {
            "lage": lambda: goal.report("partly", comment="x", by=by, period=plans.periods.get(slug="delar")),
            "beslut": lambda: goal.decide("adopted", by=by, date=date(2017, 1, 20)),
            "utfall": lambda: goal.measure(Decimal(76), by=by, date=date(2017, 1, 20), source="Enkät"),
        }[kind]()
        said = {"withdraw": "on", "date": "2017-01-20", "reason": "Gällde ett annat mål", "seen": wrong.pk}
        assert secretary.post(f"{YEAR}/kd/14/ratta/{kind}/{wrong.pk}/", said).status_code == 302
        assert not type(wrong).objects.in_force().exists()
        assert type(wrong).objects.count() == 2

    def test_second_to_correct_sees_the_first(self, secretary: Client, cast: Cast):
        """Who corrects after somebody else keeps what was typed, reason and all, and may correct the correction."""
        goal = goal_at("v", 25)
        wrong = goal.decide("adopted", by=cast.secretary, date=date(2017, 1, 20))
        address = f"{YEAR}/v/25/ratta/beslut/{wrong.pk}/"
        goal.decide("rejected", by=cast.secretary, date=date(2017, 1, 20), replaces=wrong, reason="Först")
        said = {"withdraw": "on", "date": "2017-01-20", "reason": "Mitt skäl", "seen": wrong.pk}
        response = secretary.post(address, said)
        content = response.content.decode()
        assert response.status_code == 409
        assert 'value="Mitt skäl"' in content
        assert re.search(r'name="withdraw"[^>]* checked', content)
        action = re.search(r'<form class="stack" method="post" novalidate action="([^"]+)"', content)[1]
        assert secretary.post(action, {**said, "seen": field(content, "seen")}).status_code == 302
        assert not Decision.objects.in_force().exists()

    def test_a_reason_waits_through_signing_in(self, cast: Cast, clock: Clock):
        """A correction that was typed before a session ended comes back whole."""
        wrong = goal_at("v", 25).decide("adopted", by=cast.secretary, date=date(2017, 1, 20))
        client, address = cast.client(NOBODY), f"{YEAR}/v/25/ratta/beslut/{wrong.pk}/"
        client.post(address, {"outcome": "rejected", "date": "2017-01-20", "reason": "Mitt skäl", "seen": wrong.pk})
        client.force_login(cast.secretary)
        assert 'value="Mitt skäl"' in client.get(address).content.decode()

    def test_what_is_corrected_is_not_corrected_again(self, secretary: Client, cast: Cast):
        """An old record leads to the one that replaced it."""
        goal = goal_at("v", 25)
        wrong = goal.decide("adopted", by=cast.secretary, date=date(2017, 1, 20))
        right = goal.undo(wrong, by=cast.secretary)
        response = secretary.get(f"{YEAR}/v/25/ratta/beslut/{wrong.pk}/")
        assert response["Location"] == f"{YEAR}/v/25/#beslut-{right.pk}"

    @pytest.mark.parametrize("address", ["beslut/0", "annat/1", "lage/1"])
    def test_no_such_record(self, secretary: Client, address):
        """A record that is not the goal's is not found."""
        assert secretary.get(f"{YEAR}/v/25/ratta/{address}/").status_code == 404


class TestPeriods:
    """The periods of a plan year."""

    def test_lock_and_unlock(self, secretary: Client, plans):
        """A secretary locks a period, and may open it again; the audit log has both."""
        secretary.post(f"{WORK}/perioder/delar/las/")
        assert plans.periods.get(slug="delar").is_locked
        secretary.post(f"{WORK}/perioder/delar/las/", {"las": "upp"})
        assert not plans.periods.get(slug="delar").is_locked

    def test_add_and_change(self, secretary: Client, plans):
        """Periods can be added, and changed without losing their address."""
        said = {"name": "Kvartal 1", "ends_on": "2017-03-31", "due_on": "2017-04-20"}
        assert secretary.post(f"{WORK}/perioder/", said).status_code == 302
        said["name"] = "Första kvartalet"
        assert secretary.post(f"{WORK}/perioder/kvartal-1/", said).status_code == 302
        assert plans.periods.get(slug="kvartal-1").name == "Första kvartalet"

    def test_a_locked_period_is_not_changed(self, secretary: Client, plans):
        """A locked period has to be unlocked before its days are changed."""
        plans.periods.get(slug="delar").lock()
        said = {"name": "Delår", "ends_on": "2017-09-30", "due_on": "2017-10-31"}
        response = secretary.post(f"{WORK}/perioder/delar/", said, follow=True)
        assert "Lås upp den först" in response.content.decode()
        assert plans.periods.get(slug="delar").ends_on == date(2017, 8, 31)

    @pytest.mark.parametrize(
        ("said", "problem"),
        [
            ({"name": "Nytt", "ends_on": "2017-04-30", "due_on": "2017-05-31"}, "slutar den dagen"),
            ({"name": "Delår", "ends_on": "2017-07-31", "due_on": "2017-08-31"}, "heter så"),
            ({"name": "Nytt", "ends_on": "2017-07-31", "due_on": "2017-07-30"}, "innan perioden är slut"),
            ({"name": "Nytt", "ends_on": "2027-07-31", "due_on": "2027-07-31"}, "hör till 2017"),
            ({"name": "Perioder", "ends_on": "2017-07-31", "due_on": "2017-07-31"}, "Välj ett annat namn"),
            ({"name": "ß" * 50, "ends_on": "2017-04-30", "due_on": "2017-07-31"}, "slutar den dagen"),
            ({"name": "Nytt", "ends_on": "2017-07-31", "due_on": "9999-12-31"}, "inom ett år"),
            ({"name": "!", "ends_on": "2017-07-31", "due_on": "2017-07-31"}, "Välj ett annat namn"),
            ({"name": "", "ends_on": "", "due_on": ""}, "Det går inte att spara"),
        ],
    )
    def test_bad_input(self, secretary: Client, plans, said, problem):
        """A period that cannot be is refused in words."""
        response = secretary.post(f"{WORK}/perioder/", said)
        assert response.status_code == 422
        assert problem in html.unescape(response.content.decode())
        assert plans.periods.count() == 3


class TestAsOf:
    """Pages as they stood."""

    PAGES = (f"{YEAR}/jamfor/", f"{YEAR}/v/", f"{YEAR}/v/25/", "/eskilstuna/socialnamnden/amne/barn-och-unga/")

    @staticmethod
    def seen(content: str) -> list[str]:
        """Give what a page says of how goals stand, without what says which moment it shows."""
        main = content.partition("<main")[2]
        main = re.sub(r'<div class="notice as-of">.*?</div>', "", main, flags=re.DOTALL)
        main = re.sub(r'<input id="per"[^>]*>|<form id="filter" data-address="[^"]*"', "", main)
        main = re.sub(r"\?per=[\d-]+&amp;", "?", main)
        main = re.sub(r"(\?|&amp;)per=[\d-]+", "", main)
        main = re.sub(r'<div class="share">.*?</details>\s*</div>', "", main, flags=re.DOTALL)
        main = re.sub(r"hämtad [\d-]+", "", main)
        return [line.strip() for line in main.splitlines() if line.strip()]

    @pytest.mark.parametrize("address", PAGES)
    def test_equal_to_what_they_were(self, client: Client, cast: Cast, plans, clock: Clock, address):
        """A page asked for as of a day equals what it was at the end of that day, whatever was recorded since."""
        goal, by = goal_at("v", 25), cast.secretary
        period = plans.periods.get(slug="tertial-1")
        clock.set(2017, 5, 10, 9)
        first = goal.report("in_progress", by=by, period=period, comment="Först")
        goal.decide("adopted", by=by, date=date(2017, 2, 1), due_on=date(2017, 5, 1))
        clock.set(2017, 5, 10, 23, 59)
        then = client.get(address).content.decode()
        clock.set(2017, 5, 11, 0, 1)
        goal.report("achieved", by=by, period=period, replaces=first, reason="Fel", comment="Sedan")
        goal.undo(goal.decisions.get(), by=by)
        goal_at("kd", 11).report("dropped", by=by, period=period, comment="Ett annat")
        clock.set(2017, 9, 1, 12)
        now = client.get(address).content.decode()
        as_of = client.get(f"{address}?per=2017-05-10").content.decode()
        assert self.seen(as_of) == self.seen(then)
        assert self.seen(now) != self.seen(then)
        assert "Du ser läget som det stod <strong>10 maj 2017</strong>" in as_of
        assert "Visa läget i dag" in as_of

    @pytest.mark.parametrize("address", PAGES)
    @pytest.mark.parametrize("day", ["igår", "2017-13-01", "2999-01-01", "1066-10-14", "2017-05-10T12:00"])
    def test_nonsense_is_told(self, client: Client, plans, address, day):
        """A day that is not valid gives today's page with a message."""
        response = client.get(address, {"per": day})
        assert response.status_code == 200
        assert "Du ser läget som det stod" not in response.content.decode()
        assert re.search(r"är inget datum|i framtiden|ingen uppföljning före", response.content.decode())


class TestFiltersOfTheComparison:
    """Status and decision on the comparison."""

    def test_status_and_decision_narrow(self, client: Client, cast: Cast, plans, clock: Clock):
        """The comparison can be narrowed to a status, a decision, or what is late, with counts beside each."""
        period = plans.periods.get(slug="tertial-1")
        goal_at("v", 25).report("achieved", by=cast.secretary, period=period)
        goal_at("kd", 11).decide("rejected", by=cast.secretary, date=date(2017, 1, 20))
        goal_at("v", 1).decide("adopted", by=cast.secretary, date=date(2017, 1, 20), due_on=date(2017, 6, 1))
        address = f"{YEAR}/jamfor/"

        def shown(**query: str) -> list[str]:
            content = client.get(address, query).content.decode()
            return re.findall(r'id="(\w+-\d+)"', content.partition('id="resultat"')[2])

        assert shown(status="uppnatt") == ["v-25"]
        assert shown(beslut="avslaget") == ["kd-11"]
        assert shown(status="forsenat") == ["v-1"]
        assert shown(status="uppnatt", beslut="avslaget") == []
        assert len(shown(status="ej-bedomt")) == 77
        content = client.get(address).content.decode()
        assert '<option value="uppnatt">Uppnått eller genomfört (1)</option>' in content
        assert '<option value="avslaget">Avslaget (1)</option>' in content

    def test_nonsense_shows_all(self, client: Client, plans):
        """A status that there is not gives the page with a message and all goals."""
        content = client.get(f"{YEAR}/jamfor/", {"status": "klart", "beslut": "ja"}).content.decode()
        assert "Statusen ”klart” finns inte." in content
        assert "Beslutet ”ja” finns inte." in content
        assert len(re.findall(r'<li class="goal" id=', content)) == 78
