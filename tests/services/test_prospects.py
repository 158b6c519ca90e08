"""Prospects: the letter table, the latest letters, filters and order; one assessment written as a change."""

import json
from datetime import date
from itertools import count, product

import pytest

from custcli.context import Context
from custcli.db import Author, journal, open_database
from custcli.errors import UnknownError, UsageError
from custcli.grid import SCALE
from custcli.services.prospects import Asked, Given, assessment, listing
from custcli.settings import Settings

DAY = date(2026, 3, 31)
KEYS = [
    *("code", "name", "man", "grade", "provisional", "action", "money", "authority", "need", "assessed_on", "stale"),
    *("stage", "expected_amount", "next_follow_up", "owner", "region", "source"),
]
"""cli.md 8."""
LETTERS = ("money", "authority", "need")
COMBINATIONS = {  # domain.md R3, 5.5
    "M+A+N": ("A", "sell"),
    "M+A+n": ("B", "create_need"),
    "M+a+N": ("B", "find_decider"),
    "m+A+N": ("B", "finance"),
    "m+a+N": ("C", "cultivate"),
    "m+A+n": ("C", "cultivate"),
    "M+a+n": ("C", "cultivate"),
    "m+a+n": ("D", "stop"),
}


class Book:
    """A database to fill by hand, and the run that asks it."""

    def __init__(self, path):
        self.ctx = Context(Settings(db=str(path)), ["prospects"], as_of=DAY)
        self.ctx.today = date(2026, 4, 2)
        self.database = open_database(str(path), timeout=5, create=True)
        self.numbers = count(1)
        with self.database.writing() as connection:
            journal.close_change(connection, journal.open_change(connection, Author("me", "test").header()), {})

    def put(self, table, *rows, **same):
        with self.database.writing() as connection:
            for row in rows:
                whole = {"made_by": 1, "extra": "{}"} | same | row
                sql = f"INSERT INTO {table} ({', '.join(whole)}) VALUES ({', '.join('?' * len(whole))})"
                connection.exec_driver_sql(sql, tuple(whole.values()))

    def customer(self, code, **fields):
        number = next(self.numbers)
        usual = {"id": number, "code": code, "name": f"name {code}", "name_key": code, "state": "active"}
        self.put("customer", usual | fields)
        return number

    def prospect(self, code, man="", day="2026-03-01", card=(), **fields):
        """A prospect card and the letters of `man`; a `?` is no letter at all."""
        number = self.customer(code, **fields)
        self.put("prospect", {"customer_id": number} | dict(card))
        self.letters(number, day, man)

    def letters(self, number, day, man):
        signs = zip(LETTERS, man.split("+"), strict=False)
        rows = ({"letter": name, "verdict": "yes" if s.isupper() else "no"} for name, s in signs if s.isalpha())
        self.put("man_letter", *rows, customer_id=number, assessed_on=day)

    def ask(self, **asked):
        return shown(listing(self.ctx, Asked(**asked)))

    def assess(self, code, **given):
        (row,) = shown(assessment(self.ctx, code, Given(**given)))
        return row

    def all(self, sql):
        with self.database.reading() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(sql)]


def shown(grid):
    names = [column.name for column in grid.columns]
    assert names == KEYS
    return [dict(zip(names, row, strict=True)) for row in grid.rows]


@pytest.fixture
def book(tmp_path):
    return Book(tmp_path / "book.db")


@pytest.fixture
def eight(book):
    for man in COMBINATIONS:
        book.prospect(man, man)
    return book


def test_the_letter_table(eight):
    rows = eight.ask()
    assert {row["man"]: (row["grade"], row["action"]) for row in rows} == COMBINATIONS
    assert all(row["code"] == row["man"] and not row["provisional"] for row in rows)
    assert [row["grade"] for row in rows] == list("ABBBCCCD")


def test_a_worksheet_makes_no_prospect_of_who_buys(book):  # R9: the seven criteria lie on the card
    book.prospect("worksheet")
    book.prospect("dealing", card={"stage": "negotiation"})
    book.prospect("assessed", "M+?+?")
    usual = {"ordered_on": "2026-03-31", "amount": SCALE, "type": "sale", "status": "done", "currency": "CNY"}
    book.put("sales_order", *({"customer_id": number} for number in (1, 2, 3)), **usual)
    book.prospect("new")
    assert sorted(row["code"] for row in book.ask()) == ["assessed", "dealing", "new"]
    book.ctx.as_of = date(2026, 3, 30)
    assert "worksheet" in {row["code"] for row in book.ask()}


