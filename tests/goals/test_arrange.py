"""The pages where a secretary arranges topics and issues, and the old addresses that lead on."""

import html
import re
import shutil
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

from goals import audit
from goals.models import Alignment, Follow, Goal, Issue, OldAddress, Topic
from parties.models import Party, User
from proposals.models import PlanYear
from tests.cast import NOBODY, OTHER, SECRETARY, SUPERUSER, Cast
from tests.conftest import BASE, SEEDS, YEAR
from tests.factories import GoalFactory, IssueFactory, PassageFactory, ProposalFactory, TopicFactory

LIST = f"/arbete{BASE}/amnen/"
WORKERS = f"{LIST}fraga/faltassistenter/"
FAMILIES = f"{LIST}fraga/familjecentral-och-insatser-i-froslunda/"
CHILDREN = f"{LIST}amne/barn-och-unga/"


@pytest.fixture
def secretary(cast: Cast) -> Client:
    return cast.client(SECRETARY)


def words(response) -> str:
    return html.unescape(response.content.decode()).replace("\xa0", " ")


def hidden(response, name: str = "seen") -> str:
    """Give what a form's hidden field holds."""
    content = response.content.decode()
    found = re.search(rf'name="{name}" value="([^"]*)"', content)
    assert found, name
    return html.unescape(found[1])


def sent(client: Client, address: str, **said: object):
    """Open a page and send its form, with what was seen."""
    return client.post(address, {"seen": hidden(client.get(address)), **said})


def goal(party: str, number: int) -> Goal:
    return Goal.objects.get(proposal__party__slug=party, number=number)


def confirmed(client: Client, address: str, **said: object):
    """Choose, look at what happens, and confirm."""
    shown = sent(client, address, steg="visa", **said)
    assert shown.status_code == 200
    again = {"seen": hidden(shown), "agreed": hidden(shown, "agreed"), **said}
    return shown, client.post(address, {**again, "steg": "spara"})


