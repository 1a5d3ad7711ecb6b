"""The forms and the questions that a page itself offers, and what becomes of them when somebody is at them."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from hypothesis import strategies as st
from lxml import html

from tests.fuzz.values import FILES, NAMES, anything

BOUNDARY = "----namndkollen"
#: What somebody might add to a form to get more than it gives.
ADDED = (
    *(
        "is_staff",
        "is_superuser",
        "is_example",
        "is_active",
        "recorded_at",
        "author",
        "by",
        "committee",
        "user",
        "id",
        "pk",
    ),
    *("next", "_method", "replaces", "key", "role", "sett", "mal", "status", "number", "password"),
)


@dataclass(frozen=True, slots=True)
class PageForm:
    """A form of a page: where it is sent, and each field with what may be chosen in it."""

    action: str
    method: str
    has_file: bool
    fields: tuple[tuple[str, tuple[str, ...]], ...]
    files: tuple[str, ...]


@dataclass(slots=True)
class Offered:
    """What a page offers to send."""

    forms: list[PageForm] = field(default_factory=list)
    questions: set[str] = field(default_factory=set)
    token: str = ""


def offered(page: bytes, address: str) -> Offered:
    """Read the forms and the questions of a page."""
    found = Offered()
    try:
        tree = html.document_fromstring(page.decode(errors="replace"))
    except (ValueError, html.etree.ParserError):
        return found
    for link in tree.xpath("//a/@href"):
        found.questions.update(name for name, _ in parse_qsl(urlsplit(str(link)).query))
    for form in tree.xpath("//form"):
        fields, files = [], []
        for control in form.xpath(".//input[@name]|.//select[@name]|.//textarea[@name]|.//button[@name]"):
            name, kind = control.get("name"), control.get("type", "")
            if name == "csrfmiddlewaretoken":
                found.token = control.get("value", "")
            elif kind == "file":
                files.append(name)
            elif control.tag == "select":
                fields.append((name, tuple(control.xpath(".//option/@value"))))
            else:
                fields.append((name, (control.get("value") or control.text or "",)))
        action = form.get("action") or address
        method = (form.get("method") or "get").lower()
        if action.startswith("/") and not action.startswith("//"):
            found.forms.append(PageForm(action, method, bool(files), tuple(fields), tuple(files)))
        if method == "get":
            found.questions.update(name for name, _ in fields)
    return found


@st.composite
def fillings(draw: Any, form: PageForm, token: str) -> tuple[bytes, str]:
    """Fill a form in, with a few fields changed, doubled, taken away or added. Gives the body and its type."""
    said: list[tuple[str, str]] = []
    # A field at a time in a form of a thousand would only be slow to draw.
    changed = draw(st.sets(st.integers(0, max(len(form.fields) - 1, 0)), max_size=4))
    for place, (name, choices) in enumerate(form.fields):
        if place not in changed:
            said.append((name, choices[-1 if place % 3 else 0] if choices else ""))
            continue
        what = draw(st.integers(0, 9))
        if what == 0:
            continue
        chosen = draw(st.sampled_from(choices)) if choices and what < 5 else draw(anything)
        said += [(name, chosen)] * (2 if what == 9 else 1)
    if draw(st.integers(0, 3)) == 0:
        said.append((draw(st.sampled_from(ADDED)), draw(anything)))
    if draw(st.integers(0, 30)):
        said.append(("csrfmiddlewaretoken", token))
    if not form.has_file:
        return urlencode(said, errors="replace").encode(), "application/x-www-form-urlencoded"
    parts = [(name, None, value.encode(errors="replace")) for name, value in said]
    parts += [(name, draw(st.sampled_from(NAMES)), draw(st.sampled_from(FILES))) for name in form.files]
    body = b""
    for name, file, content in parts:
        called = f'; filename="{file}"\r\nContent-Type: application/octet-stream' if file is not None else ""
        body += (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{called}\r\n\r\n'.encode()
            + content
            + b"\r\n"
        )
    return body + f"--{BOUNDARY}--\r\n".encode(), f"multipart/form-data; boundary={BOUNDARY}"
