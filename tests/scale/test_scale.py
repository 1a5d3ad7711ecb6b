"""What is filled in bulk is what the site itself would have written, and the plans of statements are read right."""

from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test import Client

from parties.models import Municipality
from tests.conftest import YEAR
from tests.scale import cluster
from tests.scale.fill import Filling
from tests.scale.plans import Statement, asked, explain
from tests.scale.sweden import Size

SMALL = Size(municipalities=1, committees=2, parties=3, years=(2025, 2026), goals=6, prose=5)
#: What the database writes itself, and what of it is the same whenever it is written.
WRITTEN = {
    "proposals_word": "word, plain, stem",
    "proposals_editionnumber": "plan_year",
    "goals_goalevent": "pgh_label, pgh_obj_id, id, number, issue_id, passage_id, target_value, responsible::text",
    "goals_alignedpartyevent": "pgh_label, pgh_obj_id, id, alignment_id, party_id",
    "goals_reportingperiodevent": "pgh_label, pgh_obj_id, id, name, locked_at",
    "proposals_proposalevent": "pgh_label, pgh_obj_id, id, title, version, document_id",
}


def written() -> dict[str, set[tuple[object, ...]]]:
    found = {}
    with connection.cursor() as cursor:
        for table, columns in WRITTEN.items():
            cursor.execute(f"SELECT {columns} FROM {table}")
            found[table] = set(cursor.fetchall())
    return found


def test_filled_in_bulk_as_by_triggers(db: None):
    """Without triggers the lexicon, the audit log and the editions become what triggers make them."""
    filling = Filling(SMALL, workers=1, words=2_000, pieces=3_000)
    with transaction.atomic():
        filling.plain()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        by_triggers = written()
        transaction.set_rollback(True)
    filling.frame()
    filling.copy_some(0)
    filling.log()
    filling.editions()
    filling.lexicon()
    in_bulk = written()
    assert in_bulk == by_triggers
    assert all(in_bulk.values())


def test_the_same_again():
    """The same seed gives the same rows, and another gives others."""
    one, same, other = (
        Filling(Size(**{**vars(SMALL), "seed": seed}), workers=1, words=500, pieces=500).sweden.published(1, 0)
        for seed in (1, 1, 2)
    )
    assert one == same != other


def problems(sql: str, *values: object, sizes: dict[str, int]) -> list[str]:
    plan = explain(Statement(sql, values))
    assert plan
    return plan.problems(sizes)


def test_a_walk_through_a_large_table_is_told(db: None):
    """A table that is read from end to end is a problem where it is large; what an index answers is none."""
    sizes = {"parties_municipality": 1_000_000}
    for number in range(3):
        Municipality.objects.create(name=f"Prov {number}", code=f"{4000 + number}", slug=f"prov-{number}")
    assert (
        "Seq Scan of parties_municipality"
        in problems("SELECT * FROM parties_municipality WHERE name = %s", "Prov 1", sizes=sizes)[0]
    )
    assert not problems("SELECT * FROM parties_municipality WHERE name = %s", "Prov 1", sizes={})
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert not problems("SELECT * FROM parties_municipality WHERE code = %s", "4001", sizes=sizes)
    by_index = explain(Statement("SELECT * FROM parties_municipality WHERE code = %s", ["4001"]))
    assert by_index
    assert by_index.problems({}, 0), "one row was looked at, which is more than none"


#: Tables that grow with the plans and with what is recorded of them.
GROWING = frozenset(
    (
        *("goals_goal", "goals_statusupdate", "goals_decision", "goals_outcomevalue", "goals_issue", "goals_topic"),
        *("goals_alignment", "goals_alignment_parties", "goals_mention", "goals_reportingperiod"),
        *("proposals_passage", "proposals_section", "proposals_proposal", "proposals_word", "proposals_leftout"),
    )
)
PAGES = (
    *(f"{YEAR}/jamfor/", f"{YEAR}/jamfor/?per=2017-09-01", f"{YEAR}/v/", f"{YEAR}/v/25/", f"{YEAR}/oversikt/"),
    *("/eskilstuna/socialnamnden/", "/eskilstuna/socialnamnden/amne/barn-och-unga/", "/andringar/"),
    *("/andringar/?namnd=eskilstuna/socialnamnden&amne=barn-och-unga", "/andringar/?parti=v", "/andringar/atom.xml"),
    *("/sok/?q=skolan", "/sok/?q=skloan", "/sok/?q=skola+barn&parti=v", "/sok/forslag/?q=sko", "/api/v1/mal"),
    *("/api/v1/lagesrapporter", "/api/v1/mal?municipality_code=0484", "/sitemap-mal.xml", "/"),
)


