"""custcli list: forms and conditions in, rows out; names of persons masked, those of firms not."""

import json
import sqlite3

import pytest


@pytest.fixture
def answer(run, company):
    def call(*args, code=0):
        said = run("--db", company, "--as-of", "2026-03-31", "list", *args, "--json")
        assert said.code == code, said.err
        return json.loads(said.out) if code == 0 else said

    return call


def test_all_customers(answer):
    found = answer()
    assert found["command"] == "list"
    assert found["as_of"] == "2026-03-31"
    assert found["summary"] == {"form": "customers", "records": 5}
    assert [row["code"] for row in found["rows"]] == [f"C-00000{n}" for n in range(1, 6)]
    assert {"code", "name", "kind", "region", "owner", "mobile", "status"} <= set(found["rows"][0])


def test_names_of_persons_are_masked_by_the_kind_of_each(answer):
    names = {row["code"]: row["name"] for row in answer()["rows"]}
    assert names["C-000001"] == "华东商行"  # a firm
    assert names["C-000002"] == "王*"  # a person (domain.md 1.8: P)
    assert names["C-000004"] == "陈*"  # of unknown kind: as on the prospect card (domain.md 1.11: P)


def test_phones_are_masked_for_all(answer):
    assert [row["mobile"] for row in answer()["rows"]][:2] == ["138****8000", "139****5678"]


def test_chosen_columns_keep_the_mask(answer):
    rows = answer("customers", "--columns", "name,手机")["rows"]
    assert rows[1] == {"name": "王*", "mobile": "139****5678", "kind": "individual"}


def test_whole_with_reveal_and_that_is_noted(answer, company):
    assert answer("--reveal", "--reason", "audit")["rows"][1]["name"] == "王小明"
    with sqlite3.connect(company) as kept:
        rows = kept.execute("SELECT kind, reason, command FROM change WHERE id > 1").fetchall()
    assert [row[:2] for row in rows] == [("reveal", "audit")]
    assert "王小明" not in rows[0][2]


@pytest.mark.parametrize(
    ("args", "codes"),
    [
        (["wholesale"], "15"),
        (["批发"], "15"),
        (["批发类客户档案", "所属业务区=华东"], "1"),
        (["kind=individual"], "2"),
        (["region=华东", "name~王"], "2"),
        (["客户", "商行"], "1"),
        (["customers", "--sort", "-region,code", "--limit", "2"], "35"),
        (["customers", "--limit", "0"], "12345"),
        (["prospects", "需求="], "4"),
        (["name~%"], "3"),
    ],
    ids=str,
)
def test_forms_and_conditions(answer, args, codes):
    assert [row["code"][-1] for row in answer(*args)["rows"]] == list(codes)


def test_fields_of_groups_have_their_paths_as_keys(answer):
    row = answer("wholesale", "C-000001")["rows"][0]
    assert row["legal_rep.name"] == "张*"
    assert row["legal_rep.id_no"] == "1****************0"
    assert row["contact.title"] == "经理"
    assert row["yearly_sales.2024.amount"] == 1250000
    assert row["yearly_sales.2025.amount"] == 999999.9999
    assert row["product_lines"] == ["啤酒", "白酒"]
    assert row["is_key"] is True
    assert row["note"] == "***"
    assert row["mailing_address"] == row["business_address"]  # its fallback (forms.md 1.2)


def test_exact_digits_of_money(run, company):
    said = run("--db", company, "list", "orders", "--json")
    assert '"amount": 1234.5678' in said.out
    assert '"quantity": 2,' in said.out


def test_registers_name_their_customers_each_masked_by_its_kind(answer):
    rows = answer("orders")["rows"]
    assert [row["customer_name"] for row in rows] == ["华东商行", "华东商行", "王*"]
    assert [row["customer"] for row in rows] == ["C-000001", "C-000001", "C-000002"]
    assert "customer_kind" not in rows[0]
    assert [row["customer_name"] for row in answer("orders", "--reveal")["rows"]][-1] == "王小明"


