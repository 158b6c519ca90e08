"""Form files with mistakes, and fields laid over others (forms.md 1, 4 and 5 case 48)."""

import pytest

from custcli.domain import forms

SHARED = """
[values.colours]
red = { zh = "红", en = "Red" }
[parts.person]
name = { zh = "姓名", en = "Name", type = "text", pi = "P" }
[base.thing]
table = "thing"
match = [["code"]]
[base.thing.fields]
code  = { zh = "编号", en = "Code", type = "text", pi = "N" }
phone = { zh = "电话", en = "Phone", also = ["座机"], type = "text", check = "phone", pi = "P", mask = "phone" }
"""
HEAD = '[form]\nname = "visit"\nzh = "拜访"\n'
FIELDS = """
[fields]
starts_on = { zh = "开始", type = "date", pi = "N" }
ends_on = { zh = "结束", type = "date", pi = "N" }
"""


def told(*texts: str) -> list[str]:
    """The mistakes of these files, without the file's name and line."""
    texts_of_files = [("shared.toml", SHARED), *((f"own{n}.toml", text) for n, text in enumerate(texts))]
    return [f"{mistake.place}: {mistake.reason}" for mistake in forms.read(texts_of_files)[1]]


WRONG = "a name begins with a small letter and holds nothing but a-z, 0-9 and _"
MISTAKES = [
    # forms.md 5, case 48
    (HEAD + '[fields]\nx = { zh = "甲", typ = "text", type = "text", pi = "N" }',
     "[fields] x typ: unknown word; did you mean type?"),
    (HEAD + '[fields]\nx = { zh = "甲", type = "text", pi = "X" }',
     "[fields] x pi: unknown word; known are N / P / S / B"),
    (HEAD + '[fields]\nx = { zh = "甲", type = "choice", values = "colour", pi = "N" }',
     "[fields] x values: unknown word; did you mean colours?"),
    (HEAD + '[group.x]\nzh = "组"', "group: unknown word; did you mean groups?"),
    ('[values.sizes]\nbig = { zh = "大", en = "Big" }\nhuge = { zh = "巨", en = "Huge", also = ["大"] }',
     "[values.sizes] huge: the label 大 means big already"),
    (HEAD + '[fields]\nx = { zh = "甲", type = "text", pi = "N" }\n'
     'y = { zh = "乙", also = ["甲"], type = "text", pi = "N" }',
     "[fields] y: the label 甲 means x already"),
    # names become columns and JSON paths
    (HEAD + '[fields]\n"a b" = { zh = "甲", type = "text", pi = "N" }', f"[fields] a b: {WRONG}"),
    (HEAD + '[fields]\n"a\\"; --" = { zh = "甲", type = "text", pi = "N" }', f'[fields] a"; --: {WRONG}'),
    (HEAD + '[fields]\nShop = { zh = "甲", type = "text", pi = "N" }', f"[fields] Shop: {WRONG}"),
    (HEAD + '[fields]\n"店" = { zh = "店", type = "text", pi = "N" }', f"[fields] 店: {WRONG}"),
    (HEAD + '[fields]\nx = { zh = "甲", type = "text", column = "a-b", pi = "N" }', f"[fields] x column: {WRONG}"),
    (HEAD + '[groups."a-b"]\nzh = "组"', f"[groups.a-b]: {WRONG}"),
    (HEAD.replace("visit", "my visits"), f"[form] name: {WRONG}"),
    (HEAD + 'set = { "a b" = "x" }', f"[form] set a b: {WRONG}"),
    (HEAD + 'table = "a b"', f"[form] table: {WRONG}"),
    (HEAD + '[groups.g]\nzh = "组"\ntable = "a;b"', f"[groups.g] table: {WRONG}"),
    # what is missing, and values of another kind
    ('[form]\nzh = "拜访"', "[form]: name is missing"),
    ('[form]\nname = "visit"', "[form]: zh is missing"),
    (HEAD + '[fields]\nx = { zh = "甲", type = "text" }', "[fields] x: pi is missing"),
    ('[form]\nname = 3\nzh = "拜访"', "[form] name: a text is expected"),
    (HEAD + 'version = "2"', "[form] version: a whole number is expected"),
    (HEAD + 'also = "走访"', "[form] also: a list is expected"),
    (HEAD + 'match = ["code"]', "[form] match: a list is expected"),
    (HEAD + '[fields]\nx = { zh = "甲", type = "text", required = "yes", pi = "N" }',
     "[fields] x required: true or false is expected"),
    (HEAD + '[fields]\nx = "甲"', "[fields] x: a table is expected"),
    ('form = "visit"', "form: a table is expected"),
    # references inside the form
    (HEAD + 'base = "thin"', "[form] base: unknown word; did you mean thing?"),
    (HEAD + 'match = [["start_on"]]\n' + FIELDS, "[form] match start_on: unknown word; did you mean starts_on?"),
    (HEAD + 'any_of = [["starts_on", "mobil"]]\n' + FIELDS,
     "[form] any_of mobil: unknown word; known are starts_on / ends_on"),
    (HEAD + 'checks = ["starts_on <= end_on"]\n' + FIELDS, "[form] checks end_on: unknown word; did you mean ends_on?"),
    (HEAD + 'checks = ["starts_on before ends_on"]\n' + FIELDS,
     "[form] checks starts_on before ends_on: field, comparison and field are expected: starts_on <= ends_on"),
    (HEAD + 'rows = "lines"', "[form] rows lines: unknown word"),
    (HEAD + FIELDS + '[card]\nrows = [["starts_on", "end_on"]]', "[card] end_on: unknown word; did you mean ends_on?"),
    (HEAD + '[groups.boss]\nzh = "老板"\ntable = "contact"\nuse = "persons"',
     "[groups.boss] use: unknown word; did you mean person?"),
    (HEAD + '[groups.boss]\nzh = "老板"\ntable = "contact"\nuse = "person"\npick = ["nam"]',
     "[groups.boss] pick nam: unknown word; did you mean name?"),
    (HEAD + '[groups.boss]\nzh = "老板"\ntable = "contact"\nuse = "person"\nalone = "nam"',
     "[groups.boss] alone nam: unknown word; did you mean name?"),
    (HEAD + FIELDS + '[composites]\nspan = { zh = "期间", read = "span", into = ["starts_on", "end_on"] }',
     "[composites] end_on: unknown word; did you mean ends_on?"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "mistake"), MISTAKES, ids=[mistake for _, mistake in MISTAKES])