class TestList:
    """All topics and issues, in order."""

    def test_all_that_there_are(self, secretary: Client, plans):
        """Every topic and issue stands in the list in the order of the comparison, the empty ones too."""
        Topic.objects.add("Tomt ämne", committee=plans.committee)
        content = words(secretary.get(LIST))
        names = re.findall(r'fraga/[\w-]+/">([^<]+)</a>', content)
        assert names == [issue.name for issue in Issue.objects.of(plans.committee).in_order()]
        assert "Ämnet har ingen fråga" in content

    def test_queries_do_not_grow(self, secretary: Client, plans, django_assert_max_num_queries):
        """The list asks as many questions for 10 topics and 60 issues as for what there is."""
        with django_assert_max_num_queries(12) as few:
            secretary.get(LIST)
        for _ in range(2):
            topic = TopicFactory(committee=plans.committee)
            for _ in range(15):
                GoalFactory(issue=IssueFactory(topic=topic), proposal__plan_year=plans)
        with django_assert_max_num_queries(len(few)):
            secretary.get(LIST)

    @pytest.mark.parametrize(
        "page",
        [
            "",
            "logg/",
            "utan-fraga/",
            "amne/barn-och-unga/",
            *(f"fraga/faltassistenter/{rest}" for rest in ("", "loptext/", "dela/", "flytta-mal/", "2017/")),
            "fraga/faltassistenter/sla-ihop/",
            "fraga/faltassistenter/sla-ihop/?med=familjecentral-och-insatser-i-froslunda",
            "amne/barn-och-unga/sla-ihop/?med=medarbetare",
        ],
    )
    def test_pages_ask_no_more_where_there_is_more(self, secretary: Client, plans, page, django_assert_max_num_queries):
        """Each page asks as many questions with thirty more goals and texts in the issue as without."""
        with django_assert_max_num_queries(45) as few:
            secretary.get(f"{LIST}{page}")
        issue = Issue.objects.get(slug="faltassistenter")
        for number in range(101, 131):
            proposal = plans.proposals.first()
            GoalFactory(proposal=proposal, issue=issue, number=number)
            issue.mentions.create(passage=PassageFactory(proposal=proposal))
        with django_assert_max_num_queries(len(few)):
            secretary.get(f"{LIST}{page}")

    def test_steps_lead_back_to_the_button(self, secretary: Client, plans):
        """After a step the page comes back at the same button; at the end of the row, at the other one."""
        topic = plans.committee.topics.get(slug="medarbetare")
        first, second, *_ = topic.issues.in_order()
        seen = {f"ordning-{topic.pk}": hidden(secretary.get(LIST), f"ordning-{topic.pk}")}
        response = secretary.post(f"{LIST}flytta/", {**seen, "flytta": f"fraga-{second.pk}-upp"})
        assert response["Location"] == f"{LIST}#fraga-{second.pk}-ned"
        assert f'id="fraga-{second.pk}-ned"' in secretary.get(LIST).content.decode()
        assert list(topic.issues.in_order())[:2] == [second, first]
        seen = {"ordning": hidden(secretary.get(LIST), "ordning")}
        response = secretary.post(f"{LIST}flytta/", {**seen, "flytta": f"amne-{topic.pk}-upp"})
        assert response["Location"] == f"{LIST}#amne-{topic.pk}-upp"

    def test_another_order_than_seen(self, secretary: Client, plans):
        """Whoever saw another order gets 409 and the list as it is."""
        topic = plans.committee.topics.get(slug="medarbetare")
        second = list(topic.issues.in_order())[1]
        said = {f"ordning-{topic.pk}": hidden(secretary.get(LIST), f"ordning-{topic.pk}")}
        second.step(up=True)
        response = secretary.post(f"{LIST}flytta/", {**said, "flytta": f"fraga-{second.pk}-ned"})
        assert response.status_code == 409
        assert "Någon annan hann före" in words(response)
        assert next(iter(topic.issues.in_order())) == second

    @pytest.mark.parametrize(
        "said", ["", "x", "fraga-x-upp", "fraga--upp", "annat-1-upp", "fraga-1-bort", "amne-\0-upp"]
    )
    def test_steps_of_nothing(self, secretary: Client, said):
        """What is no step changes nothing."""
        assert secretary.post(f"{LIST}flytta/", {"flytta": said}).status_code in (404, 409)
        assert not OldAddress.objects.exists()

    def test_another_committees_things(self, secretary: Client, cast: Cast, plans):
        """Another committee's topics and issues are not found, whatever the form says."""
        issue = IssueFactory()
        assert secretary.post(f"{LIST}flytta/", {"flytta": f"fraga-{issue.pk}-upp"}).status_code == 409
        assert secretary.get(f"{LIST}fraga/{issue.slug}/").status_code == 404
        assert cast.client(OTHER).get(f"{LIST}fraga/strunt/").status_code == 404
        said = {"name": "Ny", "topic": issue.topic.pk}
        assert sent(secretary, WORKERS, **said).status_code == 422
        assert Issue.objects.get(slug="faltassistenter").topic.slug == "barn-och-unga"

    def test_ways_there(self, cast: Cast, plans):
        """The queue, the topic and the issue lead here, for those who may and nobody else."""
        for address, way in (
            (f"/arbete{YEAR}/delar/", LIST),
            (f"{BASE}/amne/barn-och-unga/", CHILDREN),
            (f"{BASE}/fraga/faltassistenter/", WORKERS),
        ):
            assert f'href="{way}"' in cast.client(SECRETARY).get(address).content.decode()
        for who in (NOBODY, OTHER):
            assert LIST not in cast.client(who).get(f"{BASE}/fraga/faltassistenter/").content.decode()

    def test_goals_without_issue_are_told(self, secretary: Client, plans):
        """Goals that stand in no issue are counted, and can be placed."""
        lost = goal("v", 25)
        Goal.objects.filter(pk=lost.pk).update(issue=None)
        assert "1 mål eller uppdrag står" in words(secretary.get(LIST))
        said = {"goals": [str(lost.pk)], "to": "familjehem"}
        _, response = confirmed(secretary, f"{LIST}utan-fraga/", **said)
        assert response["Location"] == f"{LIST}fraga/familjehem/"
        lost.refresh_from_db()
        assert lost.issue.slug == "familjehem"


