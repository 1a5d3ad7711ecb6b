"""Reads the figures of a report out of the text of its PDF, as a person would who has nothing but the paper."""

import re

from goals.models import Decision, Status
from goals.report.snapshot import LATE, UNKNOWN
from goals.standing import COMMON_LABELS

#: The rows of the summary, by their names.
ROWS = (
    *(COMMON_LABELS[status] for status in (*Status, "")),
    *(str(outcome.label) for outcome in Decision.Outcome),
    *(UNKNOWN, "Mål", "Uppdrag", "Ny status sedan förra perioden", "Har fått en status"),
    *("Inte bedömda i perioden", LATE),
)


def figures(text: str, parties: int) -> dict[str, list[int]]:
    """Give the numbers beside each name of a row: one for each party in their order, and of all.

    ``text`` is that of the PDF in the order of reading, by whatever program; rows that do not stand there are left out.
    """
    words = " ".join(text.split())
    summary = words[words.index("efter status Status") :]
    numbers = rf"((?: \d+){{{parties + 1}}})(?= )"
    found = {name: re.search(rf"(?<=[\d\w] ){re.escape(name)}{numbers}", summary) for name in ROWS}
    return {name: [int(number) for number in match[1].split()] for name, match in found.items() if match}
