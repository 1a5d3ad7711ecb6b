"""The import, step by step: from a document to a published plan, with nothing lost on the way."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from goals.models import Alignment, Goal, Issue, Mention, Topic
from parties.access import TYPED
from parties.models import Party
from proposals import intake
from proposals.models import Draft, PlanYear, Proposal, SourceDocument
from proposals.reading import UnreadableDocumentError
from proposals.reading.edit import key_of
from proposals.review import review
from tests.cast import OTHER, Cast
from tests.conftest import BASE, KD_FILE, YEAR
from tests.factories import MembershipFactory, PartyFactory

DOCUMENTS = Path(__file__).resolve().parents[1] / "documents"

PLAN = """# Provpartiets plan

Provpartiet vill att ungdomar ska mötas av fältassistenter i alla stadsdelar, varje kväll i veckan.

## Mål och uppdrag

- Fältassistenterna ska bli fler och finnas i hela kommunen
- Minst 80 % av brukarna ska vara nöjda
- Öppna ett sommarkafé vid ån
"""


@pytest.fixture(autouse=True)
def read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read documents in this process: a test's own transaction is nothing that another one sees."""
    from proposals.reading import read

    monkeypatch.setattr(intake, "read_isolated", lambda content, name, progress: read(content, name))

    def read_now(draft: Draft) -> None:
        Draft.objects.filter(pk=draft.pk).update(state=Draft.State.READING)
        intake.read_draft(draft)

    monkeypatch.setattr("proposals.views.files.start_reading", read_now)


@pytest.fixture
def party(plans: PlanYear) -> Party:
    return PartyFactory(name="Provpartiet", abbreviation="PP")


@pytest.fixture
def secretary(cast: Cast) -> Client:
    return cast.client("secretary")


def sent(plans: PlanYear, party: Party, text: str = PLAN, name: str = "plan.md", **more: Any) -> dict[str, Any]:
    file = SimpleUploadedFile(name, text.encode())
    return {"file": file, "committee": plans.committee_id, "party": party.pk, "year": 2017, **more}


@pytest.fixture
def draft(secretary: Client, plans: PlanYear, party: Party) -> Draft:
    secretary.post("/arbete/import/", sent(plans, party))
    return Draft.objects.get()


def at(draft: Draft, step: str) -> str:
    return f"/arbete/import/{draft.pk}/{step}/"


def keys(draft: Draft) -> list[str]:
    return [key_of(goal) for goal in draft.plan.goals]


def again(draft: Draft) -> Draft:
    return Draft.objects.get(pk=draft.pk)


