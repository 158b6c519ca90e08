"""Users' forms and changes to built-in ones: what they may say, and where each mistake stands (forms.md 4, 46-48)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custcli.domain import forms
from custcli.domain.forms.check import CHECKS
from custcli.domain.forms.lines import Lines
from custcli.domain.layout import Placed, place
from custcli.domain.validators import VALIDATORS

BUILT_IN = """
[form]
name = "shop"
version = 3
zh = "商店"
en = "Shop"
table = "customer"
set = { kind = "shop" }
match = [["code"]]
[fields]
code   = { zh = "编号", en = "Code", type = "text", pi = "N" }
region = { zh = "所属业务区", en = "Region", also = ["区域"], type = "text", max_length = 60, pi = "N" }
mobile = { zh = "手机", en = "Mobile", type = "text", check = "mobile", pi = "P", mask = "phone" }
size   = { zh = "规模", type = "choice", values = "sizes", pi = "B" }
[groups.boss]
zh = "老板"
table = "contact"
set = { role = "boss" }
[groups.boss.fields]
name = { zh = "姓名", type = "text", pi = "P", mask = "name" }
[card]
rows = [["code", "region"], ["mobile"]]
[values.sizes]
big   = { zh = "大" }
small = { zh = "小" }
[values.kinds]
shop  = { zh = "商店" }
hotel = { zh = "酒店" }
[values.verdicts]
yes = { zh = "有" }
[base.customer]
table = "customer"
match = [["code"]]
[base.customer.fields]
code = { zh = "客户编号", type = "text", pi = "N" }
"""
EXTENDS = '[form]\nextends = "shop"\n'
OWN = '[form]\nname = "visit"\nzh = "拜访"\n'


def read(*texts):
    return forms.read([("shop.toml", BUILT_IN)], [(f"{n}.toml", text) for n, text in enumerate(texts)])


def shop(text):
    found, mistakes = read(EXTENDS + text)
    assert mistakes == []
    return found["shop"]


def test_a_renamed_field_keeps_its_old_label_and_an_own_one_lies_in_extra():
    """Case 46."""
    form = shop('[fields]\nregion = { zh = "大区" }\nx_shop_sign = { zh = "门头", type = "text" }')
    region, sign = form.fields["region"], form.fields["x_shop_sign"]
    assert (region.zh, region.also, region.stored) == ("大区", ("区域", "所属业务区"), "region")
    assert (sign.stored, sign.kept, sign.pi, sign.mask) == (None, "x_shop_sign", "P", "hide")
    assert form.card == (("code", "region"), ("mobile",), ("x_shop_sign",))
    for label in ("大区", "所属业务区", "Region"):
        found = place(form, label)
        assert isinstance(found, Placed)
        assert found.path == "region"


def test_what_may_be_changed():
    text = (
        'also = ["店"]\nversion = 4\norder = ["mobile"]\n[fields]\nmobile = { required = true, weight = 2, pi = "S", '
        'mask = "hide" }\nregion = { max_length = 20, off = true, was = ["x_area"] }\n'
        '[groups.boss]\nzh = "店主"\n[groups.boss.fields]\nx_nick = { zh = "外号", type = "text", pi = "N" }\n'
        '[values.sizes]\nbig = { zh = "巨", hidden = true }\ntiny = { zh = "微", replaces = ["small"] }'
    )
    form = shop(text)
    assert (form.version, form.also, next(iter(form.fields))) == (4, ("店",), "mobile")
    assert (form.fields["mobile"].pi, form.fields["mobile"].weight) == ("S", 2)
    assert form.fields["region"].also == ("区域", "x_area")
    assert (form.groups["boss"].zh, form.groups["boss"].also) == ("店主", ("老板",))
    assert form.fields["boss.x_nick"].stored is None
    words = form.values["sizes"]
    assert (words["big"].also, words["big"].hidden, words["tiny"].replaces) == (("大",), True, ("small",))


def test_groups_of_ones_own_need_no_table():
    text = '[groups.x_fridge]\nzh = "冰柜"\nkey = "year"\nkeys = "year"\n[groups.x_fridge.fields]\n'
    form = shop(text + 'count = { zh = "台数", type = "int", pi = "N" }')
    assert (form.groups["x_fridge"].table, form.fields["x_fridge.count"].stored) == ("entry", None)


def test_an_own_form_without_a_card_gets_one_and_customer_and_name_are_one_reference():
    fields = (
        '[fields]\ncustomer = { zh = "编号", type = "ref", to = "customer", pi = "N" }\n'
        'customer_name = { zh = "名称", type = "ref", to = "customer", pi = "P" }\n'
        'on = { zh = "日期", type = "date", pi = "N" }'
    )
    found, mistakes = read(OWN + fields)
    form = found["visit"]
    assert mistakes == []
    assert (form.table, form.card) == ("entry", (("customer", "customer_name"), ("on",)))
    assert {form.fields[name].kept for name in ("customer", "customer_name")} == {"customer"}


def test_a_dossier_of_ones_own():
    found, mistakes = read(OWN.replace("visit", "hotel") + 'base = "customer"\nset = { kind = "hotel" }\n'
                           '[fields]\nstars = { zh = "星级", type = "int", pi = "N" }')  # fmt: skip
    assert mistakes == []
    assert found["hotel"].dossier
    assert found["hotel"].fields["stars"].stored is None


CHANGED = "of a built-in field this cannot be changed"
NO_TABLES = "forms of one's own have no tables; leave it out"
MISTAKES = [
    # case 47
    (EXTENDS + '[fields]\nmobil = { zh = "手机" }', 4, "[fields] mobil",
     "the form has nothing of this name; did you mean mobile?"),
    (EXTENDS + '[fields]\n\nmobile = { type = "int" }', 5, "[fields] mobile type", CHANGED),
    (EXTENDS + '[fields]\nmobile = { pi = "N" }', 4, "[fields] mobile pi",
     "looser than the built-in form, which says P"),
    # may not be changed, or not loosened
    (EXTENDS + '[fields]\nmobile = { mask = "name" }', 4, "[fields] mobile mask",
     "looser than the built-in form, which says phone"),
    (EXTENDS + "[fields]\nregion = { max_length = 90 }", 4, "[fields] region max_length",
     "looser than the built-in form, which says 60"),
    (EXTENDS + '[fields]\nregion = { column = "county" }', 4, "[fields] region column", CHANGED),
    (EXTENDS + '[fields]\nregion = { check = "phone" }', 4, "[fields] region check", CHANGED),
    (EXTENDS + '[fields]\nq = { zh = "问", type = "text" }', 4, "[fields] q",
     "the form has nothing of this name; names of one's own begin with x_"),
    (EXTENDS + '[groups.boss]\ntable = "entry"', 4, "[groups.boss] table",
     "of a built-in group this cannot be changed"),
    (EXTENDS + '[groups.boss.fields]\nnick = { zh = "外号", type = "text" }', 4, "[groups.boss.fields] nick",
     "the form has nothing of this name; names of one's own begin with x_"),
    (EXTENDS + '[composites]\nx = { zh = "甲", read = "count_note", into = ["code"] }', 3, "composites",
     "of a built-in form this cannot be changed"),
    (EXTENDS + 'match = [["mobile"]]', 3, "[form] match",
     "unknown word; known are extends / order / version / zh / en / also"),
    (EXTENDS.replace("shop", "shp"), 2, "[form] extends", "unknown word; did you mean shop?"),
    (EXTENDS + '[values.sizes]\nbig = { implies = { mobile = "1" } }', 4, "[values.sizes] big implies",
     "of a built-in word this cannot be changed"),
    (EXTENDS + '[values.sizes]\nhuge = { zh = "大" }', 4, "[values.sizes] huge", "the label 大 means big already"),
    (EXTENDS + '[values.verdicts]\nperhaps = { zh = "或许" }', 3, "[values.verdicts]",
     "this list cannot be changed: rules know its words"),
    # own forms
    (OWN + 'table = "customer"', 4, "[form] table", NO_TABLES),
    (OWN + 'set = { kind = "shop" }', 4, "[form] set", "only dossiers of customers set their kind"),
    (OWN + 'base = "customer"\nset = { kind = "hotl" }', 5, "[form] set kind", "unknown word; did you mean hotel?"),
    (OWN + '[fields]\na = { zh = "甲", type = "text", store = "column", pi = "N" }', 5, "[fields] a store",
     "a field of one's own cannot say this"),
    (OWN + '[fields]\na = { zh = "甲", type = "text", check = "mobil", pi = "N" }', 5, "[fields] a check",
     "unknown word; did you mean mobile?"),
    (OWN + '[fields]\na = { zh = "甲", type = "ref", to = "custmer", pi = "N" }', 5, "[fields] a to",
     "unknown word; did you mean customer?"),
    (OWN + '[fields]\na = { zh = "甲", type = "choice", pi = "N" }', 5, "[fields] a", "values is missing"),
    (OWN + '[groups.g]\nzh = "组"\ntable = "contact"', 6, "[groups.g] table", NO_TABLES),
    (OWN + '[groups.g]\nzh = "组"\nkey = "place"', 4, "[groups.g]", "keys is missing"),
    (OWN.replace("visit", "shop"), 2, "[form] name", "the form shop stands in shop.toml already"),
    (OWN + "[fields\n", 4, "TOML", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "where", "reason"), MISTAKES, ids=[f"{m[2]}: {m[3]}" for m in MISTAKES])
def test_each_mistake_has_file_line_and_reason(text, line, where, reason):
    _, mistakes = read(text)
    (mistake,) = mistakes
    assert (mistake.file, mistake.line, mistake.place) == ("0.toml", line, where)
    assert reason is None or str(mistake.reason) == reason
    near = str(mistake.reason).partition("did you mean ")[2].rstrip("?")
    assert mistake.near == (near or None)


def test_the_mistakes_of_one_file_do_not_hide_those_of_another():
    """Case 48: all at once."""
    extensions = [text for text, *_ in MISTAKES if text.startswith(EXTENDS)]
    wanted = sum(len(read(text)[1]) for text in extensions)
    assert len(read(*extensions)[1]) == wanted


def test_the_checks_a_form_may_name_are_those_there_are():
    assert set(VALIDATORS) < set(CHECKS)


KEYS = st.sampled_from(["zh", "pi", "also", "check", "type"])


@given(
    st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), st.lists(KEYS, unique=True)), unique_by=lambda each: each[0])
)
def test_lines_of_sections_and_keys(fields):
    """Written one key a line or as inline tables, each key is found on the line where it stands."""
    inline, spread = ["[fields]"], []
    for name, keys in fields:
        pairs = ", ".join(f'{key} = "# = {key}"' for key in keys)
        inline.append(f"{name} = {{ {pairs} }}")
        spread += [f"[fields.{name}]  # {name}", *(f'{key} = "{key}"' for key in keys)]
    for n, (name, keys) in enumerate(fields):
        for key in keys:
            assert Lines("\n".join(inline)).of(f"[fields] {name} {key}") == n + 2
            at = spread.index(f"[fields.{name}]  # {name}") + keys.index(key) + 2
            assert Lines("\n".join(spread)).of(f"[fields] {name} {key}") == at