def test_letters_assessed_later_are_not_seen(run, company):
    said = run("--db", company, "--as-of", "2026-02-01", "list", "prospects", "--json")
    assert json.loads(said.out)["rows"][0]["man.money.verdict"] == "no"


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (["wholesal"], 6, "did you mean wholesale"),
        (["regoin=华东"], 2, "did you mean"),
        (["wholesale", "--sort", "nmae"], 2, "no such field"),
        (["enterprise", "--columns", "trade_cycle"], 2, "is computed"),
        (["orders", "--sort", "品名"], 2, "it cannot be sorted by"),
        (["wholesale", "=x"], 2, "a condition begins with a field"),
        (["wholesale", "2025年金额>=abc"], 2, "not an amount"),
    ],
    ids=str,
)
def test_what_is_wrong_is_told(run, company, args, code, says):
    said = run("--db", company, "list", *args)
    assert (said.code, said.out) == (code, "")
    assert says in said.err


def test_no_database_is_made_by_reading(run, tmp_path):
    assert run("--db", tmp_path / "none.db", "list").code == 5
    assert not (tmp_path / "none.db").exists()


def test_csv_is_guarded_against_formulas(run, company):
    said = run("--db", company, "list", "wholesale", "--reveal", "--columns", "code,note", "-f", "csv")
    assert said.out.splitlines() == ["code,note", "C-000001,'=SUM(A1)", 'C-000005,""" OR 1=1 --"']


def test_a_table_shows_text_as_it_is(run, company):
    said = run("--db", company, "list", "enterprise", "--reveal", "--columns", "name,note")
    assert "<b>粗</b> [red]红[/red]" in said.out


def test_the_rest_is_counted(run, company):
    assert "… 3 more" in run("--db", company, "list", "--limit", "2").out


def test_labels_are_in_the_language_of_the_run(run, company):
    assert "所属业务区" in run("--db", company, "--lang", "zh", "list").out
    assert "Region" in run("--db", company, "list").out


def heads(run, company, *args):
    said = run("--db", company, "--as-of", "2026-03-31", "list", *args)
    return {head.strip() for head in said.out.splitlines()[2].split("  ") if head}


def test_a_table_of_orders_shows_what_is_unusual(run, company):
    assert {"Type", "Quantity", "Cost", "Amount"} <= heads(run, company, "orders")
    assert not {"Status", "Currency", "Freight"} & heads(run, company, "orders")
    assert "Type" not in heads(run, company, "orders", "type=sale")
    with sqlite3.connect(company) as kept:
        kept.execute("UPDATE sales_order SET currency = 'USD', status = 'shipped', extra = '{\"freight\":10000}'")
    assert {"Status", "Currency", "Freight"} <= heads(run, company, "orders")
    assert {"Type", "Status", "Currency", "Freight"} <= heads(run, company, "orders", "type=sale", "--columns",
                                                              "type,status,currency,freight")  # fmt: skip


def test_show_shows_the_same_of_orders(run, company):
    said = run("--db", company, "--as-of", "2026-03-31", "show", "C-000002").out
    assert "Return" in said
    assert "Freight" not in said


def test_the_address_list_by_route_and_distance(run, company, answer):
    """F035: distance, trade, times not to visit at, for each route."""
    for code, km in (("C-000001", "12.5"), ("C-000005", "3")):
        said = run("--db", company, "edit", code, "访问路线=一号线", f"距离={km}", "经营类别=副食", "不宜访问时间=周一")
        assert said.code == 0, said.err
    columns = "code,distance_km,trade_category,inconvenient_time"
    rows = answer("route=一号线", "--sort", "distance_km", "--columns", columns)["rows"]
    assert [(row["code"], row["distance_km"], row["inconvenient_time"]) for row in rows] == [
        ("C-000005", 3, "周一"),
        ("C-000001", 12.5, "周一"),
    ]