class TestFile:
    def test_a_document_becomes_a_draft(self, draft, secretary):
        """What was found waits to be reviewed, under the title that the document has."""
        assert draft.state == Draft.State.OPEN
        assert draft.title == "Provpartiets plan"
        assert len(draft.plan.goals) == 3
        assert bytes(draft.document.content) == PLAN.encode()
        assert secretary.get(f"/arbete/import/{draft.pk}/")["Location"] == at(draft, "granska")

    def test_pasted_text(self, secretary, plans, party):
        """Text may be pasted instead of sent as a file."""
        data = sent(plans, party)
        del data["file"]
        secretary.post("/arbete/import/", {**data, "text": "Mål och uppdrag\n\n- Fler parker\n"})
        assert [goal.text for goal in Draft.objects.get().plan.goals] == ["Fler parker"]

    def test_the_same_file_leads_to_the_first_draft(self, draft, secretary, plans, party):
        """Nobody reviews the same document twice by mistake."""
        answer = secretary.post("/arbete/import/", sent(plans, party), follow=True)
        assert Draft.objects.count() == 1
        assert "redan ett utkast av samma dokument" in answer.content.decode()

    def test_a_published_document_leads_to_its_plan(self, secretary, plans, kd):
        """What is published already is not read in again."""
        data = sent(plans, kd.party)
        data["file"] = SimpleUploadedFile("annat-namn.txt", KD_FILE.read_bytes())
        assert secretary.post("/arbete/import/", data)["Location"] == f"{YEAR}/kd/"
        assert not Draft.objects.exists()

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"file": SimpleUploadedFile("plan.exe", b"MZ")}, "Filtypen .exe kan inte läsas"),
            ({"file": SimpleUploadedFile("plan", b"text")}, "kan inte läsas"),
            ({"file": SimpleUploadedFile("plan.md", b"")}, "tom"),
            ({"file": ""}, "Välj en fil"),
            ({"text": "också text"}, "inte båda"),
            ({"party": ""}, "Parti"),
            ({"year": "1800"}, "1971"),
            ({"year": "i fjol"}, "År"),
            ({"committee": "999999"}, "Nämnd"),
            ({"title": "t" * 201}, "200"),
        ],
    )
    def test_bad_input(self, secretary, plans, party, change, message):
        """Each mistake is told, and no draft is made of it."""
        answer = secretary.post("/arbete/import/", {**sent(plans, party), **change})
        assert answer.status_code == 422
        content = answer.content.decode()
        assert message in content
        assert "<title>Fel: " in content
        assert not Draft.objects.exists()

    def test_a_file_need_not_be_chosen_twice(self, secretary, plans, party):
        """A document that came with a wrong form is kept, and only the wrong field has to be mended."""
        answer = secretary.post("/arbete/import/", {**sent(plans, party), "party": ""})
        content = answer.content.decode()
        assert "plan.md</strong> är mottagen" in content
        token = re.search(r'name="received" value="([^"]+)"', content)
        data = {"received": token[1], "committee": plans.committee_id, "party": party.pk, "year": 2017}
        secretary.post("/arbete/import/", data)
        assert bytes(Draft.objects.get().document.content) == PLAN.encode()

    @pytest.mark.parametrize("token", ["1", "abc", "1:abc:def"])
    def test_nobody_names_anothers_document(self, secretary, plans, party, token, draft):
        """A token that we did not make names nothing."""
        data = {"received": token, "committee": plans.committee_id, "party": party.pk, "year": 2017}
        assert secretary.post("/arbete/import/", data).status_code == 422

    def test_too_large(self, secretary, plans, party, monkeypatch):
        """A file that is too large is refused before it is kept."""
        monkeypatch.setattr("proposals.import_forms.LARGEST_FILE", 10)
        answer = secretary.post("/arbete/import/", sent(plans, party))
        assert answer.status_code == 422
        assert SourceDocument.objects.count() == 2

    def test_what_cannot_be_read_says_why(self, secretary, plans, party):
        """A document that no reader can read is told as that beside its field, and nothing of it is kept."""
        answer = secretary.post("/arbete/import/", sent(plans, party, name="plan.pdf", title="Vår plan"))
        content = answer.content.decode()
        assert answer.status_code == 422
        assert "plan.pdf" not in content
        assert 'value="Vår plan"' in content
        told = content.partition('id="id_file_error">')[2].partition("</p>")[0]
        assert told.endswith("Filen heter .pdf men är vanlig text; byt namn så att det slutar på .txt och försök igen.")
        assert not Draft.objects.exists()
        assert SourceDocument.objects.count() == 2

    def test_what_took_long_and_could_not_be_read(self, secretary, draft):
        """A document that turned out unreadable while one waited stays, with the reason and the ways on."""
        Draft.objects.update(state=Draft.State.FAILED, problem="dokumentet är inskannat")
        content = secretary.get(at(draft, "laser")).content.decode()
        assert "Dokumentet gick inte att läsa" in content
        assert "dokumentet är inskannat." in content
        assert "<title>Fel: " in content
        secretary.post(at(draft, "laser"))
        assert again(draft).state == Draft.State.OPEN

    def test_whose_it_is_may_be_changed(self, draft, secretary, kd):
        """Year, party and title may be changed as long as nothing is published."""
        said = {"party": kd.party_id, "year": 2018, "title": "Ny titel", "seen": draft.revision}
        secretary.post(at(draft, "fil"), said)
        assert (again(draft).party, again(draft).year, again(draft).title) == (kd.party, 2018, "Ny titel")
        stale = secretary.post(at(draft, "fil"), {**said, "title": "En till"})
        assert stale.status_code == 409
        assert "En till" in stale.content.decode()
        assert again(draft).title == "Ny titel"

    def test_a_draft_is_thrown_away_with_its_document(self, draft, secretary):
        """Throwing away asks first, and leaves what is published alone."""
        assert "Kasta utkastet?" in secretary.get(at(draft, "kasta")).content.decode()
        assert Draft.objects.exists()
        secretary.post(at(draft, "kasta"))
        assert not Draft.objects.exists()
        assert SourceDocument.objects.count() == 2
        assert Proposal.objects.count() == 2

    def test_pages_that_cannot_be_drawn(self, secretary, plans, party, monkeypatch):
        """A document whose text was read is reviewed by its lines where its pages cannot be drawn."""

        def refuse(content: bytes) -> Iterator[bytes]:
            yield b"PNG"
            raise UnreadableDocumentError("det tog för lång tid")

        monkeypatch.setattr(intake, "page_images_isolated", refuse)
        content = (DOCUMENTS / "seeds/kd.pdf").read_bytes()
        data = {**sent(plans, party), "file": SimpleUploadedFile("kd.pdf", content)}
        secretary.post("/arbete/import/", data)
        draft = Draft.objects.get()
        assert (draft.state, len(draft.plan.goals)) == (Draft.State.OPEN, 27)
        page = secretary.get(at(draft, "granska")).content.decode()
        assert page.count("<img") == 1
        assert "Flickor och pojkar som far illa" in page.partition("<code>")[2]

    def test_the_document_is_sent_to_be_saved(self, draft, secretary):
        """What somebody uploaded is never shown by the browser as ours."""
        answer = secretary.get(at(draft, "dokument"))
        assert answer.content == PLAN.encode()
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["X-Content-Type-Options"] == "nosniff"

    def test_a_reading_that_stopped_can_be_taken_up(self, draft, secretary):
        """A reading that has been silent is told as stopped, and starts again when asked."""
        Draft.objects.update(state=Draft.State.READING, heard_at="2017-01-01T00:00Z")
        assert "har avbrutits" in secretary.get(at(draft, "laser")).content.decode()
        secretary.post(at(draft, "laser"))
        assert again(draft).state == Draft.State.OPEN

    def test_progress(self, draft, secretary):
        """While a document is read, the page says how far it has come, and leads on by itself when it is done."""
        from django.utils import timezone

        Draft.objects.update(state=Draft.State.READING, pages=40, pages_done=12, heard_at=timezone.now())
        page = secretary.get(at(draft, "laser")).content.decode()
        assert "12 av 40 sidor" in page
        assert 'value="12"' in page
        part = secretary.get(at(draft, "laser"), headers={"HX-Request": "true"}).content.decode()
        assert "<html" not in part
        assert "12 av 40 sidor" in part
        Draft.objects.update(state=Draft.State.OPEN)
        done = secretary.get(at(draft, "laser"), headers={"HX-Request": "true"})
        assert done["HX-Redirect"] == at(draft, "granska")

    @pytest.mark.parametrize(
        "how", [{"state": Draft.State.FAILED}, {"state": Draft.State.READING, "heard_at": "2017-01-01T00:00Z"}]
    )
    def test_a_reading_that_ends_badly_is_told_by_the_whole_page(self, draft, secretary, how):
        """Where the page asks by itself how far it has come, heading and title say it too when it failed or stopped."""
        Draft.objects.update(**how)
        answer = secretary.get(at(draft, "laser"), headers={"HX-Request": "true"})
        assert answer["HX-Refresh"] == "true"

    def test_pages_that_are_drawn_are_told_from_pages_that_are_read(self, draft, secretary):
        """When all pages are read, what is left is to draw them, and the page says so."""
        from django.utils import timezone

        Draft.objects.update(state=Draft.State.READING, pages=40, pages_done=40, heard_at=timezone.now())
        assert "Nu ritas de" in secretary.get(at(draft, "laser")).content.decode()


