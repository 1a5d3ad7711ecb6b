"""Queries that are written once: what they give, and that they are written no more."""

import pytest
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler

from parties.compiled import Given, compiled_once
from parties.models import Committee, Party
from tests.factories import CommitteeFactory, MunicipalityFactory, PartyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give a list that grows with every query that Django writes."""
    queries: list[str] = []
    as_sql = SQLCompiler.as_sql

    def noted(self: SQLCompiler, *args: object, **kwargs: object) -> object:
        sql, values = as_sql(self, *args, **kwargs)  # type: ignore[arg-type]
        queries.append(sql)
        return sql, values

    monkeypatch.setattr(SQLCompiler, "as_sql", noted)
    return queries


def test_a_query_is_written_once_and_filled_in_each_time(written):
    """It gives the rows that an ordinary queryset gives, with what it reads along, and Django writes it one time."""

    @compiled_once
    def in_municipality() -> "QuerySet[Committee]":
        return Committee.objects.select_related("municipality").filter(municipality__slug=Given("slug"), name="Nämnden")

    here, there = MunicipalityFactory(), MunicipalityFactory()
    ours = CommitteeFactory(municipality=here, name="Nämnden")
    theirs = CommitteeFactory(municipality=there, name="Nämnden")
    CommitteeFactory(municipality=here, name="En annan nämnd", slug="annan")
    written.clear()
    assert [in_municipality(slug=slug) for slug in (here.slug, there.slug, "ingen")] == [[ours], [theirs], []]
    assert in_municipality(slug=there.slug)[0].municipality.name == there.name
    assert len(written) == 1


def test_rows_without_models_and_new_rows():
    """It gives tuples where the queryset does, and what has been written since it ran last."""

    @compiled_once
    def names() -> "QuerySet[Party, tuple[str, str]]":
        return Party.objects.filter(abbreviation=Given("short")).values_list("name", "slug").order_by("pk")

    assert names(short="PX") == []
    party = PartyFactory(abbreviation="PX")
    assert names(short="PX") == [(party.name, "px")]


def test_a_value_that_is_not_given_is_an_error():
    """A forgotten value never becomes one that was given before."""

    @compiled_once
    def named() -> "QuerySet[Party]":
        return Party.objects.filter(name=Given("name"))

    assert named(name="Ingen") == []
    with pytest.raises(KeyError):
        named()