def test_every_statement_has_an_index_to_use(client: Client, plans):
    """Told to read no table from end to end where there is another way, PostgreSQL finds one for each page."""
    told = []
    for address in PAGES:
        with asked() as found:
            response = client.get(address)
            assert response.status_code == 200, address
            assert response.getvalue()
        with transaction.atomic(), connection.cursor() as cursor:
            for how in ("seqscan", "hashjoin", "mergejoin"):
                cursor.execute(f"SET LOCAL enable_{how} = off")
            for statement in found.statements:
                if plan := explain(statement, analyze=False):
                    told += [
                        f"{address}: {step} in {' '.join(statement.sql.split())[:300]}"
                        for step in plan.steps
                        if step.kind == "Seq Scan" and step.table in GROWING
                    ]
    assert not told, "\n".join(told)
    walk = explain(Statement("SELECT id FROM goals_goal WHERE kind = 'goal'", ()), analyze=False)
    assert walk
    assert [step.kind for step in walk.steps] == ["Seq Scan"]  # which is what none of them has


@pytest.mark.parametrize(("share", "municipalities", "plans"), [(0.001, 1, 192), (0.01, 3, 576), (1.0, 290, 55_680)])
def test_a_share_has_whole_municipalities(share: float, municipalities: int, plans: int):
    """However small a share is asked for, there is a municipality, and all of it."""
    size = Size.share(share)
    assert (size.municipalities, size.all_plans) == (municipalities, plans)


class TestWhoseDatabase:
    """`make scale` empties what it fills, and sets the server so that a crash would lose all of it."""

    @pytest.mark.parametrize("said", ["standard public schema", "filled by somebody else", None])
    def test_one_with_tables_that_are_not_ours_is_refused(self, db: None, said: str | None):
        """Only a database without tables, or one that says that `make scale` made it, is taken."""
        with connection.cursor() as cursor:
            cursor.execute(
                "COMMENT ON SCHEMA public IS %s" if said else "COMMENT ON SCHEMA public IS NULL", said and [said]
            )
            with pytest.raises(SystemExit, match="not made by"):
                cluster.mark(cursor)

    @pytest.mark.parametrize("said", ["filled by tests.scale: 1", cluster.BEGUN])
    def test_one_that_is_ours_is_taken(self, db: None, said: str):
        """One that is filled, or was begun on, is known again by its mark."""
        with connection.cursor() as cursor:
            cursor.execute("COMMENT ON SCHEMA public IS %s", [said])
            assert cluster.mark(cursor) == said

    def test_one_without_tables_is_taken(self, db: None):
        """A new cluster has none."""
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
            assert cluster.mark(cursor) == ""

    def test_an_installations_own_is_never_connected_to(self, tmp_path: Path):
        """What the environment names, as on a machine where the site runs, is left alone; SCALE_DIR says where."""
        environment = {
            "DATABASE_URL": "postgresql://db.example/real",
            "REPLICA_URLS": "postgresql://replica.example/real",
            "EMBEDDED_POSTGRES_SOCKET": "/var/lib/namndkollen/postgres",
            "DATA_DIR": "/var/lib/namndkollen",
            "PATH": "/bin",
        }
        cluster.be_alone(environment)
        assert environment == {"DATA_DIR": str(cluster.FOLDER), "PACE": "off", "PATH": "/bin"}
        environment["SCALE_DIR"] = str(tmp_path)
        cluster.be_alone(environment)
        assert environment["DATA_DIR"] == str(tmp_path)
