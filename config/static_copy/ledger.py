"""Which addresses there are, and what became of each; on disk, so that a large site takes no more memory."""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from config.static_copy.names import distinct

#: So many addresses may lead on to one another.
MOST_STEPS = 10


@dataclass(frozen=True, slots=True)
class File:
    """A file of the copy: its path, and the address that it was made from (none for the copy's own)."""

    path: str
    address: str
    media_type: str
    size: int
    sha256: str


class Ledger:
    """The addresses that links lead to, in the order they were found."""

    def __init__(self, own: Iterable[str]):
        # Without a name, SQLite keeps it in a file of its own that goes away with it.
        self.rows = sqlite3.connect("", isolation_level=None)
        self.rows.execute("PRAGMA synchronous = OFF")
        self.rows.execute(
            "CREATE TABLE address (number INTEGER PRIMARY KEY, address TEXT UNIQUE, found_on TEXT, path TEXT UNIQUE,"
            " folded TEXT UNIQUE, media_type TEXT, leads_to TEXT, status INTEGER, size INTEGER, sha256 TEXT)"
        )
        for path in own:
            self.rows.execute("INSERT INTO address (path, folded) VALUES (?, ?)", (path, path.casefold()))

    def add(self, address: str, found_on: str) -> None:
        """Add an address that a page links to, unless it is there."""
        self.rows.execute("INSERT OR IGNORE INTO address (address, found_on) VALUES (?, ?)", (address, found_on))

    def addresses(self) -> Iterator[tuple[str, str]]:
        """Give each address and where it was found, with those that are added meanwhile."""
        number = 0
        one = "SELECT number, address, found_on FROM address WHERE number > ? AND address NOT NULL ORDER BY number"
        while row := self.rows.execute(f"{one} LIMIT 1", (number,)).fetchone():
            number = row[0]
            yield row[1], row[2]

    def keep(self, address: str, path: str, media_type: str) -> str:
        """Note that an address becomes a file, and give the file's path: another than wished for if that is taken.

        Two names are the same if only their case differs, since some file systems cannot tell them apart.
        """
        taken = self.rows.execute("SELECT 1 FROM address WHERE folded = ?", (path.casefold(),)).fetchone()
        if taken:
            folder, slash, name = path.rpartition("/")
            path = f"{folder}{slash}{distinct(name, address)}"
        self.rows.execute(
            "UPDATE address SET path = ?, folded = ?, media_type = ? WHERE address = ?",
            (path, path.casefold(), media_type, address),
        )
        return path

    def lead(self, address: str, to: str) -> None:
        """Note that an address leads on to another."""
        self.rows.execute("UPDATE address SET leads_to = ? WHERE address = ?", (to, address))

    def refuse(self, address: str, status: int) -> None:
        """Note that an address answers with something else than a page."""
        self.rows.execute("UPDATE address SET status = ? WHERE address = ?", (status, address))

    def weigh(self, path: str, size: int, sha256: str) -> None:
        """Note how large a file is, and its checksum."""
        self.rows.execute("UPDATE address SET size = ?, sha256 = ? WHERE path = ?", (size, sha256, path))

    def path_of(self, address: str) -> str:
        """Give the path of the file that an address became or leads on to; empty if there is none."""
        for _ in range(MOST_STEPS):
            row = self.rows.execute("SELECT path, leads_to FROM address WHERE address = ?", (address,)).fetchone()
            if row is None or not row[1]:
                return str(row[0] or "") if row else ""
            address = row[1]
        return ""

    def files(self) -> Iterator[File]:
        """Give the files that addresses became, in the order of their paths."""
        yield from self._files("address NOT NULL AND path NOT NULL")

    def everything(self) -> Iterator[File]:
        """Give all files that have been weighed, the copy's own too, in the order of their paths."""
        yield from self._files("sha256 NOT NULL")

    def _files(self, which: str) -> Iterator[File]:
        # Read apart from what is written meanwhile.
        path = ""
        one = f"SELECT path, address, media_type, size, sha256 FROM address WHERE {which} AND path > ? ORDER BY path"  # noqa: S608 - ours
        while row := self.rows.execute(f"{one} LIMIT 1", (path,)).fetchone():
            path = row[0]
            yield File(path, row[1] or "", row[2] or "", row[3] or 0, row[4] or "")

    def refused(self) -> list[tuple[str, int, str]]:
        """Give the addresses that answered with something else than a page, their status, and where they were found."""
        found = self.rows.execute(
            "SELECT address, status, found_on FROM address WHERE status NOT NULL ORDER BY address"
        )
        return found.fetchall()
