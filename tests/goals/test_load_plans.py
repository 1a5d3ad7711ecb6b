"""`manage.py load_plans`: the real plans as data, and what happens when something is wrong."""

import re
import shutil
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count

from goals.models import Alignment, Goal, Issue, Mention, Topic
from parties.models import Municipality, Party
from proposals.manifest import read_manifest
from proposals.models import LeftOut, Passage, PlanYear, Proposal, Section, SourceDocument
from proposals.reading import parse, read, stated
from tests.conftest import KD_FILE, SEEDS, V_FILE

MODELS = (Municipality, Party, PlanYear, SourceDocument, Proposal, Section, Passage, LeftOut, Goal, Topic, Issue)
MODELS += (Alignment, Mention)


def load(*folders: Path, **options) -> str:
    out = StringIO()
    call_command("load_plans", *folders, stdout=out, **options)
    return out.getvalue()


def row_counts() -> list[int]:
    return [model.objects.count() for model in MODELS]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a copy of the real folder, to spoil."""
    return Path(shutil.copytree(SEEDS, tmp_path / "plans"))


def change(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def test_summary(db):
    """The command says what it loaded."""
    assert load() == (
        "Kristdemokraterna – Socialnämnden i Eskilstuna, 2017: 27 mål och uppdrag i 3 listor (11, 6, 10)\n"
        "Vänsterpartiet – Socialnämnden i Eskilstuna, 2017: 51 mål och uppdrag i 5 listor (2, 16, 22, 3, 8)\n"
        "Socialnämnden i Eskilstuna, 2017: 33 frågor i 8 ämnen\n"
    )


def test_loading_twice_changes_nothing(plans):
    """A second run leaves every row as it was, and says so."""
    before = row_counts(), list(Goal.objects.order_by("pk").values())
    assert load().count("(redan inläst)") == 2
    assert (row_counts(), list(Goal.objects.order_by("pk").values())) == before


def test_dry_run_writes_nothing(db):
    """A trial run gives the same summary and leaves the database empty."""
    out = load(dry_run=True)
    assert "51 mål och uppdrag" in out
    assert "inget har skrivits" in out
    assert row_counts() == [0] * len(MODELS)


def test_every_goal_stands_in_exactly_one_issue(plans):
    """33 issues in 8 topics hold all 78 goals; 10 issues have goals from both parties."""
    assert Topic.objects.count() == 8
    assert Issue.objects.count() == 33
    assert Goal.objects.filter(issue=None).count() == 0
    shared = Issue.objects.annotate(parties=Count("goals__proposal__party", distinct=True)).filter(parties=2)
    assert shared.count() == 10
    assert set(Alignment.objects.values_list("issue", flat=True)) == set(shared.values_list("pk", flat=True))
    assert Alignment.objects.filter(relation=Alignment.Relation.SAME).count() == 4


def test_documents_are_kept_byte_for_byte(v, kd):
    """What a reader downloads is what was received."""
    assert bytes(v.document.content) == V_FILE.read_bytes()
    assert bytes(kd.document.content) == KD_FILE.read_bytes()


def test_stored_places_give_back_the_document(plans):
    """Sections, passages and left-out lines, put at their lines, are the document again."""
    for proposal in plans.proposals.all():
        source = bytes(proposal.document.content).decode().split("\n")
        rebuilt = [""] * len(source)
        for place in (*proposal.sections.all(), *proposal.passages.all(), *proposal.left_out.all()):
            rebuilt[place.first_line - 1 : place.last_line] = place.raw.split("\n")
        assert rebuilt == source


def test_sections_stand_under_each_other(v):
    """A list of goals stands under the section whose goals it lists."""
    section = v.goals.get(number=25).passage.section
    assert section.text == "Mål och uppdrag"
    assert section.parent.text == "Vård och omsorg med fokus på omtanke och medmänsklighet"
    assert section.parent.parent.text == "Verksamhetsplan"


def test_headings_assignments(kd):
    """The heading "Uppdrag till förvaltningen" makes KD 18–27 assignments to förvaltningen."""
    last_ten = kd.goals.filter(number__gte=18)
    assert last_ten.count() == 10
    assert {goal.kind for goal in last_ten} == {Goal.Kind.ASSIGNMENT}
    assert last_ten.get(number=20).responsible == ["förvaltningen"]


def test_every_goal_has_been_read_by_a_person():
    """The manifest gives a kind to each of the 78, and the rule agrees with all but a few."""
    manifest = read_manifest(SEEDS)
    differing = []
    for entry in manifest.proposals:
        plan = parse(read(entry.path.read_bytes(), entry.path.name))
        assert sorted(entry.kinds) == [goal.number for goal in plan.goals]
        heading = ""
        for block in plan.blocks:
            number = getattr(block, "number", None)
            if number and stated(block.text, heading).kind is not entry.kinds[number]:
                differing.append(f"{entry.party['abbreviation']} {number}")
            elif not number:
                heading = block.text
    assert differing == ["V 25", "V 44", "V 47"]


def test_targets_are_those_that_the_texts_state(plans):
    """Six goals state a target, one a frequency; no other goal gets any."""
    with_target = Goal.objects.exclude(target_value=None).order_by("number")
    assert [(goal.reference, goal.target) for goal in with_target] == [
        ("KD 12", "80\N{NO-BREAK SPACE}%"),
        ("KD 13", "90\N{NO-BREAK SPACE}%"),
        ("KD 14", "lägst 80 i medarbetarenkäten"),
        ("KD 15", "lägst 85 i medarbetarenkäten"),
        ("KD 16", "minst 97\N{NO-BREAK SPACE}%"),
        ("KD 17", "95\N{NO-BREAK SPACE}%"),
    ]
    assert [goal.frequency for goal in Goal.objects.exclude(frequency="")] == ["fyra gånger om året"]


def test_nothing_is_stored_that_the_text_does_not_state(plans):
    """Year, frequency, bounds and every responsible body stand in the goal's text, or in its heading."""
    for goal in Goal.objects.select_related("passage__section"):
        words = f"{goal.passage.text} {goal.passage.section.text}"
        for stated_value in (goal.due_year, goal.frequency, goal.target_bound, *goal.responsible):
            if stated_value:
                assert str(stated_value) in words, goal
        if goal.target_value is not None:
            assert re.search(rf"\b{goal.target_value:.0f}\b", words), goal


