"""What a database holds: its tables, the rows of each, who was granted something, which migrations are applied."""

from django.apps import apps
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.migrations.loader import MigrationLoader

#: Tables whose rows are not backed up: who is signed in, and counts of attempts. After a restore one signs in anew.
LEFT_OUT = ("cache", "django_session")

#: What an extension has made is the extension's.
_NOT_AN_EXTENSIONS = """NOT EXISTS (
    SELECT FROM pg_depend
    WHERE pg_depend.objid = {oid} AND pg_depend.classid = '{catalogue}'::regclass AND deptype = 'e'
)"""
_TABLES = f"""
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
    AND {_NOT_AN_EXTENSIONS.format(oid="pg_class.oid", catalogue="pg_class")}
    ORDER BY relname
"""  # noqa: S608 - our own words
_ROLES = """
    SELECT DISTINCT rolname FROM pg_class
    CROSS JOIN aclexplode(relacl) AS granted
    JOIN pg_roles ON pg_roles.oid = granted.grantee
    WHERE relnamespace = 'public'::regnamespace AND granted.grantee <> relowner
    ORDER BY rolname
"""
#: What to drop, in order, so that nothing of ours is left: each kind, and where its names are.
_OURS = (
    ("TABLE", "pg_class", "relkind IN ('r', 'p')", "relnamespace", "oid::regclass::text"),
    ("SEQUENCE", "pg_class", "relkind = 'S'", "relnamespace", "oid::regclass::text"),
    ("FUNCTION", "pg_proc", "prokind = 'f'", "pronamespace", "oid::regprocedure::text"),
)


def server_version(cursor: CursorWrapper) -> str:
    """Give the server's version, as ``18.6``."""
    cursor.execute("SHOW server_version")
    return str(cursor.fetchone()[0]).split()[0]


def tables(cursor: CursorWrapper) -> list[str]:
    """Name the tables that are ours."""
    cursor.execute(_TABLES)
    return [name for (name,) in cursor.fetchall()]


def count(cursor: CursorWrapper, names: list[str]) -> dict[str, int]:
    """Count the rows of each table."""
    rows = {}
    for name in names:
        cursor.execute(f"SELECT count(*) FROM public.{connection.ops.quote_name(name)}")  # noqa: S608 - from the catalogue
        rows[name] = cursor.fetchone()[0]
    return rows


def roles(cursor: CursorWrapper) -> list[str]:
    """Name the roles that have been granted something of ours without owning it."""
    cursor.execute(_ROLES)
    return [name for (name,) in cursor.fetchall()]


def missing_roles(cursor: CursorWrapper, names: list[str]) -> list[str]:
    """Name those that the server does not have."""
    cursor.execute(
        "SELECT name FROM unnest(%s::name[]) AS name WHERE name NOT IN (SELECT rolname FROM pg_roles)", [names]
    )
    return [name for (name,) in cursor.fetchall()]


def applied(cursor: CursorWrapper) -> list[str]:
    """Name the migrations that the database has, as ``app.name``, of the apps that there are."""
    cursor.execute("SELECT app || '.' || name FROM public.django_migrations ORDER BY 1")
    return [name for (name,) in cursor.fetchall() if name.partition(".")[0] in apps.app_configs]


def known() -> set[str]:
    """Name the migrations that the code has, those that others replace too."""
    return {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}


def empty(cursor: CursorWrapper) -> None:
    """Drop everything of ours; the schema, its rights and the extensions stay."""
    for kind, catalogue, which, schema, name in _OURS:
        cursor.execute(
            f"SELECT {name} FROM {catalogue} WHERE {which} AND {schema} = 'public'::regnamespace"  # noqa: S608 - our own words
            f" AND {_NOT_AN_EXTENSIONS.format(oid=f'{catalogue}.oid', catalogue=catalogue)}"
        )
        if names := ", ".join(name for (name,) in cursor.fetchall()):
            cursor.execute(f"DROP {kind} {names} CASCADE")
