"""Plans as files: what is written is read in again to the same, and what is no plan is refused with a reason."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from goals.models import Alignment, Goal, Mention
from goals.publish_draft import publish_draft
from proposals import intake
from proposals.exchange import COLUMNS, from_csv, from_json, to_csv, to_json
from proposals.models import Draft, Proposal, Section
from proposals.reading import UnreadableDocumentError, read
from proposals.reading.edit import Role, become
from proposals.reading.stored import plan_to_json
from tests.conftest import KD_FILE, YEAR
from tests.factories import CommitteeFactory


@pytest.fixture(autouse=True)
def read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "read_isolated", lambda content, name, progress: read(content, name))


def told(proposal: Proposal) -> dict[str, Any]:
    """Give all that is known of a plan, by what it says and not by the keys of its rows."""
    where = ("position", "first_line", "last_line", "first_character", "page", "raw", "text")
    return {
        "title": proposal.title,
        "sections": list(Section.objects.filter(proposal=proposal).values_list(*where, "level", "parent__text")),
        "passages": list(proposal.passages.values_list(*where, "kind", "marks", "sic", "section__text")),
        "left_out": list(proposal.left_out.values_list(*where, "reason")),
        "goals": list(
            proposal.goals.order_by("number").values_list(
                *("number", "passage__position", "kind", "target_value", "target_unit", "target_bound", "frequency"),
                *("due_year", "responsible", "issue__name", "issue__topic__name"),
            )
        ),
        "mentions": sorted(
            Mention.objects.filter(passage__proposal=proposal).values_list("issue__name", "passage__position")
        ),
    }


def taken_in(tmp_path, content: bytes, name: str, party: str, committee: str = "/eskilstuna/socialnamnden/") -> None:
    path = tmp_path / name
    path.write_bytes(content)
    call_command(
        "import_document", str(path), party=party, committee=committee, year=2017, publish=True, stdout=StringIO()
    )


@pytest.mark.parametrize("party", ["v", "kd"])
@pytest.mark.parametrize("ending", ["json", "csv"])
def test_round_trip(client: Client, plans, tmp_path, party, ending):
    """A plan that is written and read in at another committee is the same there, goal for goal and word for word."""
    original = plans.proposals.get(party__slug=party)
    content = client.get(f"{YEAR}/{party}/plan.{ending}").content
    other = CommitteeFactory()
    taken_in(tmp_path, content, f"plan.{ending}", party, f"{other.municipality.slug}/{other.slug}")
    copy = Proposal.objects.get(plan_year__committee=other)
    assert told(copy) == told(original)
    assert Goal.objects.filter(proposal=copy).count() == original.goals.count()
    if ending == "json":
        assert copy.document == original.document
    again = client.get(f"/{other.municipality.slug}/{other.slug}/2017/{party}/plan.{ending}").content.decode()
    assert again.count("\n") == content.decode().count("\n")


def test_both_plans_with_their_relations(client: Client, plans, tmp_path):
    """When both plans have come, what was said of how their goals relate is there again."""
    other = CommitteeFactory()
    for party in ("v", "kd"):
        content = client.get(f"{YEAR}/{party}/plan.json").content
        taken_in(tmp_path, content, f"{party}.json", party, f"{other.municipality.slug}/{other.slug}")
    said = ("issue__name", "relation", "reason")
    copied = Alignment.objects.filter(plan_year__committee=other).values_list(*said)
    assert sorted(copied) == sorted(Alignment.objects.filter(plan_year=plans).values_list(*said))


def test_what_a_spreadsheet_would_run_is_text(client: Client, kd):
    """No cell begins with what a spreadsheet takes for a formula, and the words come back as they were."""
    kd.goals.filter(number=1).update(frequency="=1+1")
    content = client.get(f"{YEAR}/kd/plan.csv").content.decode("utf-8-sig")
    assert ",=1+1" not in content
    assert from_csv(content).blocks
    assert [block.frequency for block in from_csv(content).blocks if block.number == 1] == ["=1+1"]


@pytest.mark.parametrize("name", ["Vård | omsorg", "[Vård]", "[1]", " | ", "a | b | c"])
def test_odd_names_come_back(client: Client, kd, name):
    """A name that has what parts values in a cell is the same name when it is read."""
    kd.goals.get(number=1).issue.__class__.objects.filter(pk=kd.goals.get(number=1).issue_id).update(name=name)
    content = client.get(f"{YEAR}/kd/plan.csv").content.decode("utf-8-sig")
    (first,) = [block for block in from_csv(content).blocks if block.number == 1]
    assert first.issues == [name]


def test_a_semicolon_between_cells(client: Client, kd):
    """Swedish spreadsheets save with a semicolon; that is read too."""
    import csv
    import io

    content = client.get(f"{YEAR}/kd/plan.csv").content.decode("utf-8-sig")
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows(csv.reader(io.StringIO(content)))
    assert to_csv(from_csv(out.getvalue())) == content


@pytest.fixture
def whole(client: Client, kd) -> dict[str, Any]:
    return json.loads(client.get(f"{YEAR}/kd/plan.json").content)


def test_json_is_written_as_it_was_read(client: Client, kd):
    """Reading and writing changes nothing."""
    content = client.get(f"{YEAR}/kd/plan.json").content.decode()
    assert to_json(from_json(content)) == content


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("format",), "annat", "ingen plan från Nämndkollen"),
        (("version",), 99, "version 99"),
        (("blocks",), "x", "blocks ska vara en lista"),
        (("blocks",), [1], "blocks ska vara en lista"),
        (("year",), "2017", "year"),
        (("title",), None, "title"),
        (("document",), "%%%", "base64"),
        (("document",), "QUJD", "kontrollsumma"),
        (("blocks", 0, "kind_of_block"), "hoppsan", "block 1"),
        (("blocks", 0, "first_line"), 0, "block 1"),
        (("blocks", 0, "first_line"), True, "block 1"),
        (("blocks", 0, "last_line"), 10**8, "block 1"),
        (("blocks", 0, "marks"), [[5, 2, "em"]], "marks"),
        (("blocks", 0, "marks"), [[0, 10**6, "em"]], "marks"),
        (("blocks", 0, "text"), "a\0b", "text"),
        (("blocks", 0, "sic"), "ord", "sic"),
        (("blocks", -1, "kind"), "dröm", "kind"),
        (("blocks", -1, "number"), 1, "eget nummer"),
        (("blocks", -1, "first_line"), 3, "samma ställe"),
    ],
)
def test_json_that_is_wrong(whole, path, value, message):
    """Each fault is told, with the block that it is in."""
    at = whole
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    if path[-1] == "first_line" and value == 3:
        whole["blocks"][0]["first_line"] = 3
        whole["blocks"][0]["last_line"] = 3
    with pytest.raises(UnreadableDocumentError, match=message):
        from_json(json.dumps(whole))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "saknas"),
        ("a,b\n1,2\n", "saknas"),
        (",".join(COLUMNS) + "\n", "inga rader"),
        (",".join(COLUMNS) + "\nx,y\n", "rad 2 har 2 celler"),
        (",".join(COLUMNS) + "\n" + ",".join(["x"] * len(COLUMNS)) + "\n", "rad 2"),
        (",".join(COLUMNS) + '\n"x', "giltig CSV"),
    ],
)
def test_csv_that_is_wrong(text, message):
    """Each fault is told, with the row that it is in."""
    with pytest.raises(UnreadableDocumentError, match=message):
        from_csv(text)


@pytest.mark.parametrize("text", ["", "[", "[" * 100_000, "null", "[]", "1"])
def test_json_that_is_none(text):
    """What is no JSON, or no plan, is told as that."""
    with pytest.raises(UnreadableDocumentError):
        from_json(text)


class TestCommand:
    def run(self, *args: Any, **options: Any) -> str:
        out = StringIO()
        defaults = {
            "party": "kd",
            "committee": "eskilstuna/socialnamnden",
            "year": 2019,
            "stdout": out,
            "stderr": StringIO(),
        }
        call_command("import_document", *args, **{**defaults, **options})
        return out.getvalue()

    @pytest.fixture
    def file(self, tmp_path) -> str:
        path = tmp_path / "ny.txt"
        path.write_bytes(KD_FILE.read_bytes() + b"\n")
        return str(path)

    def test_a_document_becomes_a_draft(self, plans, file):
        """The draft waits on the site, and what was found is told."""
        told = self.run(file)
        assert "27 mål och uppdrag" in told
        assert "0 oförklarade" in told
        assert Draft.objects.get().state == Draft.State.OPEN

    def test_json(self, plans, file):
        """With --json, a program reads what was found, each goal with its place and why."""
        told = json.loads(self.run(file, json=True))
        assert len(told["goals"]) == 27
        assert told["goals"][0]["why"].startswith("Punkt under rubriken")
        assert told["draft"] == Draft.objects.get().pk

    def test_dry_run_writes_nothing(self, plans, file):
        """A trial tells the same and leaves nothing behind."""
        assert "27 mål och uppdrag" in self.run(file, dry_run=True)
        assert json.loads(self.run(file, dry_run=True, json=True, publish=True))["draft"] is None
        assert not Draft.objects.exists()
        assert Proposal.objects.count() == 2

    def test_publish(self, plans, file):
        """With --publish, the plan is there at once."""
        assert "Publicerad: /eskilstuna/socialnamnden/2019/kd/" in self.run(file, publish=True)
        assert Proposal.objects.get(plan_year__year=2019).goals.count() == 27

    @pytest.mark.parametrize(
        ("options", "code", "message"),
        [
            ({"party": "xyz"}, 1, "De som finns: KD, V"),
            ({"committee": "eskilstuna"}, 1, "eskilstuna/socialnamnden"),
            ({"year": 1800}, 1, "1971"),
        ],
    )
    def test_bad_options(self, plans, file, options, code, message):
        """What does not exist is told with what there is."""
        with pytest.raises(CommandError, match=message) as caught:
            self.run(file, **options)
        assert caught.value.returncode == code

    @pytest.mark.parametrize(
        ("name", "content", "code"),
        [
            ("borta.txt", None, 3),
            ("plan.exe", b"MZ", 3),
            ("tom.txt", b"", 3),
            ("plan.pdf", b"hej", 3),
            ("x.json", b"{}", 3),
        ],
    )
    def test_bad_files(self, plans, tmp_path, name, content, code):
        """A file that cannot be read gives its own exit code, and nothing is written."""
        path = tmp_path / name
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(CommandError) as caught:
            self.run(str(path))
        assert caught.value.returncode == code
        assert not Draft.objects.exists()

    def test_words_that_stand_so_may_be_left_out(self, client, plans, tmp_path):
        """What a person leaves out of a plan file's text takes its marks with it, and the rest can be published."""
        content = client.get(f"{YEAR}/kd/plan.json").content
        path = tmp_path / "kd.json"
        path.write_bytes(content)
        other = CommitteeFactory()
        where = f"{other.municipality.slug}/{other.slug}"
        self.run(str(path), committee=where, year=2017)
        draft = Draft.objects.get()
        marked = next(passage for passage in plans.proposals.get(party__slug="kd").passages.exclude(sic=[]))
        plan = become(draft.plan, draft.read_lines, str(marked.first_line), Role.LEFT_OUT)
        Draft.objects.update(plan_read=plan_to_json(plan))
        publish_draft(Draft.objects.get(), by=None, seen=draft.revision)
        assert not Proposal.objects.get(plan_year__committee=other).passages.filter(text=marked.text).exists()

    def test_no_goals(self, plans, tmp_path):
        """A document without goals is not published unseen."""
        path = tmp_path / "prosa.txt"
        path.write_text("Vi tycker om vår kommun. Den är bra.\n")
        with pytest.raises(CommandError, match="Inga mål hittades") as caught:
            self.run(str(path), publish=True)
        assert caught.value.returncode == 4
        assert not Draft.objects.exists()

    def test_twice(self, plans, file):
        """What is read in already is not read in again."""
        self.run(file)
        with pytest.raises(CommandError, match="redan ett utkast") as caught:
            self.run(file)
        assert caught.value.returncode == 5
        with pytest.raises(CommandError, match="redan publicerat"):
            self.run(str(KD_FILE))
