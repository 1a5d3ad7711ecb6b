"""Plans on their way in, for the browser tests: a draft in each state that its pages have, and a plan in two versions.

All of it stands in an invented committee of its own, so that the real plans and the other tests are left alone.
"""

from datetime import timedelta
from enum import IntEnum
from pathlib import Path
from typing import Any

DOCUMENTS = Path(__file__).resolve().parents[1] / "documents"
MUNICIPALITY = "Provköping"
COMMITTEE = "Äldrenämnden"
BASE = "/provkoping/aldrenamnden"
YEAR = f"{BASE}/2026"
LATER_YEAR = f"{BASE}/2027"
#: The party whose plan is published, in two versions, and those whose plans come in.
PUBLISHED = "Åsiktspartiet"
FIRST, SECOND, THIRD, FOURTH, FIFTH = (
    "Medborgarlistan",
    "Lokallistan",
    "Kustpartiet",
    "Exempellistan",
    "Byggarlistan",
)

PLAN = """# Åsiktspartiets plan för äldre

Åsiktspartiet tycker att den som är gammal ska bestämma själv, varje dag och i alla delar av kommunen.

## Mål och uppdrag

- Den äldre väljer själv sin fasta omsorgskontakt
- Två nya korttidsplatser för äldre vid ån
- Trygghetslarm som fungerar i hela kommunen
- Minst 80 % av de äldre ska vara nöjda med maten
"""
#: The same plan later: one goal in new words, one gone, one new.
SECOND_VERSION = (
    PLAN.replace("själv sin fasta omsorgskontakt", "själv sin fasta omsorgskontakt och får byta när den vill")
    .replace("- Två nya korttidsplatser för äldre vid ån\n", "")
    .replace("nöjda med maten\n", "nöjda med maten\n- Ett sommarkafé på varje äldreboende\n")
)
#: And later again: what the import has to warn about.
THIRD_VERSION = SECOND_VERSION.replace("i hela kommunen", "även utanför hemmet").replace(
    "- Ett sommarkafé på varje äldreboende\n",
    "- Kommunstyrelsen ska bygga ett växthus\n- Trygghetslarm ska fungera även utanför hemmet\n",
)


class Number(IntEnum):
    """The numbers of the drafts that the tests look at, which nothing else is near."""

    READING = 901
    SILENT = 902
    FAILED = 903
    PICTURED = 904
    WORDS = 905
    UNFINISHED = 906
    NEWER = 907
    BY_KEYBOARD = 908
    SHARED = 909
    LONG = 910
    LOST = 911


def address(number: Number, step: str) -> str:
    """Give the address of a draft's step."""
    return f"/arbete/import/{number}/{step}/"


def make() -> None:
    """Publish plans, and make a draft in every state."""
    from django.utils import timezone

    from parties.models import Municipality
    from proposals.models import Draft
    from tests.factories import CommitteeFactory, PartyFactory

    municipality = Municipality.objects.get(name=MUNICIPALITY)
    committee = CommitteeFactory(municipality=municipality, name=COMMITTEE, slug="aldrenamnden")
    for name in (FIRST, SECOND, THIRD, FOURTH, FIFTH):
        PartyFactory(name=name, abbreviation=f"{name[0]}L", slug=name.lower())
    _publish(committee)

    def layout(name: str) -> bytes:
        return (DOCUMENTS / "layouts" / name).read_bytes()

    words = layout("exempellistan-numrerat.txt")
    state = Draft.State
    later = timezone.now() + timedelta(days=1)
    _draft(Number.READING, b"1", state=state.READING, pages=40, pages_done=12, heard_at=later)
    _draft(Number.SILENT, b"2", state=state.READING, heard_at=timezone.now() - timedelta(days=1))
    _draft(Number.FAILED, b"3", state=state.FAILED, problem="filen är skyddad med lösenord; spara den utan")
    _draft(Number.PICTURED, layout("kustpartiet-undanhallen.pdf"), "kustpartiet.pdf", THIRD)
    _draft(Number.WORDS, words)
    _draft(Number.UNFINISHED, words + b"\nSlut\n")
    _draft(Number.NEWER, THIRD_VERSION.encode(), "plan.md", PUBLISHED)
    _draft(Number.BY_KEYBOARD, layout("nyaprovkoping-enspalt.pdf"), "nya.pdf", FOURTH)
    _draft(Number.SHARED, layout("provpartiet-vi-vill.md"), "delad.md")
    _draft(Number.LONG, _long_plan().encode(), "lang.md")
    _draft(Number.LOST, layout("aldrepartiet-fet-inledning.md"), "utloggad.md")


def _long_plan() -> str:
    """Give a plan of 51 goals and 60 paragraphs."""
    chapters = (
        f"# Kapitel {chapter}\n\n"
        + "".join(f"I stycke {chapter}.{at} står något om hur kommunens äldre ska ha det.\n\n" for at in range(20))
        + "## Mål och uppdrag\n\n"
        + "".join(f"- Öppna dagverksamhet nummer {chapter}.{at} för äldre\n" for at in range(17))
        for chapter in (1, 2, 3)
    )
    return "\n".join(chapters)


def _draft(
    number: int, content: bytes, name: str = "plan.txt", party: str = FIFTH, year: int = 2026, **fields: Any
) -> Any:
    """Make a draft with a number of our choosing, and read its document unless a state is given."""
    from parties.models import Committee, Party
    from proposals.intake import read_draft, suggested_title
    from proposals.models import Draft, SourceDocument
    from proposals.reading import parse, read
    from proposals.reading.lines import lines_to_json
    from proposals.reading.stored import plan_to_json

    is_pdf = name.endswith(".pdf")
    if not fields and not is_pdf:  # a PDF gets pictures too, and is read as the site does
        lines = read(content, name)
        plan = parse(lines)
        fields = {
            "state": Draft.State.OPEN,
            "lines": lines_to_json(lines),
            "plan_read": plan_to_json(plan),
            "title": suggested_title(plan),
        }
    draft = Draft.objects.create(
        pk=number,
        committee=Committee.objects.get(slug="aldrenamnden"),
        year=year,
        party=Party.objects.get(name=party),
        document=SourceDocument.objects.keep(content, name),
        **fields,
    )
    if is_pdf:
        read_draft(draft)
    return draft


def _publish(committee: Any) -> None:
    """Publish a plan of 2026 in two versions, and one of 2027."""
    from goals.publish_draft import publish_draft
    from proposals.models import Draft
    from proposals.reading.edit import key_of
    from tests.factories import TopicFactory

    topic = TopicFactory(committee=committee, name="Äldre", slug="aldre")
    TopicFactory(committee=committee, name="Mat och måltider", slug="mat-och-maltider")
    names = ("Omsorgskontakt", "Korttidsplatser", "Trygghetslarm")
    first = _draft(801, PLAN.encode(), "plan.md", PUBLISHED)
    placed = {
        "goals": {key_of(goal): f"+{name}" for goal, name in zip(first.plan.goals, names, strict=False)},
        "new_issues": {name: str(topic.pk) for name in names},
    }
    Draft.objects.filter(pk=first.pk).update(arrangement=placed)
    publish_draft(first, by=None, seen=first.revision)
    second = _draft(802, SECOND_VERSION.encode(), "plan-2.md", PUBLISHED)
    publish_draft(second, by=None, seen=second.revision)
    later = _draft(803, f"{PLAN}\nSlut.\n".encode(), "plan-3.md", PUBLISHED, 2027)
    publish_draft(later, by=None, seen=later.revision)
