"""A dossier as facts: how values are told to people and to scripts."""

from datetime import date
from decimal import Decimal

import pytest

from custcli.grid import Kind
from custcli.services.dossier import Dossier, Fact, document
from custcli.services.laid_out import grids, tables


@pytest.mark.parametrize(
    ("value", "kind", "told", "exact", "text"),
    [
        ("华东", Kind.TEXT, "华东", "华东", "华东"),
        ("key", Kind.TOKEN, "Key", "key", "key"),
        (12_345_678, Kind.MONEY, "1,234.57", Decimal("1234.5678"), Decimal("1234.5678")),
        (-50_000, Kind.MONEY, "-5.00", Decimal(-5), Decimal(-5)),
        (-5, Kind.DECIMAL, "-0.0005", Decimal("-0.0005"), Decimal("-0.0005")),
        (1_200, Kind.INTEGER, "1,200", 1_200, 1_200),
        (0.13, Kind.SHARE, "13.0 %", 0.13, 0.13),
        (True, Kind.FLAG, "yes", True, "true"),
        (False, Kind.FLAG, "no", False, "false"),
        (date(2026, 3, 5), Kind.DATE, "2026-03-05", date(2026, 3, 5), date(2026, 3, 5)),
        (["a", "key"], Kind.LIST, "a, Key", ["a", "key"], "a;key"),
    ],
)
def test_one_value_for_people_and_for_scripts(value, kind, told, exact, text):
    fact = Fact("s", "f", "F", value, kind, "hide", {"key": "Key"})
    dossier = Dossier("C-1", date(2026, 3, 31), {"s": "Section"}, [fact], [])
    (table,) = tables(dossier)
    assert list(table.rows) == [["F", told, "f", "hide"]]
    assert list(document(dossier).rows) == [["s", "f", "F", exact, "hide"]]
    assert list(document(dossier, texts=True).rows) == [["s", "f", "F", text, "hide"]]


@pytest.mark.parametrize(
    ("format_", "count"), [(None, 2), ("table", 2), ("xlsx", 2), ("html", 2), ("json", 1), ("jsonl", 1), ("csv", 1)]
)
def test_scripts_get_one_document_and_people_a_table_for_each_section(format_, count):
    facts = [Fact("a", "x", "X", "1"), Fact("b", "y", "Y", "2")]
    dossier = Dossier("C-1", date(2026, 3, 31), {"a": "A", "b": "B"}, facts, [])
    assert len(grids(dossier, format_)) == count
