"""A report as an Excel file: a table on each sheet, for who wants to sort and count."""

import datetime
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from goals.report.present import EXAMPLE, WEIGHT, present
from goals.report.snapshot import Snapshot
from goals.workbook import Column, Sheet, write_workbook

Cells = list[object]


def to_xlsx(snapshot: Snapshot, checksum: str, fixed_at: datetime.datetime) -> bytes:
    """Write a fixed report as an Excel file; the same snapshot gives the same bytes."""
    out = BytesIO()
    shown = present(snapshot, checksum)
    write_workbook(_sheets(snapshot, shown), out, title=shown["title"], created=fixed_at)
    return out.getvalue()


def _sheets(snapshot: Snapshot, shown: dict[str, Any]) -> Iterator[Sheet]:
    after = " (exempel)" if snapshot["is_example"] else ""
    goals = snapshot["goals"]
    yield Sheet(f"Om rapporten{after}", [Column("Uppgift", 28), Column("Innehåll", 100)], list(_about(snapshot, shown)))
    parties = [Column(party["name"], 20, "number") for party in snapshot["parties"]]
    yield Sheet(
        f"Summering{after}",
        [Column("Vad", 12), Column("Värde", 45), *parties, Column("Alla", 10, "number")],
        list(_counts(snapshot["counts"])),
    )
    yield Sheet(f"Mål{after}", _COLUMNS, [_goal(goal, snapshot) for goal in goals])
    changes = [Column("Före", 22), Column("Efter", 22), Column("Kommentar", 60), Column("Exempel", 10)]
    if shown["has_changed"]:
        yield Sheet(
            f"Ändrat{after}",
            [*_CITED, *changes],
            [
                [
                    *_cited(goals[at], snapshot),
                    goals[at]["before"]["label"],
                    goals[at]["status"]["label"],
                    goals[at].get("comment", ""),
                    _yes(goals[at]["is_example"]),
                ]
                for at in snapshot["changed"]
            ],
        )
    latest = [Column("Senaste status", 22), Column("Status gäller", 14, "date"), Column("Från period", 16)]
    latest += [Column("Exempel", 10)]
    yield Sheet(
        f"Ej bedömda{after}",
        [*_CITED, *latest],
        [
            [
                *_cited(goals[at], snapshot),
                goals[at]["status"]["label"],
                _day(goals[at]["status_on"]),
                goals[at]["status_period"],
                _yes(goals[at]["is_example"]),
            ]
            for at in snapshot["not_judged"]
        ],
    )


_CITED = [Column("Mål", 10), Column("Parti", 22), Column("Text", 70)]
_COLUMNS = [
    *_CITED,
    *(Column("Slag", 10), Column("Ämne", 26), Column("Fråga", 30), Column("Status", 22)),
    *(Column("Status gäller", 14, "date"), Column("Från period", 16), Column("Bedömt i perioden", 18)),
    *(Column("Föregående status", 22), Column("Försenat", 22), Column("Kommentar", 60)),
    *(Column("Beslut", 18), Column("Beslutsdatum", 14, "date"), Column("Klart senast", 14, "date")),
    *(Column("Målvärde", 24), Column("Utfall", 10, "number"), Column("Utfall mätt", 14, "date")),
    *(Column("Underlag", 50), Column("Länk till underlag", 40, "link"), Column("Exempel", 10)),
    Column("Adress", 40, "link"),
]


def _cited(goal: dict[str, Any], snapshot: Snapshot) -> Cells:
    return [goal["reference"], snapshot["parties"][goal["party"]]["name"], goal["text"]]


def _goal(goal: dict[str, Any], snapshot: Snapshot) -> Cells:
    evidence = goal.get("evidence", [])
    said = ("source", "reference", "link")
    rests_on = (f"{each['of']}: {', '.join(filter(None, (each[name] for name in said)))}" for each in evidence)
    return [
        *_cited(goal, snapshot),
        *(goal["kind"], goal["topic"], goal["issue"], goal["status"]["label"]),
        *(_day(goal["status_on"]), goal["status_period"], _yes(goal["is_judged"])),
        *(goal["before"]["label"], goal["lateness"], goal.get("comment", "")),
        *(goal["decision"], _day(goal["decision_on"]), _day(goal["due_on"])),
        *(goal.get("target", ""), goal.get("outcome_value"), _day(goal.get("outcome_on"))),
        *("; ".join(rests_on), next((each["link"] for each in evidence if each["link"]), "")),
        *(_yes(goal["is_example"]), snapshot["site"] + goal["address"]),
    ]


def _counts(counts: dict[str, Any]) -> Iterator[Cells]:
    for what, rows in (
        ("Antal", [counts["all"], *counts["kinds"]]),
        ("Status", counts["statuses"]),
        ("Beslut", counts["decisions"]),
        ("Övrigt", [counts[name] for name in ("changed", "not_judged", "late") if counts[name]]),
    ):
        for row in rows:
            yield [what, row["label"], *row["by_party"], row["total"]]


def _about(snapshot: Snapshot, shown: dict[str, Any]) -> Iterator[Cells]:
    if snapshot["is_example"]:
        yield ["Exempel", EXAMPLE]
    yield ["Rapport", shown["title"]]
    yield ["Nämnd", shown["kicker"]]
    yield ["Läge", shown["state"]]
    yield from ([name, said] for name, said in shown["facts"])
    yield ["Så kontrollerar du", f"{shown['how_to_check']} {shown['address']}"]
    for name, blocks in (("Inledning", shown["introduction"]), ("Förslag till beslut", shown["proposal"])):
        yield from ([name, line] for block in blocks for line in (*block.get("lines", ()), *block.get("entries", ())))
    yield ["Om antalen", WEIGHT]
    yield from (["Metod", paragraph] for paragraph in snapshot["method"])
    for source in shown["sources"]:
        said = f"{source['party']}: {source['title']}, version {source['version']}, {source['name']}"
        yield ["Källa", f"{said}, SHA-256 {source['sha256']}, {source['url']}"]


def _day(day: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(day) if day else None


def _yes(is_so: bool) -> str:
    return "Ja" if is_so else "Nej"
