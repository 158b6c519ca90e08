"""custcli list --count-by: the records of a form counted by its fields (F102, F106, F114, F121)."""

import json

import pytest

ACCEPTANCES = """客户编号,新产品,接受程度,表态日期
C-000001,茶,完全接受,2026-01-10
C-000002,茶,接受,2026-01-11
C-000005,茶,不接受,2026-01-12
C-000005,酒,完全接受,2026-01-12
C-000001,茶,不接受,2026-03-01
"""


@pytest.fixture
def ask(run, company, tmp_path):
    """Answers about the company with what its customers accept (F106) and give (F114)."""
    (tmp_path / "a.csv").write_text(ACCEPTANCES, encoding="utf-8")
    (tmp_path / "b.csv").write_text(
        "客户名称,贡献日期,贡献类别,贡献内容\n王小明,2026-02-01,口碑,甲\n王小明,2026-02-02,口碑,乙\n"
        "华东商行,2026-02-02,市场信息,丙\n王小明,2026-05-01,口碑,丁\n",
        encoding="utf-8",
    )
    for name in "ab":
        assert run("--db", company, "import", tmp_path / f"{name}.csv").code == 0

    def call(*args, as_of="2026-03-31"):
        said = run("--db", company, "--as-of", as_of, *args, "--json")
        assert said.code == 0, said.err
        return json.loads(said.out)

    return call


@pytest.mark.parametrize(
    ("as_of", "counts"),
    [
        ("2026-03-31", [("茶", "rejects", 2, 2 / 3), ("茶", "accepts", 1, 1 / 3), ("酒", "full", 1, 1)]),
        (
            "2026-02-28",
            [("茶", "accepts", 1, 1 / 3), ("茶", "full", 1, 1 / 3), ("茶", "rejects", 1, 1 / 3), ("酒", "full", 1, 1)],
        ),
    ],
)
def test_what_a_customer_said_last_of_a_product_counts(ask, as_of, counts):
    found = ask("list", "acceptances", "--count-by", "新产品,接受程度", as_of=as_of)
    rows = [(row["product"], row["acceptance"], row["customers"], row["share_of_group"]) for row in found["rows"]]
    assert rows == [(*told, pytest.approx(share, abs=1e-9)) for *told, share in counts]
    assert found["summary"] == {"form": "acceptances", "records": 4, "groups": len(counts)}


def test_contributions_are_counted_by_customer_and_told_of_each(ask):
    rows = ask("list", "contributions", "--count-by", "customer_name,contribution", as_of="2026-06-30")["rows"]
    assert [(row["customer_name"], row["contribution"], row["records"]) for row in rows] == [
        ("C-000002", "word_of_mouth", 3),
        ("C-000001", "information", 1),
    ]
    told = {row["field"]: row["value"] for row in ask("show", "C-000002")["rows"] if row["section"] == "non_money"}
    assert told == {"non_money.word_of_mouth": 2}  # that of May is not known yet
    told = {row["field"]: row["value"] for row in ask("show", "C-000001")["rows"] if row["section"] == "non_money"}
    assert told == {"non_money.referred": 1, "non_money.information": 1}  # records.sql: C-000002 came by C-000001


@pytest.mark.parametrize(
    ("words", "counts"),
    [
        (["--count-by", "kind"], [("wholesale", 2), ("enterprise", 1), ("individual", 1), (None, 1)]),
        (["wholesale", "--count-by", "经营品种"], [("啤酒", 1), ("白酒", 1), (None, 1)]),
        (["--count-by", "等级"], [("A", 1), (None, 4)]),
        (["order_lines", "--count-by", "品名"], [("啤酒", 1), ("白酒", 1)]),
        (["orders", "type=sale", "--count-by", "customer"], [("C-000001", 2)]),
        (["--count-by", "is_key"], [(False, 1), (True, 1), (None, 3)]),
    ],
)
def test_any_form_by_any_field(run, company, words, counts):
    said = run("--db", company, "--as-of", "2026-03-31", "list", *words, "--json")
    rows = [list(row.values()) for row in json.loads(said.out)["rows"]]
    assert [(row[0], row[1]) for row in rows] == counts


def test_a_record_of_several_values_is_one_record_of_its_group(run, company):
    """Two wholesalers, one of whom states two kinds of goods: of the two records each value has a half."""
    said = run("--db", company, "list", "wholesale", "--count-by", "kind,经营品种", "--json")
    rows = [list(row.values()) for row in json.loads(said.out)["rows"]]
    assert [(row[1], row[2], row[-1]) for row in rows] == [("啤酒", 1, 0.5), ("白酒", 1, 0.5), (None, 1, 0.5)]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["orders", "--count-by", "amount"], "too many values"),
        (["individual", "--count-by", "home_address"], "--reveal"),
        (["--count-by", "kind", "--sort", "code"], "--sort"),
        (["--count-by", ","], "no field"),
    ],
)
def test_what_cannot_be_counted_is_refused(run, company, words, reason):
    said = run("--db", company, "list", *words)
    assert (said.code, reason in said.err) == (2, True)


def test_customers_of_a_system_by_any_word_for_it(run, company):
    """F102: 性质 and 系统; a system is named by its customer, a person's name hidden."""
    for code, stated in (("C-000003", "性质=民营"), ("C-000003", "系统=C-000001"), ("C-000005", "集团=C-000002")):
        assert run("--db", company, "edit", code, stated).code == 0
    assert "100%_公司" in run("--db", company, "list", "性质=民营", "系统=C-000001").out
    said = run("--db", company, "composition", "系统").out
    assert "C-000001 华东商行" in said
    assert "C-000002 王*" in said


def test_the_measures_of_channel_partners_and_the_manner_of_persons(run, company):
    """F121: 规模 and 服务能力 of dealers; F107: the types in the shop and in talks, by any of their words."""
    for code, stated in (("C-000001", ["规模=大", "服务能力=4"]), ("C-000002", ["性情=急躁", "独立/从众=从众"])):
        assert run("--db", company, "edit", code, *stated).code == 0
    said = json.loads(run("--db", company, "list", "wholesale", "--columns", "规模,服务能力", "--json").out)["rows"]
    assert said[0] == {"size": "large", "service_ability": "4"}
    assert "王*" in run("--db", company, "list", "temper=hasty", "deciding=follows").out
