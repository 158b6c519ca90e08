"""custcli show: everything known of one customer, masked, as tables or as one document."""

import json
import sqlite3

import pytest


@pytest.fixture
def facts(run, company):
    def call(code, *args):
        said = run("--db", company, "--as-of", "2026-03-31", "show", code, *args, "--json")
        assert said.code == 0, said.err
        document = json.loads(said.out)
        assert all(set(row) == {"section", "field", "label", "value", "masked"} for row in document["rows"])
        return {row["field"]: row["value"] for row in document["rows"]}

    return call


def test_a_wholesale_customer(facts):
    found = facts("C-000001")
    assert found["name"] == "华东商行"
    assert found["phone"] == "057****0000"
    assert found["product_since"] == "2019"
    assert found["product_lines"] == ["啤酒", "白酒"]
    assert found["legal_rep.name"] == "张*"
    assert found["contact.name"] == "李*"
    assert found["yearly_sales.2025.amount"] == 999999.9999
    assert (found["abc_class"], found["tier"], found["class_as_of"]) == ("A", "key", "2026-02-28")
    assert (found["orders.CNY.count"], found["orders.CNY.amount"]) == (2, 1334.5678)
    assert (found["payments.CNY.count"], found["payments.CNY.amount"]) == (1, 500)
    assert (found["orders.1.order_no"], found["orders.2.order_no"]) == ("S-2", "S-1")  # the latest first
    assert "region" in found
    assert "email" not in found  # what is blank is left out


def test_a_person_with_children(facts):
    found = facts("C-000002")
    assert found["name"] == "王*"
    assert found["birth_date"] == "1990-**-**"
    assert found["annual_income"] == "***"
    assert found["referred_by"] == "C-000001"
    assert (found["children.1.name"], found["children.2.name"]) == ("王*", "王*")
    assert found["orders.CNY.amount"] == -5


def test_whole_with_reveal(facts):
    found = facts("C-000002", "--reveal")
    assert found["name"] == "王小明"
    assert found["id_no"] == "110101199005170016"
    assert found["annual_income"] == 120000
    assert (found["children.1.name"], found["children.2.name"]) == ("王一", "王二")


def test_a_prospect_with_its_letters_and_grade(facts):
    found = facts("C-000004")
    assert found["name"] == "陈*"
    assert found["card.stage"] == "demo"
    assert found["card.expected_amount"] == 300000
    assert found["man.money.evidence"] == "付了定金"
    assert (found["man_code"], found["man_grade"], found["provisional"]) == ("M+A+?", "A", True)


def test_a_card_beside_a_dossier_is_shown_too(facts, company):
    with sqlite3.connect(company) as kept:
        kept.execute("INSERT INTO prospect (id, made_by, extra, customer_id, stage) VALUES (9, 1, '{}', 1, 'care')")
    found = facts("C-000001")
    assert (found["business_address"], found["card.stage"]) == ("杭州市西湖区文三路1号", "care")


def test_what_is_dated_later_is_not_seen(run, company):
    said = run("--db", company, "--as-of", "2026-01-31", "show", "C-000001", "--json")
    found = {row["field"]: row["value"] for row in json.loads(said.out)["rows"]}
    assert found["orders.CNY.count"] == 1
    assert "abc_class" not in found
    assert "payments.CNY.count" not in found


def test_by_name_where_one_bears_it(facts, run, company):
    assert facts("华东商行")["code"] == "C-000001"
    with sqlite3.connect(company) as kept:
        kept.execute("UPDATE customer SET name_key = '华东商行' WHERE id = 5")
    said = run("--db", company, "show", "华东商行")
    assert (said.code, said.out) == (6, "")
    assert "C-000001, C-000005" in said.err


def test_unknown(run, company):
    said = run("--db", company, "show", "C-999999")
    assert (said.code, said.out) == (6, "")


def test_as_tables(run, company):
    said = run("--db", company, "--lang", "zh", "show", "C-000001")
    assert said.code == 0
    for text in ("批发类客户档案", "联系方式", "法人代表", "1,250,000.00", "啤酒、白酒", "关键", "S-2"):
        assert text in said.out
    assert "13800138000" not in said.out


def test_csv_has_plain_values(run, company):
    lines = run("--db", company, "show", "C-000001", "-f", "csv").out.splitlines()
    assert "wholesale,is_key,Key customer,true," in lines
    assert "wholesale,product_lines,Product lines,啤酒;白酒," in lines
    assert "yearly_sales,yearly_sales.2025.amount,2025 Amount,999999.9999," in lines


def test_the_metric_of_the_class_is_named_in_the_language(run, company):
    assert "价值" in run("--db", company, "--lang", "zh", "--as-of", "2026-03-31", "show", "C-000001").out


def test_a_band_noted_otherwise_than_reckoned_is_flagged(run, company):
    """R7: class A is important; what people noted stands beside it."""

    def bands():
        rows = json.loads(run("show", "C-000001", "--db", company, "--as-of", "2026-03-31", "--json").out)["rows"]
        return {row["field"]: row["value"] for row in rows if "band" in row["field"] or row["field"] == "triage"}

    assert bands() == {"band": "important"}
    assert run("edit", "C-000001", "三档分类=一般", "--db", company).code == 0
    assert bands() == {"triage": "general", "band": "important", "band_differs": True}
    said = run("status", "C-000001", "--db", company, "--as-of", "2026-03-31", "--json")
    document = json.loads(said.out)
    assert (document["rows"][0]["differs"], document["summary"]["differing"]) == (True, 1)
