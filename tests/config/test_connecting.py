"""Connecting: one that is silent is left alone for a moment, one that refuses is tried again at once."""

import time

import psycopg
import pytest
from django.db.backends.postgresql import base as django_base

from config.postgres import base


@pytest.fixture
def connecting(monkeypatch: pytest.MonkeyPatch):
    """Give a way to connect to a server of which the caller says what it does."""
    monkeypatch.setattr(base.process, "is_limited", True)
    monkeypatch.setattr(base.process, "no_try_before", {})
    monkeypatch.setattr(base, "PAUSE", 0.05)
    wrapper = base.DatabaseWrapper({"TIME_ZONE": None}, alias="one")

    def connect(answer) -> float:
        """Connect in vain, and give when nobody is to try before; 0 if one may."""
        monkeypatch.setattr(django_base.DatabaseWrapper, "get_new_connection", lambda *_: answer())
        with pytest.raises(psycopg.OperationalError):
            wrapper.get_new_connection({})
        return base.process.no_try_before.get("one", 0.0)

    return connect


def refuse():
    raise psycopg.OperationalError("connection refused")


def be_silent_then_refuse():
    """Answer as two servers do that are named together, of which the first hangs and the second takes no writes."""
    time.sleep(base.PAUSE)
    refuse()


def test_the_silence_counts_and_not_the_last_word(connecting):
    """Of two servers the error is the last one's; that the first was silent is what others are spared."""
    assert connecting(be_silent_then_refuse) > 0


def test_one_that_refuses_may_be_tried_at_once(connecting):
    """A server that was silent and comes back refuses while it starts; nobody is kept waiting after that."""
    assert connecting(refuse) == 0
    connecting(be_silent_then_refuse)
    time.sleep(base.PAUSE)
    assert connecting(refuse) == 0