class TestNames:
    """New names, and new topics and issues."""

    def test_rename_an_issue(self, secretary: Client, plans):
        """A new name and topic are saved, and the old address leads to the new one."""
        topic = plans.committee.topics.get(slug="medarbetare")
        response = sent(secretary, WORKERS, name=" Vuxna  på\u202e stan ", topic=topic.pk)
        issue = Issue.objects.get(slug="vuxna-pa-stan")
        assert response["Location"] == f"{LIST}#fraga-{issue.pk}"
        assert (issue.name, issue.topic) == ("Vuxna på stan", topic)

    def test_rename_a_topic(self, secretary: Client):
        """So is a topic's name."""
        sent(secretary, CHILDREN, name="Unga")
        assert Topic.objects.get(slug="unga").old_addresses.get().slug == "barn-och-unga"

    @pytest.mark.parametrize(
        ("name", "problem"),
        [
            ("", "Skriv ett namn."),
            ("…!", "minst en bokstav eller siffra"),
            ("\u202e", "minst en bokstav eller siffra"),
            ("familjehem", "redan en fråga som heter ”Familjehem”"),
            ("x" * 151, "150"),
            ("Noll\0", "tecken"),
        ],
    )
    def test_bad_names(self, secretary: Client, plans, name, problem):
        """A name that will not do answers 422 with what is wrong and what was typed; nothing is saved."""
        topic = plans.committee.topics.get(slug="barn-och-unga")
        for address in (WORKERS, f"{CHILDREN}ny-fraga/"):
            said = {"seen": hidden(secretary.get(WORKERS)), "name": name, "topic": topic.pk}
            response = secretary.post(address, said)
            assert response.status_code == 422
            assert "<title>Fel: " in words(response)
            assert problem in words(response)
        assert Issue.objects.count() == 33

    def test_a_colleague_was_there_first(self, secretary: Client):
        """Whoever opened the page before a colleague saved gets 409, what is there now, and the own text kept."""
        seen = hidden(secretary.get(WORKERS))
        Issue.objects.get(slug="faltassistenter").rename("Kollegans namn")
        topic = Topic.objects.get(slug="barn-och-unga")
        said = {"seen": seen, "name": "Mitt namn", "topic": topic.pk}
        first = secretary.post(WORKERS, said)
        assert (first.status_code, first["Location"]) == (308, f"{LIST}fraga/kollegans-namn/")
        response = secretary.post(first["Location"], said)
        assert response.status_code == 409
        assert "Kollegans namn</h1>" in words(response)
        assert 'value="Mitt namn"' in words(response)
        assert secretary.post(first["Location"], {**said, "seen": hidden(response)}).status_code == 302
        assert Issue.objects.filter(slug="mitt-namn").exists()

    def test_what_was_typed_waits_through_signing_in(self, cast: Cast):
        """A session that ended loses nothing, and a colleague's change meanwhile is still found out."""
        client = cast.client(NOBODY)
        seen = hidden(cast.client(SECRETARY).get(CHILDREN))
        assert client.post(CHILDREN, {"seen": seen, "name": "Långt skrivet"}).status_code == 302
        client.force_login(cast.secretary)
        response = client.get(CHILDREN)
        assert 'value="Långt skrivet"' in words(response)
        assert hidden(response) == seen

    def test_new_ones(self, secretary: Client, plans):
        """A new topic and a new issue come last."""
        secretary.post(f"{LIST}nytt/", {"name": "Ett nytt ämne"})
        topic = list(plans.committee.topics.order_by("position", "pk"))[-1]
        assert topic.slug == "ett-nytt-amne"
        secretary.post(f"{LIST}amne/{topic.slug}/ny-fraga/", {"name": "En ny fråga"})
        assert [issue.name for issue in topic.issues.all()] == ["En ny fråga"]

    def test_take_away_what_is_empty(self, secretary: Client, plans):
        """What is empty can be taken away, and nothing else; a stale press takes nothing."""
        topic = Topic.objects.add("Tomt", committee=plans.committee)
        issue = Issue.objects.add("Tom", topic=topic)
        assert "Ta bort" not in words(secretary.get(WORKERS)).replace("Koppla och ta bort", "")
        secretary.post(f"{WORKERS}ta-bort/", {"seen": hidden(secretary.get(WORKERS))})
        address = f"{LIST}fraga/{issue.slug}/"
        secretary.post(f"{address}ta-bort/", {"seen": "gammalt"})
        assert Issue.objects.filter(slug__in=["tom", "faltassistenter"]).count() == 2
        secretary.post(f"{address}ta-bort/", {"seen": hidden(secretary.get(address))})
        secretary.post(f"{LIST}amne/tomt/ta-bort/", {"seen": hidden(secretary.get(f"{LIST}amne/tomt/"))})
        assert not Issue.objects.filter(pk=issue.pk).exists()
        assert not Topic.objects.filter(pk=topic.pk).exists()