def test_work_begins_with_a_plan(db):
    """A secretary of a committee that has no plan yet is led to where one is read in."""
    membership = MembershipFactory()
    client = Client()
    client.force_login(membership.user)
    assert client.get("/arbete/")["Location"] == "/arbete/import/"


class TestReview:
    def press(self, secretary: Client, draft: Draft, what: str, **more: Any) -> Any:
        data = {"gor": what, "sett": again(draft).revision, **more}
        return secretary.post(at(draft, "granska"), data)

    def test_every_line_is_shown_and_explained(self, draft, secretary):
        """The document stands beside what was found, line for line, each with why it is that."""
        content = secretary.get(at(draft, "granska")).content.decode()
        for line in filter(None, PLAN.split("\n")):
            assert f"<code>{line}</code>" in content
        assert "rader är förklarade" in content
        assert "Punkt under rubriken ”Mål och uppdrag” · säkert" in content

    def test_a_goal_is_unmarked_and_marked(self, draft, secretary):
        """A press makes a goal text, and another makes it a goal again; the page comes back to it."""
        first = keys(draft)[0]
        answer = self.press(secretary, draft, f"text:{first}")
        assert answer["Location"].endswith(f"#b-{first}")
        assert len(again(draft).plan.goals) == 2
        self.press(secretary, draft, f"mal:{first}")
        assert len(again(draft).plan.goals) == 3
        assert again(draft).changed_by.email

    def test_parting_and_joining(self, draft, secretary):
        """A goal is parted where the page says, and joined again; the words are never touched."""
        second = keys(draft)[1]
        before = again(draft).plan
        self.press(secretary, draft, f"slaihop:{second}")
        joined = again(draft).plan.goals[1]
        assert joined.text == "Minst 80 % av brukarna ska vara nöjda\nÖppna ett sommarkafé vid ån"
        page = secretary.get(at(draft, "granska") + f"?oppen={second}").content.decode()
        cut = re.search(rf'value="dela:{second}:(\d+)"', page)[1]
        self.press(secretary, draft, f"dela:{second}:{cut}")
        assert again(draft).plan.goals == before.goals

    def test_the_next_doubtful_one_comes_after(self, secretary, plans, party):
        """Where the doubtful ones alone are shown, the one that was decided gives place to the next, then the last."""
        text = (
            "# Plan\n\nVi tycker så här:\n\n- att vi ska bygga parker\n- att vi ska öppna ett kafé\n- att vi ska måla\n"
        )
        secretary.post("/arbete/import/", sent(plans, party, text))
        draft = Draft.objects.get()
        one, two, three = (row.key for row in review(draft).doubtful)
        for pressed, leads_to in ((one, two), (three, two), (two, two)):
            data = {"gor": f"bekrafta:{pressed}", "sett": again(draft).revision}
            answer = secretary.post(at(draft, "granska") + "?visa=osakra", data)
            assert answer["Location"].endswith(f"?visa=osakra#b-{leads_to}")

    def test_starting_over(self, draft, secretary):
        """All corrections of the step can be taken back at once."""
        self.press(secretary, draft, f"utelamna:{keys(draft)[0]}")
        self.press(secretary, draft, "borja-om:1")
        assert len(again(draft).plan.goals) == 3

    @pytest.mark.parametrize(
        "what", ["", "mal:999", "hoppsan:1", "dela:7:", "dela:7:x", "dela:7:99999999999", "slaihop:x"]
    )
    def test_nonsense(self, draft, secretary, what):
        """What cannot be done is told, and changes nothing."""
        answer = self.press(secretary, draft, what)
        assert answer.status_code == 422
        assert again(draft).plan_read == draft.plan_read

    def test_a_colleague_was_faster(self, draft, secretary):
        """A correction made from an outdated page is refused with what there is now."""
        self.press(secretary, draft, f"text:{keys(draft)[0]}")
        answer = self.press(secretary, draft, f"text:{keys(draft)[1]}", sett=draft.revision)
        assert answer.status_code == 409
        assert "Någon annan har ändrat" in answer.content.decode()
        assert len(again(draft).plan.goals) == 2

    def test_what_is_read_out_of_a_goal(self, draft, secretary):
        """Target, unit and the rest are found in the words, and a person may correct them."""
        second = keys(draft)[1]
        page = secretary.get(at(draft, f"granska/{second}")).content.decode()
        assert 'value="80"' in page
        data = {
            "kind": "assignment",
            "target_value": "80",
            "target_unit": "%",
            "bound": "Minst",
            "sett": draft.revision,
        }
        secretary.post(at(draft, f"granska/{second}"), data)
        assert again(draft).readings[second]["kind"] == "assignment"

    @pytest.mark.parametrize(
        ("field", "value"), [("target_value", "85"), ("responsible", "Kommunstyrelsen"), ("due_year", "2030")]
    )
    def test_nothing_is_read_out_that_does_not_stand_there(self, draft, secretary, field, value):
        """A value that the words do not have is refused beside its field."""
        second = keys(draft)[1]
        data = {"kind": "goal", "sett": draft.revision, field: value}
        answer = secretary.post(at(draft, f"granska/{second}"), data)
        assert answer.status_code == 422
        assert "står inte i målets text" in answer.content.decode()
        assert again(draft).readings == {}

    def test_a_document_without_lists_says_so(self, secretary, plans, party):
        """Where no list is found, no goal is guessed."""
        text = "# Plan\n\nVi tycker om vår kommun. Den är bra.\n"
        secretary.post("/arbete/import/", sent(plans, party, text))
        draft = Draft.objects.get()
        assert "Inga mål hittades" in secretary.get(at(draft, "granska")).content.decode()

    def test_the_queries_do_not_grow(self, draft, secretary, plans):
        """The review asks as much of the database for a long document as for a short one."""
        with CaptureQueriesContext(connection) as short:
            secretary.get(at(draft, "granska"))
        longer = PartyFactory()
        text = PLAN + "".join(f"- Provmål {number} om något helt eget\n" for number in range(200))
        secretary.post("/arbete/import/", sent(plans, longer, text, name="lang.md"))
        other = Draft.objects.get(party=longer)
        with CaptureQueriesContext(connection) as long:
            secretary.get(at(other, "granska"))
        assert len(long) <= len(short) <= 8


