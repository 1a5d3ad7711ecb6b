"""What wrk says is read, compared in pairs, and put into a document, without anything being measured."""

import pytest

from tests.bench.cases import COMPARE, EMPTY, FRONT, STATIC, Case
from tests.bench.table import BEGIN, END, promises, table, write_between
from tests.bench.wrk import NothingMeasuredError, Round, measured
from tests.machine import machine


def case(name: str, *per_second: float, errors: int = 0) -> Case:
    rounds = [Round(each, 1.5, 20.25, errors) for each in per_second]
    return Case(name, lambda seconds: rounds[0], rounds=rounds)


def cases(compare: float = 95.0) -> list[Case]:
    return [
        case(STATIC, 1000, 4000, 2000),
        case(EMPTY, 100, 400, 200),
        case(COMPARE, compare, 4 * compare, 2 * compare),
        case(FRONT, 700, 3600, 1800),
    ]


class TestReadingWrk:
    def test_what_it_measured(self):
        """Requests and microseconds become requests per second and milliseconds; all kinds of errors are counted."""
        said = "Running 2s test @ http://127.0.0.1:1/\n  2 threads\nmeasured 5000 2000000 1500 20250 3\n"
        assert measured(said) == Round(2500.0, 1.5, 20.25, 3)

    @pytest.mark.parametrize(
        "said",
        [
            "",
            "unable to connect to 127.0.0.1:1 Connection refused",
            "measured 0 2000000 0 0 0",
            "measured 5000 0 1 1 0",
            "measured many 2000000 1 1 0",
            "read.lua: cannot open read.lua",
        ],
    )
    def test_nothing_measured(self, said):
        """Where nobody was answered there is no figure, and the error has what wrk said."""
        with pytest.raises(NothingMeasuredError, match="wrk measured nothing") as error:
            measured(said)
        assert str(error.value).endswith(said)

    def test_a_round_that_was_too_short_is_longer_the_next_time(self):
        """A page that takes seconds is measured for as long as it needs, and no longer than there is patience."""
        asked = []

        def slow(seconds: int) -> Round:
            asked.append(seconds)
            if seconds < 10:
                raise NothingMeasuredError
            return Round(1, 1, 1, 0)

        assert Case("slow", slow).measure(2) == Round(1, 1, 1, 0)
        assert asked == [2, 6, 18]


class TestTable:
    def test_shares_are_of_the_same_round(self):
        """A round on a busy machine is slow for all, so each round is compared with itself."""
        *_, compare, front = table(cases())
        assert compare == f"| {COMPARE} | 190 | 1.50 | 20.25 | 0.095 | 0.95 |"
        assert front == f"| {FRONT} | 1,800 | 1.50 | 20.25 | 0.900 | 9.00 |"

    def test_errors_are_seen(self):
        """A figure for answers that were wrong is marked."""
        assert "| API **6 errors** |" in list(table([*cases(), case("API", 1, 1, 1, errors=2)]))[-1]

    def test_what_is_promised_is_judged(self):
        """It is said whether each promise is kept."""
        assert [kept for _, kept in promises(cases(), 78)] == [True, True]
        assert [kept for _, kept in promises(cases(), 780)] == [True]
        assert not list(promises(cases(), 7800))
        (line, kept), _ = promises(cases(compare=89.0), 78)
        assert not kept
        assert line == f"{COMPARE}: 0.89 of empty view, one query (at least 0.9: NO)"

    def test_the_machine_has_no_name(self):
        """What it was measured on is told by its parts."""
        import platform

        assert "cores" in machine()
        assert platform.node() not in machine()


class TestDocument:
    def test_only_what_is_between_the_marks_is_changed(self, tmp_path):
        """Words around the tables stay, however often it is measured."""
        document = tmp_path / "speed.md"
        document.write_text(f"# Före åäö\n\n{BEGIN}\ngammalt\n{END}\n\nefter\n", encoding="utf-8")
        for _ in range(2):
            write_between(document, ["", "| ny |", ""])
        assert document.read_text(encoding="utf-8") == f"# Före åäö\n\n{BEGIN}\n\n| ny |\n\n{END}\n\nefter\n"

    @pytest.mark.parametrize("text", ["", f"{BEGIN}\n", f"{END}\n{BEGIN}\n"])
    def test_a_document_without_marks_is_left_alone(self, tmp_path, text):
        """Nothing is written where there is no place for it."""
        document = tmp_path / "speed.md"
        document.write_text(text)
        with pytest.raises(ValueError, match="has not got the lines"):
            write_between(document, ["ny"])
        assert document.read_text() == text