class TestMerging:
    """Merging, shown before it is done."""

    MERGE = f"{WORKERS}sla-ihop/"

    def test_shown_and_asked_and_done(self, secretary: Client, plans):
        """What happens is listed, what both say is shown, and what is answered is what is said afterwards."""
        address = f"{self.MERGE}?med=familjecentral-och-insatser-i-froslunda"
        content = words(secretary.get(address))
        for alignment in Alignment.objects.filter(issue__slug__in=["faltassistenter", FAMILIES.split("/")[-2]]):
            assert alignment.reason in content
        assert goal("v", 25).passage.text in content
        into = Issue.objects.get(slug="familjecentral-och-insatser-i-froslunda")
        assert goal("v", 25).issue != into
        key = f"{into.pk}-{plans.pk}"
        unanswered = sent(secretary, address)
        assert unanswered.status_code == 422
        assert "Välj hur målen hör ihop" in words(unanswered)
        assert goal("v", 25).issue != into
        response = sent(secretary, address, **{f"{key}-relation": "same", f"{key}-reason": "Nytt skäl."})
        assert response["Location"] == f"{LIST}#fraga-{into.pk}"
        assert goal("v", 25).issue == into
        assert Alignment.objects.get(issue=into).reason == "Nytt skäl."
        moved = secretary.get(f"{BASE}/fraga/faltassistenter/")
        assert (moved.status_code, moved["Location"]) == (301, f"{BASE}/fraga/{into.slug}/")

    @pytest.mark.parametrize(
        ("relation", "reason", "problem"),
        [
            ("same", "", "Skriv ett skäl"),
            ("strunt", "x", "strunt"),
            ("same", "x" * 1001, "1000"),
            ("same", "\0", "tecken"),
        ],
    )
    def test_bad_answers(self, secretary: Client, plans, relation, reason, problem):
        """An answer that will not do is told, and nothing is merged."""
        into = Issue.objects.get(slug="familjecentral-och-insatser-i-froslunda")
        key = f"{into.pk}-{plans.pk}"
        address = f"{self.MERGE}?med={into.slug}"
        response = sent(secretary, address, **{f"{key}-relation": relation, f"{key}-reason": reason})
        assert response.status_code == 422
        assert problem in words(response)
        assert Issue.objects.filter(slug="faltassistenter").exists()

    def test_a_colleague_was_there_first(self, secretary: Client, plans):
        """What has changed since it was shown is shown anew, with the answers kept, and nothing is merged."""
        into = Issue.objects.get(slug="familjecentral-och-insatser-i-froslunda")
        address, key = f"{self.MERGE}?med={into.slug}", f"{into.pk}-{plans.pk}"
        seen = hidden(secretary.get(address))
        Goal.objects.filter(pk=goal("v", 35).pk).update(issue=None)
        said = {"seen": seen, f"{key}-relation": "related", f"{key}-reason": "Mitt skäl."}
        response = secretary.post(address, said)
        assert response.status_code == 409
        assert "Mitt skäl." in words(response)
        assert Issue.objects.filter(slug="faltassistenter").exists()

    @pytest.mark.parametrize("other", ["strunt", "faltassistenter", "\0", "medarbetare"])
    def test_with_what_is_not_there(self, secretary: Client, other):
        """What is not there, or is the issue itself, is told."""
        response = secretary.get(self.MERGE, {"med": other})
        assert response.status_code == 422
        assert "Välj i listan" in words(response)

    def test_topics(self, secretary: Client, cast: Cast):
        """Topics are merged the same way: who follows, and which issues go, is told."""
        Follow.objects.start(cast.secretary, Topic.objects.get(slug="barn-och-unga"), Follow.Pace.WEEKLY)
        address = f"{CHILDREN}sla-ihop/?med=medarbetare"
        content = words(secretary.get(address))
        assert "10 frågor flyttas" in content
        assert "1 person som följer" in content
        sent(secretary, address)
        assert Topic.objects.get(slug="medarbetare").issues.count() == 15
        assert Follow.objects.get().topic.slug == "medarbetare"

    def test_topics_after_a_colleague(self, secretary: Client):
        """A topic that has changed since is shown anew."""
        address = f"{CHILDREN}sla-ihop/?med=medarbetare"
        seen = hidden(secretary.get(address))
        Issue.objects.get(slug="heltid-och-arbetstid").move(Topic.objects.get(slug="psykisk-halsa"))
        assert secretary.post(address, {"seen": seen}).status_code == 409
        assert Topic.objects.filter(slug="barn-och-unga").exists()