class TestArrange:
    def save(self, secretary: Client, draft: Draft, **data: Any) -> Any:
        return secretary.post(at(draft, "ordna"), {"sett": again(draft).revision, **data})

    def test_issues_are_suggested_with_reasons_and_placed_by_nobody(self, draft, secretary):
        """The other parties' goals on fältassistenter are suggested for ours, with the words; nothing is filled in."""
        content = secretary.get(at(draft, "ordna")).content.decode()
        assert "0 av 3 mål har en fråga" in content
        assert re.search(r'data-name="Fältassistenter"', content)
        assert "fältassistenterna" in content.lower()
        filled = secretary.get(at(draft, "ordna") + "?forslag=starka").content.decode()
        assert 'value="Fältassistenter"' in filled
        assert again(draft).arrangement == {}

    def test_a_goal_is_placed_by_name_or_by_pressing_a_suggestion(self, draft, secretary):
        """The name of an issue, however it is spelled, places a goal; so does pressing a suggestion."""
        first, second, _ = keys(draft)
        issue = Issue.objects.get(slug="faltassistenter")
        self.save(secretary, draft, **{f"fraga-{first}": "  FÄLTASSISTENTER "})
        assert again(draft).arrangement["goals"] == {first: str(issue.pk)}
        answer = self.save(secretary, draft, **{f"fraga-{first}": "Fältassistenter", "valj": f"{second}:{issue.pk}"})
        assert answer["Location"].endswith(f"#mal-{second}")
        assert again(draft).arrangement["goals"][second] == str(issue.pk)

    def test_a_new_issue_needs_a_topic(self, draft, secretary):
        """A name that no issue has is a new issue, and one cannot go on before it has a topic."""
        third = keys(draft)[2]
        answer = self.save(secretary, draft, **{f"fraga-{third}": "Mötesplatser vid ån", "vidare": "1"})
        assert answer.status_code == 422
        assert "behöver ett ämne" in answer.content.decode()
        assert not Issue.objects.filter(name="Mötesplatser vid ån").exists()
        topic = Topic.objects.first()
        self.save(secretary, draft, **{"ny": "Mötesplatser vid ån", "amne-0": str(topic.pk)})
        assert again(draft).arrangement["new_issues"] == {"Mötesplatser vid ån": str(topic.pk)}

    def test_running_text_is_attached_and_detached(self, draft, secretary):
        """A passage may speak of several issues."""
        passage = next(key_of(block) for block in draft.plan.blocks if block.text.startswith("Provpartiet vill"))
        issues = [Issue.objects.get(slug="faltassistenter"), Issue.objects.exclude(slug="faltassistenter").first()]
        for issue in issues:
            self.save(secretary, draft, **{f"stycke-{passage}": issue.name})
        assert again(draft).arrangement["prose"][passage] == [str(issue.pk) for issue in issues]
        self.save(secretary, draft, **{f"stycke-{passage}": "", f"bort-{passage}": str(issues[0].pk)})
        assert again(draft).arrangement["prose"][passage] == [str(issues[1].pk)]

    def test_the_running_text_has_a_page_of_its_own(self, draft, secretary):
        """Goals and running text are arranged apart, so that neither page is heavy; saving stays on the page."""
        goals = secretary.get(at(draft, "ordna")).content.decode()
        text = secretary.get(at(draft, "ordna") + "?del=loptext").content.decode()
        assert 'name="stycke-' not in goals
        assert 'name="fraga-' not in text
        assert 'data-name="Fältassistenter"' in text
        saved = secretary.post(at(draft, "ordna") + "?del=loptext", {"sett": draft.revision})
        assert saved["Location"] == at(draft, "ordna") + "?del=loptext"

    def test_a_relation_needs_both_words_and_a_reason(self, draft, secretary):
        """Where goals meet, one says how and why, or nothing."""
        first = keys(draft)[0]
        self.save(secretary, draft, **{f"fraga-{first}": "Fältassistenter"})
        assert "Där målen möter andra partiers" in secretary.get(at(draft, "ordna")).content.decode()
        issue = Issue.objects.get(slug="faltassistenter")
        said = {"rel": str(issue.pk), "relation-0": "same", "skal-0": "", "vidare": "1"}
        assert self.save(secretary, draft, **said).status_code == 422
        said["skal-0"] = "Alla planerna vill ha fler fältassistenter."
        assert self.save(secretary, draft, **said)["Location"] == at(draft, "kontrollera")

    def test_a_colleague_was_faster(self, draft, secretary):
        """What one had chosen stays on the page when a colleague has saved meanwhile."""
        first = keys(draft)[0]
        answer = secretary.post(at(draft, "ordna"), {"sett": draft.revision - 1, f"fraga-{first}": "Fältassistenter"})
        assert answer.status_code == 409
        assert 'value="Fältassistenter"' in answer.content.decode()
        assert again(draft).arrangement == {}

    def test_a_lost_session_loses_none_of_a_long_plan(self, secretary, plans, party):
        """The form of 51 goals and 60 paragraphs, filled in to the full, is there again after signing in."""
        goals = "".join(f"- Provmål {number} om något helt eget\n" for number in range(51))
        prose = "".join(f"Stycke {number} säger något längre om hur det ska vara här.\n\n" for number in range(60))
        secretary.post("/arbete/import/", sent(plans, party, f"# Plan\n\n{prose}## Mål och uppdrag\n\n{goals}"))
        draft = Draft.objects.get()
        pages = [secretary.get(at(draft, "ordna") + query).content.decode() for query in ("", "?del=loptext")]
        names = [name for page in pages for name in re.findall(r'name="((?:fraga|stycke)-[^"]+)"', page)]
        assert len(names) == 111
        typed = {name: f"{at:03} ".ljust(150, "å") for at, name in enumerate(names)}
        reasons = {f"skal-{at}": "Ett skäl som är tämligen långt. " * 10 for at in range(51)}
        secretary.logout()
        secretary.post(at(draft, "ordna"), {"sett": draft.revision, **typed, **reasons})
        kept = secretary.session[TYPED]["typed"]
        assert {name: kept[name][0] for name in typed} == typed

    def test_an_issue_that_is_gone_is_let_go(self, draft, secretary):
        """A draft whose issue somebody has merged away meanwhile can still be opened."""
        Draft.objects.update(arrangement={"goals": {keys(draft)[0]: "999999"}, "relations": {"999999": ["same", "x"]}})
        assert "0 av 3 mål har en fråga" in secretary.get(at(draft, "ordna")).content.decode()

    def test_the_queries_do_not_grow(self, draft, secretary, plans):
        """Arranging many goals asks no more of the database than arranging few."""
        with CaptureQueriesContext(connection) as short:
            secretary.get(at(draft, "ordna"))
        longer = PartyFactory()
        text = PLAN + "".join(f"- Provmål {number} om något helt eget\n" for number in range(100))
        secretary.post("/arbete/import/", sent(plans, longer, text, name="lang.md"))
        with CaptureQueriesContext(connection) as long:
            secretary.get(at(Draft.objects.get(party=longer), "ordna"))
        assert len(long) <= len(short) + 1
        assert len(long) <= 24


