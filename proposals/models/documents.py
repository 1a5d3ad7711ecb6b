"""The documents that plans come from."""

import datetime
from hashlib import sha256
from pathlib import PurePath

import pgtrigger
from django.db import models
from django.utils import timezone

from proposals.models.editions import RaisesEdition

#: The formats that are read, by the ends of their names.
MEDIA_TYPES = {
    ".csv": "text/csv",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".json": "application/json",
    ".md": "text/markdown",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".pdf": "application/pdf",
    ".txt": "text/plain",
}
#: Formats whose lines are paragraphs, which no program numbers.
IN_PARAGRAPHS = {MEDIA_TYPES[".docx"], MEDIA_TYPES[".odt"]}


class SourceDocumentQuerySet(models.QuerySet["SourceDocument"]):
    """Documents."""

    def keep(self, content: bytes, name: str) -> "SourceDocument":
        """Keep a document, or find the one with the same content.

        :raises KeyError: if the name has an end that no reader knows.
        """
        path = PurePath(name)
        document, is_new = self.get_or_create(
            sha256=sha256(content).hexdigest(),
            defaults={
                "name": path.name[-255:],
                "media_type": MEDIA_TYPES[path.suffix.lower()],
                "content": content,
            },
        )
        if not is_new:
            self.filter(pk=document.pk).update(received_at=timezone.now())
        return document

    def unused(self) -> "SourceDocumentQuerySet":
        """Find the documents that no plan, earlier version or draft was made from."""
        return self.filter(proposals=None, earlier_versions=None, drafts=None)

    def received_before(self, at: datetime.datetime) -> "SourceDocumentQuerySet":
        """Find those that nobody has sent since."""
        return self.filter(received_at__lt=at)


# When it was received nobody sees.
@pgtrigger.register(
    RaisesEdition(on=pgtrigger.UpdateOf("name", "media_type", "content", "sha256"))  # type: ignore[no-untyped-call]
)
class SourceDocument(models.Model):
    """A plan's document, byte for byte as it was received."""

    name = models.CharField("filnamn", max_length=255)
    media_type = models.CharField("filtyp", max_length=100)
    content = models.BinaryField("innehåll")
    sha256 = models.CharField("kontrollsumma (SHA-256)", max_length=64, unique=True)
    received_at = models.DateTimeField("senast mottaget", default=timezone.now, editable=False)

    objects = SourceDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = "originaldokument"
        verbose_name_plural = "originaldokument"

    def __str__(self) -> str:
        return self.name

    @property
    def has_paragraphs(self) -> bool:
        """Tell whether what is counted in the document is paragraphs, and not lines."""
        return self.media_type in IN_PARAGRAPHS


class PageImage(models.Model):
    """A page of a document as it looks, for the one who compares what was read with what stands there."""

    document = models.ForeignKey(
        SourceDocument, on_delete=models.CASCADE, related_name="page_images", verbose_name="originaldokument"
    )
    page = models.PositiveSmallIntegerField("sida")
    content = models.BinaryField("bild (PNG)")

    class Meta:
        verbose_name = "sidbild"
        verbose_name_plural = "sidbilder"
        constraints = [models.UniqueConstraint(fields=["document", "page"], name="page_image_unique")]

    def __str__(self) -> str:
        return f"{self.document}, sida {self.page}"