class TestSplitting:
    """Splitting and moving, shown before it is done."""

    def test_shown_and_done(self, secretary: Client):
        """What falls away is told before; the new issue has the goals, and nothing is said of it."""
        said = {"goals": [str(goal("v", 25).pk)], "name": "Ny fråga"}
        shown, response = confirmed(secretary, f"{WORKERS}dela/", **said)
        assert "tas bort, för att färre än två partier" in words(shown)
        assert goal("v", 25).passage.text in words(shown)
        assert response["Location"] == f"{LIST}fraga/ny-fraga/"
        assert goal("v", 25).issue.slug == "ny-fraga"
        assert not Alignment.objects.filter(issue__slug__in=["ny-fraga", "faltassistenter"]).exists()

    def test_asked_where_it_may_not_hold(self, secretary: Client, plans):
        """Where both parties are left, it is asked; unanswered is 422, and answered is what is said."""
        issue = Issue.objects.get(slug=FAMILIES.split("/")[-2])
        key = f"{issue.pk}-{plans.pk}"
        said = {"goals": [str(goal("v", 26).pk)], "name": "Ny fråga"}
        _, response = confirmed(secretary, f"{FAMILIES}dela/", **said)
        assert response.status_code == 422
        answers = {f"{key}-relation": "inget", f"{key}-reason": "oviktigt"}
        _, response = confirmed(secretary, f"{FAMILIES}dela/", **said, **answers)
        assert response.status_code == 302
        assert not Alignment.objects.filter(issue=issue).exists()

    @pytest.mark.parametrize(
        ("goals", "name", "problem"),
        [
            ([], "Ny", "Välj minst ett mål"),
            (["v25", "kd11"], "Ny", "Låt minst ett mål stå kvar"),
            (["v1"], "Ny", "finns inte här"),
            (["x"], "Ny", "finns inte här"),
            (["v25"], "", "Skriv ett namn."),
            (["v25"], "Familjehem", "redan en fråga"),
            (["v25"], "…", "minst en bokstav"),
        ],
    )
    def test_bad_choices(self, secretary: Client, goals, name, problem):
        """A choice that will not do answers 422 with what is wrong; nothing is shown as if it would happen."""
        keys = {"v25": goal("v", 25).pk, "kd11": goal("kd", 11).pk, "v1": goal("v", 1).pk}
        for step in ("visa", "spara"):
            response = sent(
                secretary, f"{WORKERS}dela/", goals=[keys.get(each, each) for each in goals], name=name, steg=step
            )
            assert response.status_code == 422
            assert problem in words(response)
            assert "Det här händer" not in words(response)
        assert Issue.objects.count() == 33

    def test_a_colleague_was_there_first(self, secretary: Client):
        """What has changed since one chose, or since it was shown, is 409, and what was typed stays."""
        address = f"{FAMILIES}dela/"
        said = {"seen": hidden(secretary.get(address)), "goals": [str(goal("v", 26).pk)], "name": "Mitt namn"}
        shown = secretary.post(address, {**said, "steg": "visa"})
        Goal.objects.filter(pk=goal("v", 35).pk).update(issue=None)
        for step in ({"steg": "visa"}, {"steg": "spara", "agreed": hidden(shown, "agreed")}):
            response = secretary.post(address, {**said, **step})
            assert response.status_code == 409
            assert 'value="Mitt namn"' in words(response)
        assert not Issue.objects.filter(slug="mitt-namn").exists()

    def test_change_the_choice(self, secretary: Client):
        """From what is shown one may go back, with all that was chosen."""
        said = {"goals": [str(goal("v", 25).pk)], "name": "Ny fråga"}
        response = sent(secretary, f"{WORKERS}dela/", steg="valj", **said)
        assert response.status_code == 200
        assert 'value="Ny fråga"' in words(response)
        assert re.search(rf'value="{goal("v", 25).pk}"[^>]* checked', response.content.decode())

    def test_move_to_another_issue_that_changes(self, secretary: Client):
        """Where the issue that goals go to changes after it was shown, it is shown anew."""
        address = f"{WORKERS}flytta-mal/"
        said = {"goals": [str(goal("v", 25).pk)], "to": "tidiga-insatser"}
        shown = sent(secretary, address, steg="visa", **said)
        Issue.objects.get(slug="tidiga-insatser").rename("Tidiga insatser och stöd")
        again = {"seen": hidden(shown), "agreed": hidden(shown, "agreed"), **said, "steg": "spara"}
        assert secretary.post(address, again).status_code == 422  # the address that was chosen is no longer there
        again["to"] = "tidiga-insatser-och-stod"
        assert secretary.post(address, again).status_code == 409
        assert goal("v", 25).issue.slug == "faltassistenter"

    def test_move_to_none(self, secretary: Client):
        """Goals may be moved out of every issue."""
        _, response = confirmed(secretary, f"{WORKERS}flytta-mal/", goals=[str(goal("v", 25).pk)], to="ingen")
        assert response["Location"] == WORKERS
        assert goal("v", 25).issue is None

    def test_split_a_topic(self, secretary: Client):
        """A topic's issues become a topic of their own; none or all of them do not."""
        topic = Topic.objects.get(slug="medarbetare")
        issues = list(topic.issues.in_order())
        address = f"{LIST}amne/medarbetare/dela/"
        for wrong in ([], [issue.pk for issue in issues]):
            assert sent(secretary, address, issues=wrong, name="Nytt").status_code == 422
        said = {"issues": [issues[1].pk], "name": "Nytt ämne"}
        assert "Det här händer" in words(sent(secretary, address, steg="visa", **said))
        sent(secretary, address, steg="spara", **said)
        assert [issue.topic.name for issue in Issue.objects.filter(pk=issues[1].pk)] == ["Nytt ämne"]


