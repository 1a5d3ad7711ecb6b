"""What no browser sends and no plan has: the import answers it without breaking, and keeps nothing of it."""

import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from goals.continuity import suggest_continues
from goals.models import Issue, Topic
from parties.models import Party
from proposals import intake
from proposals.exchange import from_json
from proposals.models import Draft, PlanYear, Proposal
from proposals.reading import UnreadableDocumentError
from proposals.reading.edit import key_of
from tests.cast import Cast
from tests.conftest import KD_FILE, YEAR
from tests.factories import IssueFactory, PageImageFactory, PartyFactory

PLAN = """# Provpartiets plan

Provpartiet vill att ungdomar ska mötas av fältassistenter i alla stadsdelar, varje kväll i veckan.

## Mål och uppdrag

- Fältassistenterna ska bli fler och finnas i hela kommunen
- Minst 80 % av brukarna ska vara nöjda
- Öppna ett sommarkafé vid ån
"""
HUGE = "9" * 5000
#: What a field is sent: numbers that are none of ours, and texts that no database or page takes as they are.
ODD = [
    *("-1", "32768", "2147483647", "9" * 18, HUGE, "1e999", "²"),
    *("a\0b", "\ufffd", "x" * 20_000, "\u202ecba", "+", "<script>alert(1)</script>"),
]


@pytest.fixture(autouse=True)
def read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read documents in this process: a test's own transaction is nothing that another one sees."""
    from proposals.reading import read

    monkeypatch.setattr(intake, "read_isolated", lambda content, name, progress: read(content, name))
    monkeypatch.setattr("proposals.views.files.start_reading", intake.read_draft)


@pytest.fixture
def party(plans: PlanYear) -> Party:
    return PartyFactory(name="Provpartiet", abbreviation="PP")


@pytest.fixture
def secretary(cast: Cast) -> Client:
    return cast.client("secretary")


def receive(secretary: Client, plans: PlanYear, party: Party, content: bytes, name: str = "plan.md") -> Draft:
    assert send(secretary, plans, party, content, name).status_code == 302
    return Draft.objects.get(party=party)


def send(secretary: Client, plans: PlanYear, party: Party, content: bytes, name: str) -> Any:
    file = SimpleUploadedFile(name, content)
    data = {"file": file, "committee": plans.committee_id, "party": party.pk, "year": 2017}
    return secretary.post("/arbete/import/", data)


@pytest.fixture
def draft(secretary: Client, plans: PlanYear, party: Party) -> Draft:
    return receive(secretary, plans, party, PLAN.encode())


@pytest.fixture
def newer(secretary: Client, plans: PlanYear, kd: Proposal) -> Draft:
    """Give a draft of a newer version of a published plan."""
    return receive(secretary, plans, kd.party, KD_FILE.read_bytes() + b"\n", "ny.txt")


def at(draft: Draft, step: str) -> str:
    return f"/arbete/import/{draft.pk}/{step}/"


def keys(draft: Draft) -> list[str]:
    return [key_of(goal) for goal in draft.plan.goals]


def again(draft: Draft) -> Draft:
    return Draft.objects.get(pk=draft.pk)


def every_step_opens(secretary: Client, draft: Draft) -> None:
    for step in ("fil", "granska", "ordna", "kontrollera", "publicera", "kasta"):
        assert secretary.get(at(draft, step)).status_code == 200, step


