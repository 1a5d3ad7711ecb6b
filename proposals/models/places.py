"""What a plan's document has in it: headings, passages, and lines that are no part of its text."""

import pgtrigger
from django.db import models

from parties.compiled import Given
from proposals.models.editions import RaisesEdition
from proposals.models.plans import Proposal
from proposals.models.words import keeps_words


class Place(models.Model):
    """Something with a place in the source document: its lines, counted from 1, and those lines as they stand.

    ``version`` is the proposal's version that it stands in. ``page`` is the page it begins on, where the document has
    pages, and ``first_character`` where in its first line it begins, where a person has parted a line. ``unit`` is what
    the document's lines are.
    """

    class Unit(models.TextChoices):
        """What is counted in a document."""

        LINE = "line", "rad"
        PARAGRAPH = "paragraph", "stycke"

    version = models.PositiveSmallIntegerField("version", default=1)
    position = models.PositiveIntegerField("ordning i planen")
    first_line = models.PositiveIntegerField("första rad")
    last_line = models.PositiveIntegerField("sista rad")
    first_character = models.PositiveIntegerField("första tecken på raden", default=0)
    page = models.PositiveSmallIntegerField("sida", null=True, blank=True)
    unit = models.CharField("vad som räknas", max_length=10, choices=Unit, default=Unit.LINE)
    raw = models.TextField("raderna som de står")
    text = models.TextField("text")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.text[:80]

    @property
    def anchor(self) -> str:
        """The part of the address after ``#`` that leads to this place in the plan."""
        return anchor(self.first_line, self.first_character)

    @property
    def lines(self) -> str:
        """The place as one cites it: "rad 12", "rad 12–14", "stycke 3" or "sida 2"."""
        return cited_lines(self.first_line, self.last_line, self.unit, self.page)


def anchor(first_line: int, first_character: int = 0) -> str:
    """Give the part of an address after ``#`` for a place in a plan."""
    return f"rad-{first_line}-{first_character}" if first_character else f"rad-{first_line}"


def cited_lines(first: int, last: int, unit: str = Place.Unit.LINE, page: int | None = None) -> str:
    """Write lines as one cites them: "rad 12" or "rad 12–14"; where the document has pages, the page."""
    if page:
        return f"sida {page}"
    name = Place.Unit(unit).label
    return f"{name} {first}" if first == last else f"{name} {first}–{last}"


@pgtrigger.register(RaisesEdition("proposal__plan_year"))
class Section(Place):
    """A section (avsnitt): a heading of the plan, under the one it stands under."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="sections", verbose_name="plan")
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="överordnat"
    )
    level = models.PositiveSmallIntegerField("nivå")

    class Meta:
        verbose_name = "avsnitt"
        verbose_name_plural = "avsnitt"
        ordering = ["proposal", "version", "position"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "version", "position"], name="section_position_unique")
        ]


class PassageQuerySet(models.QuerySet["Passage"]):
    """Passages."""

    def for_plan_page(self, proposal: Proposal | Given, version: int | Given) -> "PassageQuerySet":
        """Give the passages of a version of a plan in order, each with the goal whose latest wording it is."""
        return self.filter(proposal=proposal, version=version).select_related("goal").order_by("position")

    def of_running_text(self, committee: int) -> "PassageQuerySet":
        """Find the passages in a committee's plans, as they are now, that are neither goals nor cover."""
        return self.filter(
            proposal__plan_year__committee=committee,
            version=models.F("proposal__version"),
            kind__in=[Passage.Kind.PROSE, Passage.Kind.POINT],
        )

    def for_suggestions(self) -> "PassageQuerySet":
        """Give passages with all that a suggestion of one says of it."""
        return self.select_related("proposal__party", "proposal__plan_year__committee__municipality")


@pgtrigger.register(*keeps_words("text"), RaisesEdition("proposal__plan_year"))
class Passage(Place):
    """A passage (textställe): one paragraph or bullet of the plan, verbatim.

    ``marks`` holds the text's own emphasis: lists of start, end and kind ("em" or "strong"). ``sic`` holds words that
    are spelled or put as here in the original, and that a reader might take for our mistake. For the search the
    database keeps a column more, ``search``, which it makes of the text (decision 24).
    """

    class Kind(models.TextChoices):
        """What a passage is in its plan."""

        COVER = "cover", "Försättsblad"
        PROSE = "prose", "Löptext"
        POINT = "point", "Punkt i löptext"
        GOAL = "goal", "Mål eller uppdrag"

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="passages", verbose_name="plan")
    section = models.ForeignKey(
        Section,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="passages",
        verbose_name="avsnitt",
    )
    kind = models.CharField("slag", max_length=10, choices=Kind)
    rule = models.CharField("regel som avgjorde slaget", max_length=50)
    marks = models.JSONField("betoningar", default=list, blank=True)
    sic = models.JSONField("skrivsätt i originalet", default=list, blank=True)

    objects = PassageQuerySet.as_manager()

    class Meta:
        verbose_name = "textställe"
        verbose_name_plural = "textställen"
        ordering = ["proposal", "version", "position"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "version", "position"], name="passage_position_unique")
        ]

    def get_absolute_url(self) -> str:
        """Give the address of the passage's place in the plan's page."""
        return f"{self.proposal.url_of(self.version)}#{self.anchor}"


@pgtrigger.register(RaisesEdition("proposal__plan_year"))
class LeftOut(Place):
    """A line of the document that is no part of its text, with the reason."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="left_out", verbose_name="plan")
    reason = models.CharField("orsak", max_length=200)

    class Meta:
        verbose_name = "utelämnad rad"
        verbose_name_plural = "utelämnade rader"
        ordering = ["proposal", "version", "position"]
