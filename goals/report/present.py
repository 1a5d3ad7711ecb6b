"""A snapshot in the words of the page, the PDF and the Word document, so that all three say the same. Pure."""

import datetime
from collections.abc import Iterator
from typing import Any

from django.utils.formats import date_format

from goals.report.snapshot import Snapshot
from goals.report.text import runs

EXAMPLE = (
    "Exempel: uppföljningen i den här rapporten är påhittad, för att visa hur Nämndkollen fungerar. Den säger inget "
    "om vad partierna eller nämnden har gjort."
)
HOW_TO_CHECK = (
    "Rapporten är en ögonblicksbild som inte ändras. Kontrollsumman är räknad på rapporten som JSON-fil, som finns på "
    "rapportens adress. Räknar du SHA-256 på den filen och får samma summa är innehållet oförändrat."
)
WEIGHT = "Antalet säger inget om hur mycket målen väger."
DRAFT = "Utkast"
#: With more parties than this, the columns of a table on paper have room for their abbreviations alone.
MOST_NAMED = 3


def present(snapshot: Snapshot, checksum: str = "") -> dict[str, Any]:
    """Put a snapshot in words. Without a ``checksum`` it is of a draft."""
    goals = [_goal(goal, snapshot) for goal in snapshot["goals"]]
    parties = snapshot["parties"]
    return {
        "kicker": f"{snapshot['committee']} i {snapshot['municipality']}",
        "title": snapshot["title"],
        "period": f"{snapshot['period']['name']} {snapshot['year']}",
        "lede": f"Läget {day_words(snapshot['period']['as_of'])}",
        "state": f"Fastställd rapport nr {snapshot['number']}" if checksum else DRAFT,
        "is_draft": not checksum,
        "facts": list(_facts(snapshot, checksum)),
        "address": snapshot["site"] + snapshot["address"],
        "how_to_check": HOW_TO_CHECK if checksum else "",
        "example": EXAMPLE if snapshot["is_example"] else "",
        "introduction": snapshot["introduction"],
        "proposal": snapshot["proposal"],
        "parties": parties,
        "columns": [party["name" if len(parties) <= MOST_NAMED else "abbreviation"] for party in parties],
        "weight": WEIGHT,
        "tables": _tables(snapshot),
        "bars": [_bar(snapshot, at) for at in range(len(parties))],
        "before": snapshot["before"] and f"{snapshot['before']['name']} {snapshot['year']}",
        "has_changed": bool(snapshot["before"]) and "changed" in snapshot["parts"],
        "changed": [goals[at] for at in snapshot["changed"]],
        "not_judged": [goals[at] for at in snapshot["not_judged"]],
        "sections": [
            {
                "name": section["name"],
                "groups": [
                    {
                        "name": group["name"],
                        "party": parties[group["party"]],
                        "is_party": section["party"] is None,
                        "goals": [goals[at] for at in group["goals"]],
                    }
                    for group in section["groups"]
                ],
            }
            for section in snapshot["sections"]
        ],
        "method": snapshot["method"],
        "sources": [{**each, "url": snapshot["site"] + each["address"]} for each in snapshot["sources"]],
    }


def day_words(day: str | None) -> str:
    """Write a day as one says it: "31 augusti 2017"."""
    return date_format(datetime.date.fromisoformat(day)) if day else ""


def _facts(snapshot: Snapshot, checksum: str) -> Iterator[tuple[str, str]]:
    before = snapshot["before"]
    yield "Period", f"{snapshot['period']['name']}, till och med {day_words(snapshot['period']['ends_on'])}"
    if before:
        yield "Jämförs med", f"{before['name']}, till och med {day_words(before['ends_on'])}"
    if not checksum:
        return
    yield (
        "Fastställd",
        f"{day_words(snapshot['fixed_on'])}, kl. {snapshot['fixed_time']}, i rollen {snapshot['role'].lower()}",
    )
    if replaces := snapshot["replaces"]:
        yield (
            "Ersätter",
            f"Rapport nr {replaces['number']}, fastställd {day_words(replaces['fixed_on'])}. "
            f"Varför: {replaces['reason']}",
        )
    yield "Kontrollsumma (SHA-256)", checksum