class TestOddFields:
    """Each field of each step is sent everything odd; the pages after it show what was kept of it."""

    @pytest.mark.parametrize(
        "name", ["fraga-{key}", "stycke-{text}", "bort-{text}", "valj", "ny", "amne-0", "nyttamne-0", "rel", "skal-0"]
    )
    def test_arranging(self, draft, secretary, name):
        """Neither the arranging breaks nor the preview, which does all that publishing does."""
        first, text = (
            keys(draft)[0],
            next(key_of(b) for b in draft.plan.blocks if b.text.startswith("Provpartiet vill")),
        )
        issue = Issue.objects.get(slug="faltassistenter")
        good = {
            f"fraga-{first}": "Alldeles ny fråga",
            f"stycke-{text}": issue.name,
            "ny": "Alldeles ny fråga",
            "amne-0": str(Topic.objects.first().pk),
            "rel": str(issue.pk),
            "relation-0": "same",
            "skal-0": "Skäl",
        }
        shown = []
        for value in ODD:
            data = {**good, "sett": again(draft).revision, name.format(key=first, text=text): value}
            assert secretary.post(at(draft, "ordna"), data).status_code == 302, value
            if (kept := again(draft).arrangement) in shown:
                continue
            shown.append(kept)
            for step in ("ordna", "kontrollera"):
                assert secretary.get(at(draft, step)).status_code == 200, value

    @pytest.mark.parametrize("step", ["granska", "ordna", "kontrollera", "publicera"])
    def test_what_was_seen(self, newer, secretary, step):
        """A revision that never was is refused as an outdated one."""
        for value in ODD:
            data = {"sett": value, "gor": f"text:{keys(newer)[0]}"}
            assert secretary.post(at(newer, step), data).status_code in (302, 409), value
            assert again(newer).revision == newer.revision, value

    @pytest.mark.parametrize("name", ["party", "year", "title", "seen"])
    def test_the_file_step(self, draft, secretary, name):
        """What a draft is cannot be made into what none is."""
        for value in ODD:
            good = {"party": draft.party_id, "year": 2017, "title": "Titel", "seen": again(draft).revision}
            assert secretary.post(at(draft, "fil"), {**good, name: value}).status_code in (302, 409, 422), value
        every_step_opens(secretary, draft)

    @pytest.mark.parametrize("name", ["party", "committee", "year", "title", "text", "received"])
    def test_receiving(self, draft, secretary, plans, name):
        """Nor does the page that receives break."""
        good = {"party": draft.party_id, "committee": plans.committee_id, "year": 2017, "title": "T", "text": "- Ett"}
        for value in ODD:
            assert secretary.post("/arbete/import/", {**good, name: value}).status_code in (302, 422), value

    def test_what_goes_on(self, newer, secretary):
        """A goal cannot go on in one that the published plan does not have."""
        shown = []
        for value in ODD:
            for name, said in ((keys(newer)[0], value), (value, "1")):
                data = {"sett": again(newer).revision, f"fortsatter-{name}": said}
                assert secretary.post(at(newer, "kontrollera"), data).status_code in (302, 400), value
                if (kept := again(newer).arrangement) not in shown:
                    shown.append(kept)
                    assert secretary.get(at(newer, "kontrollera")).status_code == 200, value
            assert set(again(newer).arrangement.get("continues", {})) <= set(keys(newer))

    def test_what_goes_on_when_the_plan_becomes_anothers(self, newer, secretary, v):
        """What was said of the goals of one plan is let go when the draft turns out to be of another."""
        Draft.objects.update(arrangement={"continues": {keys(newer)[-1]: 27}})
        v.goals.filter(number=27).update(number=2700)
        said = {"party": v.party_id, "year": 2017, "title": "Titel", "seen": newer.revision}
        secretary.post(at(newer, "fil"), said)
        every_step_opens(secretary, newer)

    @pytest.mark.parametrize(
        "name", ["kind", "target_value", "target_unit", "bound", "frequency", "due_year", "responsible", "sett"]
    )
    def test_reading_out(self, draft, secretary, name):
        """What is read out of a goal is checked field by field."""
        second = keys(draft)[1]
        for value in ODD:
            data = {
                "kind": "goal",
                "target_value": "80",
                "target_unit": "%",
                "sett": again(draft).revision,
                name: value,
            }
            answer = secretary.post(at(draft, f"granska/{second}"), data)
            assert answer.status_code in (302, 409, 422), value
        every_step_opens(secretary, draft)

    def test_the_texts_own_words(self, draft, secretary):
        """What is taken here, with or without its capital, does not stop the plan when all is to be published."""
        second = keys(draft)[1]
        data = {"kind": "goal", "target_value": "80", "target_unit": "%", "bound": "minst", "sett": draft.revision}
        assert secretary.post(at(draft, f"granska/{second}"), data).status_code == 302
        every_step_opens(secretary, draft)
        said = {"sett": again(draft).revision, "efter": 0}
        assert secretary.post(at(draft, "publicera"), said).status_code == 302

    def test_correcting(self, draft, secretary):
        """Nor does the review break, whatever the button is called."""
        first = keys(draft)[0]
        for value in ODD:
            for what in (value, f"dela:{first}:{value}", f"dela:{value}:3", f"mal:{value}", f"slaihop:{value}"):
                data = {"sett": again(draft).revision, "gor": what}
                assert secretary.post(at(draft, "granska"), data).status_code in (302, 422), what
            assert secretary.get(at(draft, "granska"), {"oppen": value, "visa": value}).status_code == 200, value

    @pytest.mark.parametrize("number", ["0", "32768", "2147483648", "9" * 30])
    def test_numbers_in_addresses(self, draft, secretary, number):
        """A number that is none of ours is not found."""
        for address in (f"/arbete/import/{number}/", f"{at(draft, 'sida')}{number}/", f"{YEAR}/kd/version/{number}/"):
            assert secretary.get(address).status_code == 404

    @pytest.mark.parametrize("key", ["sic", "__proto__", "0", "1-1", "-", "constructor"])
    def test_keys_that_are_none(self, draft, secretary, key):
        """What is read out is asked only of goals that there are."""
        Draft.objects.update(readings={"sic": {"7": ["ord"]}})
        assert secretary.get(at(draft, f"granska/{key}")).status_code == 302