@pytest.fixture
def arranged(draft: Draft, secretary: Client) -> Draft:
    """Place the first goal beside the others' and the third in a new issue; the second stands nowhere."""
    first, _, third = keys(draft)
    passage = next(key_of(block) for block in draft.plan.blocks if block.text.startswith("Provpartiet vill"))
    issue = Issue.objects.get(slug="faltassistenter")
    said = {
        f"fraga-{first}": "Fältassistenter",
        f"fraga-{third}": "Mötesplatser vid ån",
        f"stycke-{passage}": "Fältassistenter",
        "sett": draft.revision,
    }
    secretary.post(at(draft, "ordna"), said)
    said = {
        "ny": "Mötesplatser vid ån",
        "nyttamne-0": "Kultur vid ån",
        "rel": str(issue.pk),
        "relation-0": "same",
        "skal-0": "Alla planerna vill ha fler fältassistenter.",
        "sett": again(draft).revision,
    }
    secretary.post(at(draft, "ordna"), said)
    return again(draft)


class TestCheck:
    def test_counts_and_warnings(self, arranged, secretary):
        """The step counts what will be published, and says what has not been placed."""
        content = secretary.get(at(arranged, "kontrollera")).content.decode()
        assert "<strong>3</strong> mål" in content or "<strong>2</strong> mål" in content
        assert "Mål 2 står inte i någon fråga" in content
        assert "nämner inte Provpartiet" not in content
        assert "nämner inte 2017. Är det rätt år?" in content

    def test_the_comparison_as_it_will_be(self, arranged, secretary):
        """The preview shows our goal beside the others', and writes nothing."""
        content = secretary.get(at(arranged, "kontrollera")).content.decode()
        preview = content.partition("Så blir jämförelsen")[2]
        assert "Fältassistenterna ska bli fler" in preview
        assert "Mötesplatser vid ån" in preview
        assert "Alla planerna vill ha fler" in preview
        assert "<a " not in preview.partition("Vidare till Publicera")[0].rpartition("</section>")[0]
        assert Proposal.objects.count() == 2
        assert not Issue.objects.filter(name="Mötesplatser vid ån").exists()
        assert again(arranged).state == Draft.State.OPEN

    def test_duplicates_and_other_committees(self, secretary, plans, party):
        """Goals that may be the same, and goals that name another committee, are pointed out."""
        text = (
            PLAN + "- Fältassistenterna ska bli fler och finnas i hela vår kommun\n- Kommunstyrelsen ska köpa en buss\n"
        )
        secretary.post("/arbete/import/", sent(plans, party, text))
        draft = Draft.objects.get()
        content = secretary.get(at(draft, "kontrollera")).content.decode()
        assert "Mål 1 och 4 kan vara samma" in content
        assert "ommunstyrelsen" in content.partition("Att se över")[2].partition("Så blir")[0]