def _tables(snapshot: Snapshot) -> list[dict[str, Any]]:
    counts = snapshot["counts"]
    further = [counts[name] for name in ("changed", "not_judged", "late") if counts[name]]
    return [
        {
            "caption": "Antal mål och uppdrag efter status",
            "first": "Status",
            "rows": [row for row in counts["statuses"] if row["total"]],
            "foot": {**counts["all"], "label": "Alla"},
        },
        {
            "caption": "Antal mål och uppdrag efter nämndens beslut",
            "first": "Beslut",
            "rows": [row for row in counts["decisions"] if row["total"]],
            "foot": {**counts["all"], "label": "Alla"},
        },
        {
            "caption": "Mål, uppdrag och det som sticker ut",
            "first": "",
            "rows": [*counts["kinds"], *further],
            "foot": None,
        },
    ]


def _bar(snapshot: Snapshot, at: int) -> dict[str, Any]:
    """Give a party's counts of statuses as a bar: each part's beginning and width in per cent, and the bar in words."""
    total = snapshot["counts"]["all"]["by_party"][at]
    parts, start = [], 0.0
    for row in snapshot["counts"]["statuses"]:
        if count := row["by_party"][at]:
            width = 100 * count / total
            parts.append({"shape": row["shape"], "label": row["label"], "count": count, "start": start, "width": width})
            start += width
    words = ", ".join(f"{part['count']} {part['label'][0].lower()}{part['label'][1:]}" for part in parts)
    party = snapshot["parties"][at]
    return {"party": party, "total": total, "parts": parts, "alt": f"{party['name']}: {words or 'inga mål'}."}


def _goal(goal: dict[str, Any], snapshot: Snapshot) -> dict[str, Any]:
    return {
        **{name: goal[name] for name in ("reference", "kind", "status", "before", "lateness", "is_example", "sic")},
        "party": snapshot["parties"][goal["party"]],
        "text": goal["text"],
        "marks": goal["marks"],
        "runs": runs(goal["text"], goal["marks"]),
        "issue": goal["issue"],
        "address": goal["address"],
        "url": snapshot["site"] + goal["address"],
        "when": _when(goal),
        "comment": goal.get("comment", "").splitlines(),
        "decision": _decision(goal),
        "outcome": _outcome(goal),
        "evidence": [
            {**each, "words": ", ".join(filter(None, (each["source"], each["reference"])))}
            for each in goal.get("evidence", ())
        ],
    }


def _when(goal: dict[str, Any]) -> str:
    """Say when and for which period a goal was judged, where that was not for the report's own."""
    if goal["is_judged"]:
        return f"Gäller {day_words(goal['status_on'])}."
    if goal["status_on"]:
        return f"Inte bedömt i perioden. Statusen är från {goal['status_period']}, {day_words(goal['status_on'])}."
    return "Ingen har bedömt det. Det säger inget om vad som har gjorts."


def _decision(goal: dict[str, Any]) -> str:
    if not goal["decision_on"]:
        return "Ej känt: inget beslut är inlagt."
    due = f" Ska vara klart senast {day_words(goal['due_on'])}." if goal["due_on"] else ""
    return f"{goal['decision']} av nämnden {day_words(goal['decision_on'])}.{due}"


def _outcome(goal: dict[str, Any]) -> str:
    if not goal.get("target"):
        return ""
    outcome = (
        f"utfall {goal['outcome']}, {day_words(goal['outcome_on'])}" if goal["outcome_on"] else "inget utfall inlagt"
    )
    return f"Målvärde {goal['target']}, {outcome}."