@pytest.mark.parametrize(
    "name", ["a" * 300 + ".md", "../../etc/plan.md", "plan.exe.md", "\u202edm.md", ".md", "å\0ä.md"]
)
def test_names_of_files(secretary, plans, party, name):
    """A name is shown and kept, whatever it is, and leads nowhere."""
    file = SimpleUploadedFile("x.md", PLAN.encode())
    file._name = name
    data = {"file": file, "committee": plans.committee_id, "party": party.pk, "year": 2017}
    answer = secretary.post("/arbete/import/", data)
    assert answer.status_code in (302, 422)
    for draft in Draft.objects.all():
        assert "/" not in draft.document.name
        assert len(draft.document.name) <= 255
        every_step_opens(secretary, draft)
        assert secretary.get(at(draft, "dokument")).status_code == 200


@pytest.fixture
def written(client: Client, plans: PlanYear) -> dict[str, Any]:
    """Give a published plan as its file has it, without the document."""
    found: dict[str, Any] = json.loads(client.get(f"{YEAR}/kd/plan.json").content)
    return {**found, "document": None}


def goal_of(written: dict[str, Any]) -> dict[str, Any]:
    return next(block for block in written["blocks"] if block["kind_of_block"] == "goal")


WRONG: list[tuple[str, Any]] = [
    *((name, value) for name in ("raw", "text", "rule", "target_unit", "frequency") for value in ("\ud800", "a\0b")),
    *((name, [value]) for name in ("sic", "responsible", "issues", "topics") for value in ("\ud800", "a\0b")),
    *(
        (name, value)
        for name in ("number", "page", "level")
        for value in (0, 32768, 999_999_999)
        if (name, value) != ("level", 0)
    ),
    ("last_line", None),
    ("first_line", None),
    ("first_character", 999_999_999),
    ("rule", "x" * 51),
    ("target_value", "NaN"),
    ("target_value", "1e999"),
    ("target_value", "åtta"),
    ("target_value", "9" * 5000),
    ("due_year", 999_999_999),
    ("responsible", ["x" * 101]),
    ("frequency", "x" * 101),
    ("issues", ["x" * 151]),
    ("issues", [""]),
    ("topics", ["x" * 101]),
    ("relation", "x"),
    ("relation_reason", "a\0b"),
    ("marks", [[0, 1, "em"], [0, 5, "strong"]]),
    ("text", ""),
    ("raw", "\n" * 100),
]