class TestSaying:
    """How goals relate, and running text."""

    RELATE = f"{WORKERS}2017/"

    def test_say_and_take_back(self, secretary: Client):
        """What is said is changed, and taken back."""
        sent(secretary, self.RELATE, relation="related", reason="Nytt skäl.")
        assert Alignment.objects.get(issue__slug="faltassistenter").reason == "Nytt skäl."
        sent(secretary, self.RELATE, relation="inget", reason="")
        assert not Alignment.objects.filter(issue__slug="faltassistenter").exists()

    def test_of_some_of_three_parties(self, secretary: Client, plans):
        """With three parties one chooses which it is said of, at least two."""
        third = ProposalFactory(plan_year=plans, party__name="Tredje", party__abbreviation="T")
        issue = Issue.objects.get(slug="faltassistenter")
        GoalFactory(proposal=third, issue=issue, number=1)
        said = {"relation": "same", "reason": "Skäl."}
        assert sent(secretary, self.RELATE, parties=["t"], **said).status_code == 422
        assert sent(secretary, self.RELATE, parties=["s"], **said).status_code == 422
        assert sent(secretary, self.RELATE, parties=["t", "v"], **said).status_code == 302
        assert {party.slug for party in Alignment.objects.get(issue=issue).parties.all()} == {"t", "v"}

    def test_where_there_is_nothing_to_relate(self, secretary: Client):
        """A year without two parties' goals has no such page."""
        assert secretary.get(f"{LIST}fraga/familjehem/2017/").status_code == 404
        for year in ("2018", "0", "99999", "9" * 30):
            assert secretary.get(f"{WORKERS}{year}/").status_code == 404

    def test_a_colleague_was_there_first(self, secretary: Client, plans):
        """What a colleague said meanwhile is not written past."""
        seen = hidden(secretary.get(self.RELATE))
        Issue.objects.get(slug="faltassistenter").relate(plans, None)
        said = {"seen": seen, "relation": "same", "reason": "Mitt skäl."}
        response = secretary.post(self.RELATE, said)
        assert response.status_code == 409
        assert "Mitt skäl." in words(response)
        assert not Alignment.objects.filter(issue__slug="faltassistenter").exists()

    def test_running_text(self, secretary: Client, v):
        """Running text is found by its words, attached, and detached."""
        issue = Issue.objects.get(slug="familjehem")
        address = f"{LIST}fraga/familjehem/loptext/"
        passage = v.passages.filter(kind="prose").exclude(mentions__issue=issue).last()
        looked = f"{address}?plan={v.pk}&q={passage.text.split()[0]}"
        assert passage.text in words(secretary.get(looked))
        sent(secretary, looked, koppla="1", passages=[passage.pk])
        mention = issue.mentions.get(passage=passage)
        sent(secretary, address, **{"ta-bort": mention.pk})
        assert not issue.mentions.filter(passage=passage).exists()

    @pytest.mark.parametrize("said", [{}, {"koppla": "1"}, {"koppla": "1", "passages": ["x"]}, {"ta-bort": "99999999"}])
    def test_bad_running_text(self, secretary: Client, said):
        """What is no running text is told, and a plan that is not there shows the first."""
        address = f"{LIST}fraga/familjehem/loptext/?plan=x&q=%00"
        before = list(Issue.objects.get(slug="familjehem").mentions.all())
        assert secretary.get(address).status_code == 200
        assert sent(secretary, address, **said).status_code == 422
        assert list(Issue.objects.get(slug="familjehem").mentions.all()) == before