class TestPublish:
    def publish(self, secretary: Client, draft: Draft) -> Any:
        before = again(draft).published_before()
        said = {"sett": again(draft).revision, "efter": before.version if before else 0}
        return secretary.post(at(draft, "publicera"), said)

    def test_everything_is_published_at_once(self, arranged, secretary, client):
        """The plan, its goals, the new issue and topic, the attached text and the relation are all there."""
        answer = self.publish(secretary, arranged)
        assert answer["Location"] == f"{YEAR}/pp/"
        proposal = Proposal.objects.get(party__slug="pp")
        assert list(proposal.goals.values_list("number", "issue__name")) == [
            (1, "Fältassistenter"),
            (2, None),
            (3, "Mötesplatser vid ån"),
        ]
        assert Issue.objects.get(name="Mötesplatser vid ån").topic.name == "Kultur vid ån"
        assert Mention.objects.get(passage__proposal=proposal).issue.slug == "faltassistenter"
        alignment = Alignment.objects.get(issue__slug="faltassistenter")
        assert alignment.parties.count() == 3
        assert again(arranged).proposal == proposal
        compare = client.get(f"{YEAR}/jamfor/").content.decode()
        assert "Fältassistenterna ska bli fler" in compare

    def test_a_goal_may_stand_in_no_issue(self, draft, secretary):
        """Fields that were saved empty leave their goals without an issue, and nothing stops."""
        said = {f"fraga-{key}": "" for key in keys(draft)}
        secretary.post(at(draft, "ordna"), {"sett": draft.revision, **said})
        assert "behöver ett ämne" not in secretary.get(at(draft, "kontrollera")).content.decode()
        assert self.publish(secretary, draft)["Location"] == f"{YEAR}/pp/"

    def test_publishing_twice_is_refused(self, arranged, secretary):
        """A second press publishes nothing more, and leads to the plan."""
        stale = {"sett": again(arranged).revision, "efter": 0}
        self.publish(secretary, arranged)
        answer = secretary.post(at(arranged, "publicera"), stale)
        assert answer["Location"] == f"{YEAR}/pp/"
        assert Proposal.objects.count() == 3

    def test_what_has_to_be_mended_stops_it(self, draft, secretary):
        """A new issue without a topic stops the publishing, and nothing is half done."""
        Draft.objects.update(arrangement={"goals": {keys(draft)[0]: "+Ny fråga"}})
        answer = self.publish(secretary, draft)
        assert answer.status_code == 422
        assert "behöver ett ämne" in answer.content.decode()
        assert Proposal.objects.count() == 2
        assert not PlanYear.objects.filter(year=2018).exists()

    def test_a_change_since_it_was_looked_at_stops_it(self, arranged, secretary):
        """What is published is what one has seen."""
        assert secretary.post(at(arranged, "publicera"), {"sett": 1}).status_code == 409
        assert Proposal.objects.count() == 2

    def test_a_year_without_plans_begins(self, draft, secretary, client):
        """The first plan of a year makes the year, with its periods."""
        Draft.objects.update(year=2031)
        self.publish(secretary, draft)
        assert PlanYear.objects.get(year=2031).periods.count() == 3
        assert client.get(f"{BASE}/2031/jamfor/").status_code == 200

    def test_a_newer_version(self, secretary, plans, kd, client):
        """The same plan reworded keeps numbers and issues, told goal by goal before it is published."""
        text = KD_FILE.read_text(encoding="utf-8")
        goals = dict(kd.goals.values_list("number", "passage__text"))
        issues = dict(kd.goals.values_list("number", "issue"))
        text = text.replace(goals[4], goals[4] + " senast i december", 1).replace(
            goals[9], "Bygga en alldeles ny brygga", 1
        )
        secretary.post("/arbete/import/", sent(plans, kd.party, text, name="ny.txt"))
        draft = Draft.objects.get()
        page = secretary.get(at(draft, "kontrollera")).content.decode()
        assert "Skillnad mot version 1" in page
        assert "<strong>25</strong> oförändrat" in page
        assert "<ins>senast i december</ins>" in page
        assert "Tas bort ur jämförelsen" in page
        assert self.publish(secretary, draft)["Location"] == f"{YEAR}/kd/"
        now = Proposal.objects.get(pk=kd.pk)
        assert now.version == 2
        assert now.goals.get(number=4).passage.text.endswith("senast i december")
        assert now.goals.get(number=9).withdrawn_in == 2
        assert now.goals.get(number=28).passage.text == "Bygga en alldeles ny brygga"
        kept = dict(now.goals.exclude(number=28).values_list("number", "issue"))
        assert kept == issues

    def test_running_text_goes_on_speaking_of_its_issues(self, secretary, plans, kd):
        """Running text with the same words stays attached in a newer version; what is gone is told beforehand."""
        spoken = set(Mention.objects.filter(passage__proposal=kd).values_list("issue", "passage__text"))
        gone = sorted(text for _, text in spoken)[0]
        text = KD_FILE.read_text(encoding="utf-8").replace(gone, "Något helt annat än det som stod här.", 1)
        secretary.post("/arbete/import/", sent(plans, kd.party, text, name="ny.txt"))
        draft = Draft.objects.get()
        assert gone[:40] in secretary.get(at(draft, "kontrollera")).content.decode()
        self.publish(secretary, draft)
        now = set(Mention.objects.filter(passage__proposal=kd).values_list("issue", "passage__text"))
        assert now == {pair for pair in spoken if pair[1] != gone}

    def test_what_is_said_of_goals_is_asked_about(self, secretary, plans, kd):
        """A relation whose goal is reworded is pointed out; one whose goal is gone is told to end, and does."""
        said = Alignment.objects.get(issue__slug="faltassistenter")
        goal = kd.goals.get(issue=said.issue)
        text = KD_FILE.read_text(encoding="utf-8")
        reworded = text.replace(goal.passage.text, goal.passage.text + " i hela kommunen", 1)
        secretary.post("/arbete/import/", sent(plans, kd.party, reworded, name="ny.txt"))
        first = Draft.objects.get()
        assert "Stämmer det som sägs än?" in secretary.get(at(first, "kontrollera")).content.decode()
        first.discard()
        without = text.replace(goal.passage.text, "Bygga en alldeles ny brygga", 1)
        secretary.post("/arbete/import/", sent(plans, kd.party, without, name="ny.txt"))
        second = Draft.objects.get()
        assert "faller bort" in secretary.get(at(second, "kontrollera")).content.decode()
        self.publish(secretary, second)
        assert not Alignment.objects.filter(pk=said.pk).exists()

    def test_another_version_came_meanwhile(self, secretary, plans, kd):
        """A difference that nobody has looked at is not published."""
        text = KD_FILE.read_text(encoding="utf-8")
        for name in ("ett", "två"):
            secretary.post("/arbete/import/", sent(plans, kd.party, f"{text}\n{name}\n", name=f"{name}.txt"))
        one, two = Draft.objects.order_by("pk")
        seen = {"sett": two.revision, "efter": 1}
        self.publish(secretary, one)
        answer = secretary.post(at(two, "publicera"), seen)
        assert answer.status_code == 409
        assert "annan version" in answer.content.decode()
        assert Proposal.objects.get(pk=kd.pk).version == 2

    def test_a_person_says_what_goes_on(self, secretary, plans, kd):
        """Which goal goes on in which is a person's decision."""
        text = KD_FILE.read_text(encoding="utf-8")
        ninth = kd.goals.get(number=9).passage.text
        secretary.post(
            "/arbete/import/",
            sent(plans, kd.party, text.replace(ninth, "Bygga en alldeles ny brygga", 1), name="ny.txt"),
        )
        draft = Draft.objects.get()
        key = keys(draft)[8]
        twice = {"sett": draft.revision, f"fortsatter-{key}": "9", f"fortsatter-{keys(draft)[0]}": "9"}
        assert "samma tidigare mål" in secretary.post(at(draft, "kontrollera"), twice, follow=True).content.decode()
        secretary.post(at(draft, "kontrollera"), {"sett": draft.revision, f"fortsatter-{key}": "9"})
        self.publish(secretary, draft)
        assert Goal.objects.get(proposal=kd, number=9).passage.text == "Bygga en alldeles ny brygga"
        assert not Goal.objects.filter(proposal=kd, number=28).exists()