class TestOthers:
    """What belongs to somebody else is as if it were not there."""

    def test_anothers_document(self, secretary, cast, plans, party):
        """A document that a colleague sent with a wrong form cannot be taken by who sees the form's token."""
        file = SimpleUploadedFile("hemlig.md", PLAN.encode())
        answer = secretary.post("/arbete/import/", {"file": file, "committee": plans.committee_id, "year": 2017})
        token = re.search(r'name="received" value="([^"]+)"', answer.content.decode())[1]
        data = {"received": token, "committee": plans.committee_id, "party": party.pk, "year": 2017}
        assert cast.client("administrator").post("/arbete/import/", data).status_code == 422
        assert secretary.post("/arbete/import/", data).status_code == 302

    def test_topics_and_issues_of_another_committee(self, draft, secretary):
        """Neither a new issue nor a goal, a passage or a relation comes under what another committee has."""
        issue = IssueFactory()
        first, text = (
            keys(draft)[0],
            next(key_of(b) for b in draft.plan.blocks if b.text.startswith("Provpartiet vill")),
        )
        data = {
            f"fraga-{first}": issue.name,
            f"stycke-{text}": str(issue.pk),
            "valj": f"{first}:{issue.pk}",
            "ny": issue.name,
            "amne-0": str(issue.topic_id),
            "rel": str(issue.pk),
            "relation-0": "same",
            "skal-0": "Skäl",
            "sett": draft.revision,
        }
        secretary.post(at(draft, "ordna"), data)
        kept = again(draft).arrangement
        assert kept["goals"] == {first: f"+{issue.name}"}
        assert kept["new_issues"][issue.name] == ""
        assert kept["relations"] == {}

    def test_an_arrangement_that_names_another_committees_topic(self, draft, secretary):
        """Nor if it had come into the draft in some other way."""
        issue = IssueFactory()
        first = keys(draft)[0]
        Draft.objects.update(
            arrangement={"goals": {first: "+Ny fråga"}, "new_issues": {"Ny fråga": str(issue.topic_id)}}
        )
        assert "finns inte längre" in secretary.get(at(draft, "kontrollera")).content.decode()
        assert secretary.post(at(draft, "publicera"), {"sett": draft.revision}).status_code == 422
        Draft.objects.update(arrangement={"goals": {first: str(issue.pk)}})
        secretary.post(at(draft, "publicera"), {"sett": draft.revision})
        assert not issue.goals.exists()

    def test_a_role_that_is_taken_away(self, draft, cast):
        """Who loses the role between two steps finds the draft no more."""
        client = cast.client("secretary")
        cast.secretary.memberships.all().delete()
        for step in ("granska", "ordna", "kontrollera", "publicera", "sida/1", "dokument"):
            assert client.get(at(draft, step)).status_code == 404
        assert client.post(at(draft, "publicera"), {"sett": draft.revision}).status_code == 404

    def test_images_and_documents_leave_the_contents_unread(self, draft, secretary):
        """What was read in a document, which may be megabytes, is not fetched for each image of a page."""
        PageImageFactory(document=draft.document)
        for address in (f"{at(draft, 'sida')}1/", at(draft, "dokument")):
            with CaptureQueriesContext(connection) as queries:
                assert secretary.get(address).status_code == 200
            assert not any("plan_read" in query["sql"] for query in queries)


def test_what_a_document_says_is_never_a_tag(secretary, plans, party):
    """Tags in a document, its name and what a person writes are shown as text, in every step and when published."""
    attack = '<img src=x onerror=alert(1)>"><svg onload=alert(2)>'
    plan = (
        PLAN.replace("parker", attack)
        + f"- {attack} ska bort från kommunstyrelsen\n\n# {attack}\n\n{attack} {attack}\n"
    )
    draft = receive(secretary, plans, party, plan.encode(), "<b>plan.md")
    Draft.objects.update(title=attack)
    first = keys(draft)[-1]
    said = {f"fraga-{first}": attack, "ny": attack, "nyttamne-0": attack, "sett": draft.revision}
    secretary.post(at(draft, "ordna"), said)
    addresses = [at(draft, step) for step in ("fil", "granska", "ordna", "kontrollera", "publicera", "kasta")]
    answer = secretary.post(at(draft, "publicera"), {"sett": again(draft).revision})
    compare = f"{YEAR}/jamfor/"
    pages = [secretary.get(answer["Location"]), secretary.get(compare), secretary.get(f"{answer['Location']}4/")]
    again(draft)
    Draft.objects.update(state=Draft.State.OPEN, year=2018)
    pages += map(secretary.get, addresses)
    for page in pages:
        assert page.status_code == 200
        assert "<img src=x" not in page.content.decode()
        assert "<svg onload" not in page.content.decode()
        assert "<b>plan" not in page.content.decode()
    original = secretary.get(f"{YEAR}/{party.slug}/original/")
    assert original["Content-Type"].startswith("text/plain")
    assert original["X-Content-Type-Options"] == "nosniff"


def test_goals_that_relate_are_those_that_stand(secretary, v, kd):
    """Of an issue where only withdrawn goals are left, nothing is asked; it was a server error."""
    issue = Issue.objects.filter(goals__proposal=v).filter(goals__proposal=kd).first()
    address = f"/arbete/eskilstuna/socialnamnden/amnen/fraga/{issue.slug}/2017/"
    assert secretary.get(address).status_code == 200
    issue.mentions.all().delete()
    issue.goals.update(withdrawn_in=2)
    assert secretary.get(address).status_code == 404
    assert secretary.get(f"/arbete/eskilstuna/socialnamnden/amnen/fraga/{issue.slug}/").status_code == 200