class TestOldAddresses:
    """Whatever led to a topic or issue still does."""

    @pytest.fixture
    def renamed(self, plans) -> Topic:
        """Give a topic that was renamed, and then merged into another."""
        from goals.rearrange import merge_topics

        topic = Topic.objects.get(slug="barn-och-unga")
        topic.rename("Unga")
        into = Topic.objects.get(slug="medarbetare")
        merge_topics(topic, into)
        into.rename("Personal och unga")
        return into

    @pytest.mark.parametrize("slug", ["barn-och-unga", "unga", "medarbetare"])
    @pytest.mark.parametrize("rest", ["", "atom.xml"])
    def test_pages_and_feeds(self, client: Client, renamed, slug, rest):
        """The page and the feed lead to the new address at once, with their query; browsers ask again next time."""
        response = client.get(f"{BASE}/amne/{slug}/{rest}?per=2017-06-30")
        assert response.status_code == 301
        assert response["Location"] == f"{BASE}/amne/personal-och-unga/{rest}?per=2017-06-30"
        assert response["Cache-Control"] == "no-cache"
        assert client.get(response["Location"]).status_code == 200

    def test_following(self, secretary: Client, cast: Cast, renamed):
        """A form to follow that was open is sent on, and the wish is for what is there now."""
        response = secretary.post(f"{BASE}/amne/unga/folj/", {"pace": "weekly"}, follow=True)
        assert response.redirect_chain[0] == (f"{BASE}/amne/personal-och-unga/folj/", 308)
        assert Follow.objects.get(user=cast.secretary).topic == renamed

    @pytest.mark.parametrize(
        "address",
        [f"{YEAR}/jamfor/?visa=alla&amne=unga", "/andringar/?amne=unga", f"/arbete{YEAR}/delar/?amne=unga&parti=v"],
    )
    def test_filters(self, secretary: Client, renamed, address):
        """A page that is narrowed to an old address is led to the new one, with the rest of the choice."""
        response = secretary.get(address)
        assert response.status_code == 301
        assert response["Location"] == address.replace("amne=unga", "amne=personal-och-unga")
        assert "finns inte" not in words(secretary.get(response["Location"]))

    @pytest.mark.parametrize("slug", ["aldrig-funnits", "\0", "å", "x" * 300])
    def test_what_never_was(self, client: Client, plans, slug):
        """An address that never was leads nowhere."""
        assert client.get(f"{YEAR}/jamfor/", {"amne": slug}).status_code == 200
        assert client.get("/andringar/", {"amne": slug}).status_code == 200

    def test_what_never_was_as_a_page(self, client: Client, plans):
        """Nor does a page that never was."""
        assert client.get(f"{BASE}/fraga/aldrig-funnits/").status_code == 404
        assert client.get(f"{BASE}/amne/aldrig-funnits/").status_code == 404

    def test_what_takes_the_address_has_it(self, client: Client, plans):
        """A new issue with the old name has its own page, and no redirect."""
        issue = Issue.objects.get(slug="faltassistenter")
        issue.rename("Vuxna på stan")
        assert client.get(f"{BASE}/fraga/faltassistenter/").status_code == 301
        Issue.objects.add("Fältassistenter", topic=issue.topic)
        assert client.get(f"{BASE}/fraga/faltassistenter/").status_code == 200

    def test_in_the_administration_too(self, cast: Cast, plans):
        """An address that an administrator changes leaves the old one behind."""
        issue = Issue.objects.get(slug="faltassistenter")
        said = {"topic": issue.topic_id, "name": issue.name, "slug": "ny-adress", "position": issue.position}
        assert cast.client(SUPERUSER).post(f"/admin/goals/issue/{issue.pk}/change/", said).status_code == 302
        assert Client().get(f"{BASE}/fraga/faltassistenter/")["Location"] == f"{BASE}/fraga/ny-adress/"