@pytest.mark.parametrize("man", ["+".join(signs) for signs in product("Mm?", "Aa?", "Nn?") if "?" in signs])
def test_an_unknown_letter_leaves_the_best_grade_and_never_stops(book, man):  # R3, edges
    book.prospect("X", man)
    (row,) = book.ask()
    assert (row["man"], row["provisional"], row["action"]) == (man, True, "complete_assessment")
    assert row["grade"] == "ABCD"[sum(sign.islower() for sign in man)]


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        ({"grade": "A"}, ["M+A+N"]),
        ({"grade": "A", "provisional": True}, ["M+A+N", "maybe"]),
        ({"grade": "B"}, ["M+A+n", "M+a+N", "m+A+N"]),
        ({"grade": "D", "provisional": True}, ["m+a+n"]),
        ({"man": "M+a+N"}, ["M+a+N"]),
        ({"man": "M+?+N"}, ["maybe"]),
        ({"stage": "negotiation"}, ["maybe"]),
        ({"stage": "谈判"}, ["maybe"]),
        ({"where": ["region=North"], "grade": "A"}, []),
        ({"where": ["region=North"]}, ["maybe"]),
        ({"grade": "B", "limit": 1}, ["M+A+n"]),
    ],
    ids=str,
)
def test_filters(eight, asked, codes):
    eight.prospect("maybe", "M+?+N", card={"stage": "negotiation"}, region="North")
    assert [row["code"] for row in eight.ask(**asked)] == codes


def test_order(book):  # R3: grade, expected amount downwards, next follow-up, code
    cards = {
        "small": {"expected_amount": 5},
        "late": {"expected_amount": 9, "next_follow_up": "2026-05-02"},
        "soon": {"expected_amount": 9, "next_follow_up": "2026-05-01"},
        "b": {},
        "a": {},
    }
    for code, card in cards.items():
        book.prospect(code, "M+A+N", card=card)
    assert [row["code"] for row in book.ask()] == ["soon", "late", "small", "a", "b"]


def test_the_latest_letter_up_to_the_day_is_in_force(book):  # decisions.md 1
    book.prospect("X", "M+A+N", day="2026-01-01")
    book.letters(1, "2026-02-01", "M+a")
    book.letters(1, "2026-04-01", "m+a+n")
    (row,) = book.ask()
    assert (row["man"], row["assessed_on"], row["stale"]) == ("M+a+N", date(2026, 2, 1), False)


@pytest.mark.parametrize(("day", "stale"), [("2025-10-02", False), ("2025-10-01", True)])
def test_evidence_of_more_than_180_days_is_stale(book, day, stale):
    book.prospect("X", "M+A+N")
    book.put("man_letter", {"letter": "need", "verdict": "yes"}, customer_id=1, assessed_on="2025-01-01")
    (row,) = book.ask()
    assert row["stale"] is False
    book.prospect("Y", "M", day=day)
    assert book.ask()[1]["stale"] is stale


def test_a_score_counts_from_60_on(book):
    book.prospect("X")
    scores = ({"letter": letter, "score": score} for letter, score in zip(LETTERS, (60, 59, 0), strict=True))
    book.put("man_letter", *scores, customer_id=1, assessed_on="2026-01-01")
    assert book.ask()[0]["man"] == "M+a+n"


def test_persons_and_unknown_kinds_are_masked(book):  # domain.md 1.11: class P
    book.prospect("1", kind="individual", name="张三丰")
    book.prospect("2", name="诸葛亮")
    book.prospect("3", kind="enterprise", name="张氏商行")
    assert [row["name"] for row in book.ask()] == ["张*", "诸葛*", "张氏商行"]
    book.ctx.reveal = True
    assert [row["name"] for row in book.ask()] == ["张三丰", "诸葛亮", "张氏商行"]


def test_summary_counts_all_that_fit(eight):
    eight.prospect("maybe", card={"expected_amount": 5 * SCALE})
    grid = listing(eight.ctx, Asked(limit=1))
    assert grid.summary["grades"]["A"] == {"confirmed": 1, "provisional": 1}
    assert (grid.summary["prospects"], grid.summary["expected_amount"]) == (9, 5 * SCALE)


