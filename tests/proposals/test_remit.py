"""Which other bodies a text names: said only where the text says so."""

import time

import pytest

from proposals.reading import parse, read
from proposals.reading.remit import other_bodies
from tests.conftest import KD_FILE, V_FILE


def named(text: str, committee: str = "Socialnämnden") -> list[tuple[str, bool]]:
    return [(body.name, body.does) for body in other_bodies(text, committee)]


@pytest.mark.parametrize(
    ("text", "bodies"),
    [
        ("Vård- och omsorgsnämnden ska ta fram en plan", [("Vård- och omsorgsnämnden", True)]),
        ("Samverka med Vård- och omsorgsnämnden", [("Vård- och omsorgsnämnden", False)]),
        ("Kultur-, fritids- och ungdomsnämnden bör", [("Kultur-, fritids- och ungdomsnämnden", True)]),
        (
            "kommunstyrelsens ansvar och Kommunfullmäktiges beslut",
            [("kommunstyrelsen", False), ("Kommunfullmäktige", False)],
        ),
        ("Torshälla stads nämnd måste", [("Torshälla stads nämnd", True)]),
        ("Äldrenämnden och Äldrenämnden ska", [("Äldrenämnden", True)]),
        ("Barn- och utbildningsförvaltningen", [("Barn- och utbildningsförvaltningen", False)]),
        ("Nämnden ska, förvaltningen ska, kommunen ska", []),
        ("Socialnämnden och SOCIALFÖRVALTNINGENS personal", []),
        ("Socialstyrelsens föreskrifter, Länsstyrelsen ska, landstinget", []),
        ("", []),
    ],
)
def test_bodies_that_a_text_names(text, bodies):
    """Other boards and administrations are named in the text's words, and whether the text says what they are to do."""
    assert named(text) == bodies


def test_the_committees_own_administration_is_its_own():
    """A joined name is known as a whole."""
    assert named("Barn- och utbildningsförvaltningen", "Barn- och utbildningsnämnden") == []
    assert named("Utbildningsförvaltningen", "Barn- och utbildningsnämnden") == [("Utbildningsförvaltningen", False)]


def test_what_is_said_of_it():
    """The warning says what the text does, and no more."""
    (asked,) = other_bodies("Kommunstyrelsen ska utreda", "Socialnämnden")
    (told,) = other_bodies("I samverkan med Kommunstyrelsen", "Socialnämnden")
    assert asked.warning == "Säger vad en annan nämnd eller förvaltning ska göra: Kommunstyrelsen"
    assert told.warning == "Nämner en annan nämnd eller förvaltning: Kommunstyrelsen"


def test_goals_of_the_real_plans():
    """Of the 78 goals in the real plans, four name another body; each is one to look at, none is a doer by itself."""
    found = {}
    for party, path in (("V", V_FILE), ("KD", KD_FILE)):
        for goal in parse(read(path.read_bytes(), path.name)).goals:
            if bodies := named(goal.text):
                found[f"{party} {goal.number}"] = bodies
    assert found == {
        "V 18": [("Överförmyndarnämnden", False)],
        "V 30": [("Barn- och utbildningsförvaltningen", False)],
        "KD 7": [("Vård- och omsorgsnämnden", False), ("Torshälla stads nämnd", False)],
        "KD 25": [
            ("Kommunstyrelsen", False),
            ("Torshälla stads nämnd", False),
            ("Kultur- och fritidsnämnden", False),
        ],
    }


@pytest.mark.parametrize("text", ["a- och " * 50_000, "a" * 200_000, "a-, " * 50_000, "a-,   a-," * 20_000])
def test_long_texts_take_bounded_time(text):
    """No text makes the rule slow."""
    began = time.monotonic()
    assert other_bodies(text, "Socialnämnden") == ()
    assert time.monotonic() - began < 2
