"""custcli history: fields by the names of the forms, values as words for people and tokens for scripts."""

import json

import pytest

pytestmark = pytest.mark.usefixtures("dossiers")

CARDS = (
    "客户名称,所属区域,购买能力,需求,需求依据,评定日期,跟进阶段,预计金额\n"
    "甲公司,华东,有,无,尚有库存,2026-02-01,初访,120000元\n"
)
DOSSIERS = (
    "客户编号,客户名称,所属区域,经营本产品时间,法人代表姓名,2025年金额(万元),经营品种,是否重点客户,负责业务员,经营地址,手机\n"
    "K1,乙商行,华东,2019,王五,12.5,啤酒、白酒,是,赵强,上海路1号,13800138000\n"
)


@pytest.fixture
def dossiers(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CUSTCLI_DB", str(tmp_path / "c.db"))
    for name, text in (("prospects", CARDS), ("wholesale", DOSSIERS)):
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        said = run("import", f"{name}.csv", "--as", name)
        assert said.code == 0, said.err + said.out


@pytest.fixture
def told(run):
    """field → (label, value, whether it is in force), the last word on each."""

    def call(*args, language="zh"):
        said = run("history", *args, "--json", "--lang", language)
        assert said.code == 0, said.err
        return {row["field"]: (row["label"], row["after"], row["present"]) for row in json.loads(said.out)["rows"]}

    return call


def test_fields_have_the_names_of_the_forms(told):
    card, dossier = told("C-000001"), told("K1")
    assert {"man.money.verdict", "man.need.evidence", "card.stage", "card.expected_amount", "region"} <= set(card)
    assert {"legal_rep.name", "yearly_sales.2025.amount", "product_since_precision", "contact_role.role"} <= set(
        dossier
    )
    assert not any("/" in field or "man_letter" in field for field in card)


def test_scripts_get_tokens_and_exact_figures(told):
    card, dossier = told("C-000001"), told("K1")
    assert card["man.need.verdict"] == ("需求", "no", True)
    assert (card["man.need.letter"][1], card["card.stage"][1], card["state"][1]) == ("need", "first_visit", "draft")
    assert card["card.expected_amount"] == ("预计金额", "120000", True)
    assert dossier["product_since_precision"][1] == "year"
    assert (dossier["is_key"][1], dossier["product_lines"][1]) == ("true", "啤酒;白酒")
    assert dossier["legal_rep.name"][:2] == ("法人代表姓名", "王*")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_everything_has_a_label(told, language):
    for code in ("C-000001", "K1"):
        for field, (label, *_) in told(code, language=language).items():
            assert label != field.rpartition(".")[2], field


def test_people_read_words(run):
    said = run("history", "C-000001", "--lang", "en").out
    for word in ("First visit", "Potential", "120,000.00", "Need"):
        assert word in said
    for token in ("first_visit", "potential", "120000"):
        assert token not in said
    assert "125,000.00" in run("history", "K1", "yearly_sales").out


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("需求", {"man.need.verdict"}),
        ("man.need.verdict", {"man.need.verdict"}),
        ("man.need", {"man.need.letter", "man.need.assessed_on", "man.need.verdict", "man.need.evidence"}),
        ("stage", {"card.stage"}),
        ("跟进阶段", {"card.stage"}),
        ("region", {"region"}),
        ("phone", set()),  # a field, but never stated
    ],
)
def test_fields_are_chosen_by_path_group_or_label(told, name, fields):
    assert set(told("C-000001", name)) == fields


def test_a_field_that_there_is_not(run):
    said = run("history", "C-000001", "regoin")
    assert (said.code, "region" in said.err) == (2, True)


def test_of_letters_the_latest_is_in_force(run):
    run("prospect", "C-000001", "--need", "yes", "--on", "2026-03-01")
    run("prospect", "C-000001", "--need", "unknown", "--on", "2026-01-01")
    rows = json.loads(run("history", "C-000001", "man.need.verdict", "--json").out)["rows"]
    assert [(row["after"], row["present"]) for row in rows] == [("no", False), ("yes", True), ("unknown", False)]