def test_each_mistake_is_told_once(text, mistake):
    assert told(text) == [mistake]


def test_all_mistakes_of_all_files_are_told_at_once():
    texts = [text.replace('"visit"', f'"visit_{n}"') for n, (text, _) in enumerate(MISTAKES)]
    assert len(told(*texts)) == len(MISTAKES)


def test_what_is_no_toml():
    assert told(HEAD + "[fields")[0].startswith("TOML: ")


def test_two_files_of_one_form():
    assert told(HEAD, HEAD) == ["[form] name: the form visit stands in own0.toml already"]


def one(text: str) -> forms.Form:
    return forms.load([("shared.toml", SHARED), ("own.toml", text)])["visit"]


def test_a_field_of_a_group_of_labels_lays_over_the_one_of_the_base():
    """forms.md 1.4: such a group's fields are the form's own; a field named again changes the keys it gives."""
    ways = '[groups.ways]\nzh = "联系方式"\n[groups.ways.fields]\nphone = { recommended = true }'
    form = one(HEAD + 'base = "thing"\n' + ways)
    phone = form.fields["phone"]
    said = (phone.zh, phone.check, phone.mask, phone.recommended, phone.group)
    assert said == ("电话", "phone", "phone", True, "ways")
    assert phone.also == ("座机",)
    assert phone.stored == "phone"


def test_a_changed_label_stays_as_alias():
    form = one(HEAD + 'base = "thing"\n[fields]\nphone = { zh = "热线", also = ["座机", "总机"] }')
    assert form.fields["phone"].zh == "热线"
    assert form.fields["phone"].also == ("座机", "总机", "电话")