class TestPlanFiles:
    def take_in(self, secretary, plans, party, written) -> None:
        """Take in what somebody wrote, and go through all steps: it is refused with a reason, or it works."""
        answer = send(secretary, plans, party, json.dumps(written).encode(), "plan.json")
        if answer.status_code == 422:
            told = answer.content.decode()
            assert 'id="id_file_error"' in told
            assert intake.BROKEN[1:] not in told
            assert not Draft.objects.exists()
            return
        draft = Draft.objects.get(party=party)
        assert draft.state == Draft.State.OPEN
        every_step_opens(secretary, draft)
        for goal in draft.plan.goals[:2]:
            assert secretary.get(at(draft, f"granska/{key_of(goal)}")).status_code == 200
        answer = secretary.post(at(draft, "publicera"), {"sett": again(draft).revision})
        assert answer.status_code in (302, 422)
        if answer.status_code == 302:
            assert secretary.get(answer["Location"]).status_code == 200

    @pytest.mark.parametrize(("name", "value"), WRONG)
    def test_wrong_values(self, secretary, plans, party, written, name, value):
        """A value that a program wrote and no plan has is refused with a reason, or harmless."""
        goal_of(written)[name] = value
        self.take_in(secretary, plans, party, written)

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("title", "a\0b"),
            ("title", "\ud800"),
            ("title", ""),
            ("title", "x" * 5000),
            ("document_name", "a\0b.pdf"),
            ("blocks", []),
            ("year", 10**30),
            ("plan_version", -1),
        ],
    )
    def test_wrong_values_of_the_plan(self, secretary, plans, party, written, name, value):
        """So are values of the plan itself."""
        written[name] = value
        self.take_in(secretary, plans, party, written)

    def test_nothing_to_start_over_from(self, secretary, plans, party, written):
        """A plan without blocks is no plan."""
        empty = json.dumps({**written, "blocks": []}).encode()
        assert send(secretary, plans, party, empty, "plan.json").status_code == 422

    def test_level_and_reason(self, secretary, plans, party, written):
        """A heading's level and the reason that a line was left out fit where they are kept."""
        heading = next(block for block in written["blocks"] if block["kind_of_block"] == "heading")
        heading["level"] = 40_000
        written["blocks"].append({**heading, "kind_of_block": "left_out", "first_line": 19_000, "last_line": 19_000})
        written["blocks"][-1] |= {"reason": "x" * 300, "level": None}
        self.take_in(secretary, plans, party, written)

    @pytest.mark.parametrize("document", [5, "=", "%%%", ["x"]])
    def test_documents_that_are_none(self, written, document):
        """A document that is not base64 is refused."""
        with pytest.raises(UnreadableDocumentError):
            from_json(json.dumps({**written, "document": document}))

    def test_numbers_stay_when_something_else_is_read_out(self, secretary, plans, party, written):
        """A goal keeps the number that its file gives it when a person corrects another thing of it."""
        for block in written["blocks"]:
            if block["kind_of_block"] == "goal":
                block["number"] += 100
        draft = receive(secretary, plans, party, json.dumps(written).encode(), "plan.json")
        secretary.post(at(draft, f"granska/{keys(draft)[3]}"), {"kind": "assignment", "sett": draft.revision})
        secretary.post(at(draft, "publicera"), {"sett": again(draft).revision})
        goals = Proposal.objects.get(party=party).goals
        assert sorted(goals.values_list("number", flat=True)) == list(range(101, 128))


class TestManyGoals:
    """A plan with far more goals than any has costs time in proportion."""

    def test_nobody_compares_each_with_each(self):
        """Of very many goals only those with the same words are said to go on, and that at once."""
        before = {number: f"provmål {number} om något helt eget" for number in range(2000)}
        now = {str(number): f"provmål {number} om något alldeles annat" for number in range(1, 2000)}
        now["0"] = before[7]
        assert suggest_continues(before, now) == {"0": 7}
        assert suggest_continues({7: before[7]}, {"9": before[7] + " nu"}) == {"9": 7}

    def test_the_check_of_a_version_does_not_grow_with_the_square(self, secretary, plans, party):
        """The page that says what goes on offers a list of all goals only where they are few."""
        first, second = (
            "# Uppdrag\n\n" + "".join(f"- {what} {number} i kommunen\n" for number in range(210))
            for what in ("Bygga parken", "Riva huset")
        )
        draft = receive(secretary, plans, party, first.encode())
        assert secretary.post(at(draft, "publicera"), {"sett": draft.revision}).status_code == 302
        Draft.objects.update(party=plans.proposals.get(party__slug="v").party)
        newer = receive(secretary, plans, party, second.encode(), "ny.md")
        content = secretary.get(at(newer, "kontrollera")).content
        assert content.count(b'name="fortsatter-') == 210
        assert content.count(b"<option") < 210