def test_due_years(plans):
    """Goals that name a year get it; the others get none."""
    found = Goal.objects.exclude(due_year=None).select_related("proposal__party").order_by("proposal", "number")
    assert {goal.reference: goal.due_year for goal in found} == {
        **{f"KD {number}": 2017 for number in (10, 11, 12, 13, 14, 15, 16, 17, 27)},
        **{f"V {number}": 2017 for number in (35, 37, 41, 51)},
    }


def test_named_bodies(plans):
    """Bodies that a text names as the ones to act are kept, all of them."""
    found = Goal.objects.exclude(responsible=[]).exclude(passage__section__text="Uppdrag till förvaltningen")
    assert {goal.reference: goal.responsible for goal in found.select_related("proposal__party")} == {
        "KD 2": ["Nämnden"],
        "KD 7": ["Nämnden"],
        "V 4": ["förvaltningens verksamheter"],
        "V 22": ["Socialtjänsten"],
        "V 23": ["Kommunen"],
        "V 28": ["skola", "socialtjänst"],
        "V 30": ["Barn- och utbildningsförvaltningen", "Socialförvaltningen"],
        "V 47": ["Förvaltningen"],
        "V 50": ["Förvaltningen"],
    }


def test_sic_words_stand_in_their_passages(plans):
    """Every word marked with [sic] stands in the passage it is marked in, and both parties are measured alike."""
    marked = Passage.objects.exclude(sic=[])
    for passage in marked:
        assert all(word in passage.text for word in passage.sic)
    assert {passage.proposal.party.slug for passage in marked.select_related("proposal__party")} == {"kd", "v"}
    assert Goal.objects.get(proposal__party__slug="v", number=36).passage.sic == ["utvecklas”"]


