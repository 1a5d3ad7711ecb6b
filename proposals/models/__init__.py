"""WHAT WAS PROMISED: the parties' proposals for a plan year, passage by passage, and the documents they come from."""

from proposals.models.documents import MEDIA_TYPES, PageImage, SourceDocument
from proposals.models.drafts import Draft, DraftChangedError
from proposals.models.editions import Edition, EditionNumber, RaisesEdition
from proposals.models.places import LeftOut, Passage, Section, anchor, cited_lines
from proposals.models.plans import EarlierVersion, PlanYear, Proposal
from proposals.models.words import Word, keeps_words

__all__ = [
    "MEDIA_TYPES",
    "Draft",
    "DraftChangedError",
    "EarlierVersion",
    "Edition",
    "EditionNumber",
    "LeftOut",
    "PageImage",
    "Passage",
    "PlanYear",
    "Proposal",
    "RaisesEdition",
    "Section",
    "SourceDocument",
    "Word",
    "anchor",
    "cited_lines",
    "keeps_words",
]