@pytest.mark.parametrize(
    "step", ["", "fil/", "laser/", "kasta/", "dokument/", "granska/", "ordna/", "kontrollera/", "publicera/"]
)
def test_others_drafts_are_as_if_there_were_none(draft, cast, step):
    """A secretary of another committee finds nothing, however the address is asked."""
    other = cast.client(OTHER)
    address = f"/arbete/import/{draft.pk}/{step}"
    assert other.get(address).status_code == 404
    assert other.post(address, {"gor": "text:7", "sett": draft.revision}).status_code in (404, 405)
    assert again(draft).revision == draft.revision


class TestWhatIsReadOut:
    TEXT = (
        "# Provpartiets plan\n\n## Mål och uppdrag\n\n"
        "- Utreda ett nytt ungdomshus senast den 31 mars 2017\n"
        "- Väntetiden ska vara högst tre dagar\n"
        "- Minst 1 500 kronor per barn ska gå till kultur\n"
    )

    def test_days_and_amounts_come_along(self, secretary, plans, party, client):
        """What the words set as the last day, and numbers that are words, are read, kept and shown."""
        secretary.post("/arbete/import/", sent(plans, party, self.TEXT))
        draft = Draft.objects.get()
        for key in keys(draft):
            page = secretary.get(at(draft, f"granska/{key}")).content.decode()
            found = dict(re.findall(r'<input type="\w+" name="(\w+)" value="([^"]*)"', page))
            data = {name: value for name, value in found.items() if name not in ("kind", "csrfmiddlewaretoken")}
            saved = secretary.post(at(draft, f"granska/{key}"), {**data, "kind": "goal"})
            assert saved.status_code == 302
        secretary.post(at(draft, "publicera"), {"sett": again(draft).revision, "efter": 0})
        first, second, third = Proposal.objects.get(party=party).goals.order_by("number")
        assert (first.due_words, str(first.due_on)) == ("senast den 31 mars 2017", "2017-03-31")
        assert (second.target_value, second.target_bound, second.target_unit) == (3, "högst", "dagar")
        assert third.target_value == 1500
        content = client.get(f"{YEAR}/pp/1/").content.decode()
        assert "senast den 31 mars 2017" in content
        assert "Datumet har passerat" in content

    def test_a_last_day_needs_its_words(self, secretary, plans, party):
        """A day that no words set is refused."""
        secretary.post("/arbete/import/", sent(plans, party, self.TEXT))
        draft = Draft.objects.get()
        data = {"kind": "goal", "due_on": "2017-05-01", "sett": draft.revision}
        answer = secretary.post(at(draft, f"granska/{keys(draft)[1]}"), data)
        assert answer.status_code == 422
        assert "hur texten anger dagen" in answer.content.decode()