def test_prose_that_speaks_of_an_issue(plans):
    """KD's running text on street workers stands beside its goal."""
    mentions = Mention.objects.filter(issue__slug="faltassistenter", passage__proposal__party__slug="kd")
    assert [mention.passage.first_line for mention in mentions.order_by("passage__position")] == [15, 39]


def spoil_encoding(folder: Path) -> None:
    (folder / V_FILE.name).write_bytes(b"ett\ntv\xff\n")


def spoil_content(folder: Path) -> None:
    (folder / V_FILE.name).write_bytes(b"\n\n")


def spoil_goals(folder: Path) -> None:
    (folder / KD_FILE.name).write_text("Plan\n\nBara text.\n\n- en punkt\n", encoding="utf-8")


def spoil_party(folder: Path) -> None:
    change(folder / "manifest.toml", 'name = "Kristdemokraterna"', 'name = "K"')
    change(folder / "manifest.toml", 'abbreviation = "V"', 'abbreviation = "KD"')


def changed(file: str, before: str, after: str) -> Callable[[Path], None]:
    """Give what changes a text in one of the folder's files."""
    return lambda folder: change(folder / file, before, after)


BAD_FOLDERS = {
    "not UTF-8": (spoil_encoding, "vansterpartiet-socialnamnden-2017.md, rad 2: texten är inte kodad i UTF-8"),
    "empty": (spoil_content, "vansterpartiet-socialnamnden-2017.md, rad 1: dokumentet är tomt"),
    "no goals": (spoil_goals, "kristdemokraterna-socialnamnden-2017.txt, rad 1–5: inga mål hittades"),
    "no document": (lambda folder: (folder / KD_FILE.name).unlink(), "filen kan inte läsas"),
    "no manifest": (lambda folder: (folder / "manifest.toml").unlink(), "manifest.toml: filen kan inte läsas"),
    "not TOML": (changed("manifest.toml", "year = 2017", "year = "), "inte giltig TOML"),
    "no year": (changed("manifest.toml", "year = 2017", ""), "fältet 'year' saknas"),
    "bad year": (changed("manifest.toml", "year = 2017", 'year = "i år"'), "fel slags värde"),
    "year out of range": (changed("manifest.toml", "year = 2017", "year = 17"), "1971"),
    "bad code": (changed("manifest.toml", '"0484"', '"484"'), "fyra siffror"),
    "code not text": (changed("manifest.toml", '"0484"', "484"), "484 ska vara text"),
    "bad colour": (changed("manifest.toml", '"#DA291C"', '"röd"'), "#000077"),
    "faint badge": (changed("manifest.toml", '"#DA291C"', '"#FFD0D0"'), "4,5:1"),
    "unknown goal": (changed("manifest.toml", "50,\n]", "50, 52,\n]"), "mål 52 finns inte"),
    "unknown sic": (changed("manifest.toml", '"nogra"', '"några"'), "rad 43"),
    "unnamed body": (changed("manifest.toml", '["skola",', '["Polisen",'), "står inte i det"),
    "long title": (
        changed("manifest.toml", '"Verksamhetsplan"', f'"{"x" * 201}"'),
        "200 tecken",
    ),
    "title over two lines": (
        changed("manifest.toml", '"Verksamhetsplan"', '"a\\nb"'),
        "radbrytningar eller styrtecken",
    ),
    "unknown field": (
        changed("manifest.toml", 'code = "0484"', 'code = "0484"\nkod = "1"'),
        "kod",
    ),
    "endless year": (changed("manifest.toml", "year = 2017", "year = inf"), "heltal"),
    "deep nesting": (changed("manifest.toml", "year = 2017", "year = " + "[" * 5000), "inte giltig TOML"),
    "unknown reading": (changed("manifest.toml", "due_year = 0", "due_yaer = 0"), "due_yaer"),
    "number in both kinds": (
        changed("manifest.toml", "[7, 10,", "[1, 7, 10,"),
        "mål 1 står mer",
    ),
    "sic on a heading": (
        changed("manifest.toml", 'line = 43, text = "nogra"', 'line = 41, text = "vård"'),
        "rad 41",
    ),
    "name without letters": (changed("topics.toml", '"Tjejhus"', '"???"'), "bokstav"),
    "two with one address": (
        changed("topics.toml", '"Tjejhus"', '"Familjehem!"'),
        "samma adress",
    ),
    "long topic": (changed("topics.toml", '"Medarbetare"', f'"{"m" * 101}"'), "100 tecken"),
    "another party's address": (spoil_party, "adressen ”kd” hör till K"),
    "goal in no issue": (changed("topics.toml", "V = [15]", "V = []"), "V 15 står i ingen"),
    "goal in two issues": (changed("topics.toml", "[8]", "[8, 9]"), "V 9 står i mer än en"),
    "goal that is not there": (changed("topics.toml", "[27] }", "[27, 99] }"), "KD 99 finns"),
    "unknown relation": (changed("topics.toml", '"same"\n', '"lika"\n'), "relation ”lika”"),
    "prose that is not there": (
        changed("topics.toml", "Satsningar på intensivstöd", "Satsningar på något"),
        "inget textställe hos Kristdemokraterna",
    ),
    "relation without reason": (
        changed("topics.toml", 'reason = "Båda planerna vill ha fler fält', '# "'),
        "en relation men inte",
    ),
}