# ---- one assessment ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("man", COMBINATIONS)
def test_letters_are_written_as_one_change(book, man):
    book.customer("X")
    words = {name: "yes" if sign.isupper() else "no" for name, sign in zip(LETTERS, man.split("+"), strict=True)}
    row = book.assess("X", **words, evidence=" seen \n", on=date(2026, 3, 30))
    assert (row["man"], row["assessed_on"]) == (man, date(2026, 3, 30))
    assert (row["grade"], row["action"]) == COMBINATIONS[man]
    assert book.all("SELECT count(*), min(made_by), max(made_by) FROM man_letter") == [(3, 2, 2)]
    assert book.all("SELECT DISTINCT evidence, assessed_on FROM man_letter") == [("seen", "2026-03-30")]
    assert book.all("SELECT customer_id, made_by FROM prospect") == [(1, 2)]
    assert [json.loads(counts) for (counts,) in book.all("SELECT counts FROM change WHERE id = 2")] == [
        {"new": 3, "changed": 0}
    ]


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("yes", ("yes", None)),
        ("有", ("yes", None)),
        ("是", ("yes", None)),
        ("NO", ("no", None)),
        ("无", ("no", None)),
        ("建议", ("no", None)),  # who only proposes does not decide (R3)
        ("unknown", ("unknown", None)),
        ("?", ("unknown", None)),
        ("？", ("unknown", None)),
        ("70", (None, 70)),
        ("０", (None, 0)),
        ("1", (None, 1)),
        ("100", (None, 100)),
    ],
)
def test_how_letters_are_typed(book, text, stored):
    book.customer("X")
    book.assess("X", authority=text)
    assert book.all("SELECT verdict, score FROM man_letter") == [stored]


def test_the_letter_of_the_day_is_corrected_and_journaled(book):
    book.customer("X")
    book.assess("X", money="yes", evidence="said so")
    row = book.assess("X", money="40")
    assert row["money"] == "no"
    ((number, action, before, after),) = book.all("SELECT row_id, action, before, after FROM journal")
    assert (number, action) == (1, "update")
    assert json.loads(before) == {"verdict": "yes", "score": None}
    assert json.loads(after) == {"verdict": None, "score": 40}
    assert book.all("SELECT evidence FROM man_letter") == [("said so",)]
    with book.database.reading() as connection:
        assert journal.broken(connection, None) == []


def test_the_same_again_is_no_change(book):
    book.customer("X")
    book.assess("X", need="yes")
    book.assess("X", need="yes")
    assert book.all("SELECT count(*) FROM change") == [(2,)]


def test_without_letters_nothing_is_written(book):
    book.customer("X")
    row = book.assess("X")
    assert (row["man"], row["grade"], row["provisional"], row["assessed_on"]) == ("?+?+?", "A", True, None)
    assert book.all("SELECT count(*) FROM change") == [(1,)]
    assert book.ask() == []


def test_an_assessment_can_be_taken_back(book):
    from custcli.db.undo import take_back

    book.customer("X")
    book.assess("X", need="yes", on=date(2026, 3, 1))
    with book.database.writing() as connection:
        undo = journal.open_change(connection, Author("me", "undo").header("undo", undoes=2))
        counts, kept = take_back(connection, 2, undo)
        journal.close_change(connection, undo, counts)
    assert kept == []
    assert book.all("SELECT (SELECT count(*) FROM man_letter) + (SELECT count(*) FROM prospect)") == [(0,)]
    book.assess("X", need="no", on=date(2026, 3, 1))
    assert book.all("SELECT id, verdict FROM man_letter") == [(2, "no")]  # ids are not given again


@pytest.mark.parametrize(
    "given",
    [
        {"money": "perhaps"},
        {"money": "101"},
        {"money": "-1"},
        {"money": ""},
        {"evidence": "seen"},
        {"on": DAY},
        {"need": "yes", "on": date(2026, 4, 3)},
    ],
    ids=str,
)
def test_wrong_usage_of_an_assessment(book, given):
    book.customer("X")
    with pytest.raises(UsageError):
        book.assess("X", **given)
    assert book.all("SELECT count(*) FROM man_letter") == [(0,)]


@pytest.mark.parametrize("given", [{}, {"need": "yes"}])
def test_an_unknown_customer(book, given):
    with pytest.raises(UnknownError):
        book.assess("nobody", **given)


@pytest.mark.parametrize("asked", [{"man": "MX"}, {"stage": "nowhere"}, {"where": ["no_such_field=1"]}], ids=str)
def test_wrong_usage_of_the_list(book, asked):
    with pytest.raises(UsageError):
        book.ask(**asked)
