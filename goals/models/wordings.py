"""How goals were worded in earlier versions of their plans."""

import pgtrigger
from django.db import models

from goals.models.goals import Goal
from proposals.models import Passage, Proposal, RaisesEdition


class EarlierWordingQuerySet(models.QuerySet["EarlierWording"]):
    """Earlier wordings."""

    def in_version(self, proposal: Proposal, version: int) -> "EarlierWordingQuerySet":
        """Find the wordings of one version of a plan, with their goals."""
        return self.filter(passage__proposal=proposal, passage__version=version).select_related("goal")


@pgtrigger.register(RaisesEdition("goal__proposal__plan_year"))
class EarlierWording(models.Model):
    """The passage that a goal was in an earlier version of its plan; the goal's own passage is its latest."""

    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, related_name="earlier_wordings", verbose_name="mål")
    passage = models.OneToOneField(
        Passage, on_delete=models.PROTECT, related_name="earlier_wording", verbose_name="textställe"
    )

    objects = EarlierWordingQuerySet.as_manager()

    class Meta:
        verbose_name = "tidigare ordalydelse"
        verbose_name_plural = "tidigare ordalydelser"

    def __str__(self) -> str:
        return f"{self.goal}: {self.passage}"