@pytest.mark.parametrize("case", BAD_FOLDERS)
def test_bad_input_gives_one_line_and_writes_nothing(db, folder, case):
    """Whatever is wrong, one line in Swedish says where, and the database stays empty."""
    spoil, words = BAD_FOLDERS[case]
    spoil(folder)
    with pytest.raises(CommandError) as caught:
        load(folder)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert row_counts() == [0] * len(MODELS)


def test_changed_document_is_refused(plans, folder):
    """A published plan is not overwritten by another text; a new version is another matter."""
    change(folder / KD_FILE.name, "nogra", "noga")
    before = row_counts()
    with pytest.raises(CommandError, match=r"redan en plan .* med annat innehåll"):
        load(folder)
    assert row_counts() == before


def test_another_municipality_with_the_same_code(plans, folder):
    """A code belongs to one municipality: a plan is never filed under another's name."""
    change(folder / "manifest.toml", 'name = "Eskilstuna"', 'name = "Helt annan kommun"')
    with pytest.raises(CommandError, match="kommunkoden 0484 hör till Eskilstuna"):
        load(folder)


def test_parties_with_the_same_address(plans, folder):
    """ÅV and AV give the same address: the second is refused, not taken for the first, until it gets its own."""
    change(folder / "manifest.toml", "year = 2017", "year = 2018")
    change(folder / "manifest.toml", 'name = "Vänsterpartiet"', 'name = "Viktigpartiet"')
    with pytest.raises(CommandError, match="adressen ”v” hör till Vänsterpartiet"):
        load(folder)
    change(folder / "manifest.toml", 'abbreviation = "V"', 'abbreviation = "V"\nslug = "viktig"')
    load(folder)
    assert Party.objects.get(slug="viktig").proposals.get().goals.count() == 51


def test_a_third_party_joins_what_is_there(plans, folder):
    """A plan added to the manifest is loaded beside the others, its goals placed in the issues that exist."""
    plan = "Plan\n\nVi vill något.\n\nMål och uppdrag\n\n- Fler fältassistenter i Torshälla\n- Ett eget hus\n"
    (folder / "prov.txt").write_text(plan, encoding="utf-8")
    entry = '\n[[proposal]]\ntitle = "Provplan"\nfile = "prov.txt"\n\n[proposal.party]\n'
    with (folder / "manifest.toml").open("a") as manifest:
        manifest.write(f'{entry}name = "Provpartiet"\nabbreviation = "PP"\n')
    change(folder / "topics.toml", "KD = [11] }", "KD = [11], PP = [1] }")
    with (folder / "topics.toml").open("a") as topics:
        topics.write('\n[[topic.issue]]\nname = "Ett eget hus"\ngoals = { PP = [2] }\n')
    load(folder)
    assert Issue.objects.get(slug="faltassistenter").goals.count() == 3
    assert Issue.objects.count() == 34
    assert Goal.objects.count() == 80
