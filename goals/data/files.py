"""The files that there are: which tables in which forms, sent as they are made, and their checksums."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import file_digest, sha256
from typing import IO, Any

from django.core.cache import cache
from django.http import FileResponse, StreamingHttpResponse
from django.urls import reverse

from goals.data.edition import DataEdition
from goals.data.tables import BY_NAME, TABLES
from goals.data.writers import to_csv, to_excel, to_json
from proposals.models import PlanYear

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json; charset=utf-8",
}
FORM_NAMES = {"csv": "CSV", "xlsx": "Excel", "json": "JSON"}
#: The name of the Excel file with every table on a sheet of its own.
EVERYTHING = "allt"


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file: a table, or all of them, of a plan year, or of all, in one form."""

    name: str
    form: str
    plan_year: PlanYear | None

    @classmethod
    def find(cls, name: str, form: str, plan_year: PlanYear | None) -> "DataFile | None":
        """Find the file that an address names, if there is one."""
        known = (name in BY_NAME and form in MEDIA_TYPES) or (name, form) == (EVERYTHING, "xlsx")
        return cls(name, form, plan_year) if known else None

    @property
    def url(self) -> str:
        """The file's address."""
        if self.plan_year:
            return reverse("data_year_file", args=[*self.plan_year.address, self.name, self.form])
        return reverse("data_file", args=[self.name, self.form])

    @property
    def form_name(self) -> str:
        """What its form is called: "CSV"."""
        return FORM_NAMES[self.form]

    @property
    def file_name(self) -> str:
        """What the file is called where it is saved."""
        parts = ["namndkollen", *(map(str, self.plan_year.address) if self.plan_year else ()), self.name]
        return f"{'-'.join(parts)}.{self.form}"

    @property
    def title(self) -> str:
        """What the file has, for its own properties."""
        what = "Öppna data" if self.name == EVERYTHING else BY_NAME[self.name].title
        return f"Nämndkollen: {what}, {self.plan_year}" if self.plan_year else f"Nämndkollen: {what}"

    def answer(self, edition: DataEdition) -> StreamingHttpResponse:
        """Give an answer with the file; CSV and JSON are sent as they are made, Excel when it is whole."""
        return FileResponse(self._excel(edition)) if self.form == "xlsx" else StreamingHttpResponse(self._parts())

    def checksum(self, edition: DataEdition) -> str:
        """Give the file's SHA-256."""
        if self.form == "xlsx":
            with self._excel(edition) as whole:
                return file_digest(whole, "sha256").hexdigest()  # type: ignore[arg-type]
        digest = sha256()
        for part in self._parts():
            digest.update(part)
        return digest.hexdigest()

    def _excel(self, edition: DataEdition) -> "IO[Any]":
        """Make an Excel file, which is gone when it is closed."""
        tables = TABLES if self.name == EVERYTHING else (BY_NAME[self.name],)
        whole = tempfile.TemporaryFile()  # noqa: SIM115 - whoever reads it closes it
        to_excel(
            ((table, table.read(table.find(self.plan_year))) for table in tables),
            whole,
            title=self.title,
            created=edition.changed_at,
        )
        whole.seek(0)
        return whole

    def _parts(self) -> Iterator[bytes]:
        table = BY_NAME[self.name]
        write = to_csv if self.form == "csv" else to_json
        return write(table, table.read(table.find(self.plan_year)))


def files_of(plan_year: PlanYear | None) -> Iterator[DataFile]:
    """Give every file of a plan year, or of all."""
    for table in TABLES:
        for form in MEDIA_TYPES:
            yield DataFile(table.name, form, plan_year)
    yield DataFile(EVERYTHING, "xlsx", plan_year)


def checksums(plan_year: PlanYear, edition: DataEdition) -> str:
    """Give the checksums of a plan year's files, as ``sha256sum --check`` reads them; made once for each edition."""
    key = f"sha256sums:{edition.mark()}"
    kept: str | None = cache.get(key)
    if kept is None:
        lines = [f"# {plan_year}, utgåva {edition.name}"]
        lines += [f"{file.checksum(edition)}  {file.name}.{file.form}" for file in files_of(plan_year)]
        kept = "\n".join(lines) + "\n"
        cache.set(key, kept, timeout=24 * 60 * 60)
    return kept