class TestLog:
    """Who has changed what."""

    def test_who_did_what(self, secretary: Client, cast: Cast, plans):
        """The log tells of a rename and a merge with names, and who did it; what is gone is called by its name."""
        User.objects.filter(pk=cast.secretary.pk).update(name="Den som ändrade")
        topic = Topic.objects.get(slug="barn-och-unga")
        sent(secretary, WORKERS, name="Vuxna på stan", topic=topic.pk)
        sent(secretary, f"{LIST}fraga/tidiga-insatser/sla-ihop/?med=familjehem")
        # The test is one moment to the database, and so what was read in stands among what was done since.
        content = "".join(words(secretary.get(f"{LIST}logg/?sida={page}")) for page in (1, 2))
        assert "Den som ändrade, nämndsekreterare" in content
        assert "från <del>Fältassistenter</del>" in content
        assert "Borttaget fråga: Tidiga insatser (finns inte längre)" in content
        assert "tidiga-insatser leder till Familjehem" in content
        assert "Ändrat mål eller uppdrag: V 38" in content

    def test_only_the_committees_own(self, secretary: Client, plans):
        """Another committee's changes are not told."""
        IssueFactory(name="Någon annans fråga").rename("Ännu en annans fråga")
        for page in range(1, 9):
            assert "annans fråga" not in words(secretary.get(f"{LIST}logg/?sida={page}"))

    def test_pages(self, secretary: Client, plans):
        """A long log has pages, of which none is told twice; one that is not there is empty."""
        first = audit.of_arrangement(plans.committee, most=50)
        second = audit.of_arrangement(plans.committee, before=50, most=50)
        assert len(first) == len(second) == 50
        told = [(each.model, each.name, each.what, each.at) for each in (*first, *second)]
        everything = audit.of_arrangement(plans.committee, most=100)
        assert told == [(each.model, each.name, each.what, each.at) for each in everything]
        assert "Äldre ändringar" in words(secretary.get(f"{LIST}logg/"))
        for page in ("0", "x", "-1", "999999999999999999999", "99"):
            assert secretary.get(f"{LIST}logg/", {"sida": page}).status_code == 200


class TestLoading:
    """Plans that come after topics and issues have been rearranged."""

    @pytest.fixture
    def third(self, tmp_path: Path) -> Path:
        """Give the real folder with a third party, whose goals are placed by the names that there were."""
        folder = Path(shutil.copytree(SEEDS, tmp_path / "plans"))
        (folder / "tredje.txt").write_text(
            "Rubrik\n\nInledning står här.\n\nMål och uppdrag\n\n- Fler ska ut på stan\n- Fler hem\n"
        )
        with (folder / "manifest.toml").open("a", encoding="utf-8") as manifest:
            manifest.write(
                '\n[[proposal]]\ntitle = "Plan"\nfile = "tredje.txt"\n'
                '[proposal.party]\nname = "Tredje"\nabbreviation = "T"\nfill = "#000000"\nink = "#FFFFFF"\n'
            )
        topics = folder / "topics.toml"
        text = topics.read_text(encoding="utf-8")
        text = text.replace("goals = { V = [25], KD = [11] }", "goals = { V = [25], KD = [11], T = [1] }")
        text = text.replace("goals = { KD = [23, 24] }", "goals = { KD = [23, 24], T = [2] }")
        topics.write_text(text, encoding="utf-8")
        return folder

    def load(self, folder: Path) -> None:
        call_command("load_plans", folder, stdout=StringIO())

    def test_renamed_and_merged_are_found(self, plans: PlanYear, third: Path):
        """A new plan's goals are placed in what the old names are now; nothing is made anew."""
        from goals.rearrange import merge_issues

        topic = Topic.objects.get(slug="barn-och-unga")
        topic.rename("Unga")
        workers = Issue.objects.get(slug="faltassistenter")
        workers.rename("Vuxna på stan")
        into = Issue.objects.get(slug="tidiga-insatser")
        merge_issues(Issue.objects.get(slug="familjehem"), into, {})
        topics, issues = Topic.objects.count(), Issue.objects.count()
        self.load(third)
        assert (Topic.objects.count(), Issue.objects.count()) == (topics, issues)
        assert [each.issue for each in Goal.objects.filter(proposal__party__slug="t").order_by("number")] == [
            workers,
            into,
        ]

    def test_what_is_said_in_the_file_counts_where_it_still_holds(self, plans: PlanYear, third: Path):
        """A relation is set where all that it names, and nothing else, stands there; else what a person said stands."""
        self.load(third)
        workers = Issue.objects.get(slug="faltassistenter")
        assert {party.slug for party in workers.alignments.get().parties.all()} == {"v", "kd", "t"}

    def test_what_is_said_in_the_file_of_what_has_changed(self, plans: PlanYear, third: Path):
        """Where a person has moved a goal there since, the file's relation says nothing of it."""
        workers = Issue.objects.get(slug="faltassistenter")
        Goal.objects.filter(pk=goal("v", 38).pk).update(issue=workers)
        said = "Det som en person skrev."
        Alignment.objects.filter(issue=workers).update(reason=said)
        self.load(third)
        alignment = workers.alignments.get()
        assert alignment.reason == said
        assert {party.slug for party in alignment.parties.all()} == {"v", "kd"}
        assert Party.objects.filter(slug="t").exists()
