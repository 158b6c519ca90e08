"""Conditions of `list`, drawn at random, against a filter written out in plain Python (cli.md 4)."""

import random
from calendar import monthrange
from dataclasses import replace
from datetime import date
from operator import itemgetter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custcli.context import Context
from custcli.db import Author, journal, open_database
from custcli.services.records import listing
from custcli.settings import Settings

REGIONS = [None, "华东", "华北", "East", "east", "a%b", "a_b", 'say "x"', "a:b", "x..y", "东 部", "'", "A\\B", "=1"]
KINDS = ["sale", "return", "sample"]
AMOUNTS = [None, 0, 1, -5_0000, 100_0000, 1234_5678, 99_9999_9999_0000]
DAYS = ["2023-12-31", "2024-01-01", "2024-01-31", "2024-02-29", "2024-06-30", "2024-07-01", "2025-03-05"]


def rows():
    chance = random.Random(7)  # noqa: S311 - invented data
    return [
        {
            "order_no": f"S{n:03}",
            "campaign": chance.choice(REGIONS),
            "type": chance.choice(KINDS),
            "amount": chance.choice(AMOUNTS),
            "ordered_on": chance.choice(DAYS),
            "note": chance.choice([None, "急", "Rush 急", "no"]),
        }
        for n in range(80)
    ]


ROWS = rows()


@pytest.fixture(scope="module")
def ctx(tmp_path_factory):
    path = str(tmp_path_factory.mktemp("list") / "c.db")
    with open_database(path, timeout=5, create=True).writing() as connection:
        number = journal.open_change(connection, Author("tester", "import").header())
        connection.exec_driver_sql(
            "INSERT INTO customer (id, made_by, extra, state, code, name, name_key) "
            "VALUES (1, ?, '{}', 'active', 'K1', '甲', '甲')",
            (number,),
        )
        for row in ROWS:
            connection.exec_driver_sql(
                "INSERT INTO sales_order (made_by, extra, customer_id, status, currency, order_no, campaign, type, "
                "amount, ordered_on, note) VALUES (?, '{}', 1, 'done', 'CNY', ?, ?, ?, ?, ?, ?)",
                (number, *row.values()),
            )
        journal.close_change(connection, number, {})
    return Context(Settings(db=path), ["list"])


OPS = {
    "=": lambda first, last, value: value is not None and first <= value <= last,
    "!=": lambda first, last, value: value is None or not first <= value <= last,
    ">=": lambda first, _last, value: value is not None and value >= first,
    ">": lambda _first, last, value: value is not None and value > last,
    "<=": lambda _first, last, value: value is not None and value <= last,
    "<": lambda first, _last, value: value is not None and value < first,
}


def span(text):
    """The days that a day, a month or a year means."""
    if len(text) == 10:
        return text, text
    year, month = int(text[:4]), int(text[5:] or 0)
    last = monthrange(year, month)[1] if month else 31
    return f"{year}-{month or 1:02}-01", f"{year}-{month or 12:02}-{last}"


def plain(text):
    return text, text


def yuan(text):
    amount = round(float(text) * 10_000)
    return amount, amount


def quoted(text):
    """As it is written in a term, so that no sign of its own is taken for an operator."""
    return '"' + text + '"' if '"' not in text and "\\" not in text else text.replace("\\", "\\\\").replace('"', '\\"')


def compared(field, read, texts):
    made = st.tuples(st.sampled_from(list(OPS)), st.sampled_from(texts))
    return made.map(
        lambda said: (f"{field}{said[0]}{quoted(said[1])}", lambda row: OPS[said[0]](*read(said[1]), row[field]))
    )


def between(field, read, texts):
    def term(ends):
        first, last = ends
        low, high = (read(first)[0] if first else None), (read(last)[1] if last else None)

        def fits(row):
            value = row[field]
            return value is not None and (low is None or value >= low) and (high is None or value <= high)

        return f"{field}:{first}..{last}", fits

    return st.tuples(st.sampled_from(["", *texts]), st.sampled_from(["", *texts])).filter(any).map(term)


def blank(field):
    return st.sampled_from([
        (f"{field}=", lambda row: row[field] is None), (f"{field}!=", lambda row: row[field] is not None),
    ])  # fmt: skip


def part(field, texts):
    return st.sampled_from(texts).map(
        lambda text: (
            f"{field}~{quoted(text)}",
            lambda row: row[field] is not None and text.lower() in row[field].lower(),
        )
    )


def word(text):
    return text, lambda row: text.lower() in row["order_no"].lower()


WHEN = [*DAYS, "2024-01", "2024-02", "2024", "2025-03", "2022"]
TEXTS = [text for text in REGIONS if text]
TERMS = st.one_of(
    compared("campaign", plain, TEXTS), blank("campaign"), part("campaign", [*TEXTS, "a", "%", "_", "EAST", "东"]),
    compared("amount", yuan, ["0", "0.0001", "-5", "100", "1234.5678", "9999999900", "50"]), blank("amount"),
    between("amount", yuan, ["-5", "0", "100", "1234.5678"]),
    compared("ordered_on", span, WHEN), between("ordered_on", span, WHEN),
    blank("note"), part("note", ["急", "R", "no"]),
    st.tuples(st.sampled_from(["=", "!="]), st.sampled_from(KINDS)).map(
        lambda said: (f"type{said[0]}{said[1]}", lambda row: (row["type"] == said[1]) == (said[0] == "="))
    ),
    st.sampled_from(["S00", "s07", "9", "zzz"]).map(word),
)  # fmt: skip


@settings(max_examples=300)
@given(st.lists(TERMS, max_size=3))
def test_the_records_that_fit_all_conditions_and_no_others(ctx, terms):
    found = listing(ctx, ["orders", *(text for text, _ in terms)], columns="order_no")
    expected = [row["order_no"] for row in ROWS if all(fits(row) for _, fits in terms)]
    assert sorted(row[0] for row in found.rows) == expected


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.sampled_from(["campaign", "type", "amount", "ordered_on"]), st.booleans()), min_size=1,
             max_size=3, unique_by=lambda wish: wish[0]),
    st.integers(0, 90),
)  # fmt: skip
def test_sorted_by_each_field_in_turn_and_cut(ctx, wishes, limit):
    sort = ",".join(("-" if down else "") + field for field, down in wishes)
    found = listing(ctx, ["orders"], sort=sort, limit=limit, columns="order_no")
    expected = sorted(ROWS, key=lambda row: (row["ordered_on"], row["order_no"]))
    for field, down in reversed(wishes):
        stated = [row for row in expected if row[field] is not None]
        stated.sort(key=itemgetter(field), reverse=down)  # stable both ways
        expected = [*stated, *(row for row in expected if row[field] is None)]
    assert [row[0] for row in found.rows] == [row["order_no"] for row in expected][: limit or None]
    assert found.count == min(len(ROWS), limit or len(ROWS))


@pytest.mark.parametrize("day", ["2023-12-30", "2024-02-29", "2025-03-05"])
def test_of_a_day_asked_for_nothing_dated_later_is_seen(ctx, day):
    found = listing(replace(ctx, as_of=date.fromisoformat(day)), ["orders"], columns="order_no")
    assert sorted(row[0] for row in found.rows) == [row["order_no"] for row in ROWS if row["ordered_on"] <= day]
