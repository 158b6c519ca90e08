"""The three paper forms of the samples as people fill them in: 表一 and 表二 are cards, 表三 is a list of people.

Nobody in here is real; mobile numbers begin with 1990003, ID numbers only have the right check digit.
"""

from collections.abc import Iterable, Sequence
from datetime import date

import xlsxwriter
from company import id_number

WIDTH = 8
CELL = tuple[str, int] | tuple[str, int, int]
"""Text, columns, rows (1) of a cell on the paper; labels and values alike."""
CLERK = "钱慧"

WHOLESALE = {
    "code": "HD-000101", "name": "瑞丰副食批发部", "region": "华东", "owner": "周明远",
    "address": "江苏省南京市江宁区文化巷18号", "mailing": "江苏省南京市江宁区邮政局12号信箱",
    "legal": "罗振华", "legal_id": id_number("320115", date(1971, 4, 9), 5),
    "contact": "何玉兰", "contact_id": id_number("320115", date(1975, 11, 23), 8),
    "phone": "025-88000101", "mobile": "19900030101", "home": "025-86000101", "since": "12年",
    "amounts": ["58.6", "63.25", "71.4"], "quantities": ["820", "905", "1010"],
    "dead": ["0.35", "0.2", "0.1"], "consigned": ["3", "2.5", "2"],
    "lines": "饮料、酒水、休闲食品", "reach": "86家，以社区便利店为主", "hobbies": "钓鱼、象棋",
    "family": "四口之家，已婚，一子一女", "background": "当地商会理事，有一定影响",
}  # fmt: skip
RETAIL = [
    {
        "code": "HN-000101", "name": "好邻居便利店", "region": "华南", "owner": "郑海波", "source": "聚丰批发部",
        "address": "广东省广州市番禺区和平街36号", "trade": "批发□　零售☑",
        "legal": "梁可欣", "gender": "男□　女☑", "legal_id": id_number("440113", date(1986, 2, 17), 4),
        "contact": "梁可欣", "contact_gender": "男□　女☑", "contact_id": id_number("440113", date(1986, 2, 17), 4),
        "phone": "020-88000102", "mobile": "19900030102", "home": "", "since": "2019年",
        "amounts": ["8.2", "9.6", "11.3"], "quantities": ["160", "175", "210"], "scope": "烟酒、食品、日用品",
        "assets": "42", "ownership": "自有□　租赁☑　合作□　承包□", "family": "三口之家", "background": "无",
    },
    {
        "code": "XN-000101", "name": "家家乐超市", "region": "西南", "owner": "蒋雪梅", "source": "",
        "address": "四川省成都市武侯区幸福里5号", "trade": "批发☑　零售☑",
        "legal": "马国庆", "gender": "男☑　女□", "legal_id": id_number("510107", date(1968, 9, 30), 3),
        "contact": "马文静", "contact_gender": "男□　女☑", "contact_id": id_number("510107", date(1994, 6, 2), 6),
        "phone": "028-88000103", "mobile": "19900030103", "home": "028-85000103", "since": "6年",
        "amounts": ["21.5", "20.8", "24"], "quantities": ["410", "396", "450"], "scope": "生鲜、粮油、日化",
        "assets": "130", "ownership": "自有☑　租赁□　合作□　承包□", "family": "五口之家，父女同住",
        "background": "社区代表",
    },
]  # fmt: skip
OFFICES = ["工商局", "税务局", "技术监督局", "消协", "卫生防疫站", "公安交警", "城管大队"]
MEDIA = ["报社", "电视台", "电台"]
PEOPLE = {  # kind → code and name of the unit, its people
    "工商局": ("HD-000901", "江宁区工商局", [("高立平", "男", "科长", 48, "025-88000901", "良好", "大")]),
    "税务局": (
        "HD-000902", "江宁区税务局",
        [("徐文静", "女", "副科长", 39, "025-88000902", "一般", "一般"),
         ("胡志强", "男", "科员", 31, "025-88000903", "认识", "小")],
    ),
    "卫生防疫站": ("HD-000903", "江宁区疾控中心", [("林秀英", "女", "主任", 52, "025-88000904", "认识", "决策者")]),
    "报社": ("HD-000904", "江宁日报社", [("郭思远", "男", "记者", 29, "025-88000905", "密切", "一般")]),
}  # fmt: skip


class Paper:
    """A sheet on which cells are laid row by row, each as many columns and rows large as it says."""

    def __init__(self, book: xlsxwriter.Workbook, name: str) -> None:
        look = {"border": 1, "text_wrap": True, "valign": "vcenter", "align": "center", "font_name": "宋体"}
        self.sheet = book.add_worksheet(name)
        self.cell = book.add_format({**look, "num_format": "@"})
        self.title = book.add_format({"bold": True, "font_size": 16, "align": "center", "font_name": "宋体"})
        self.sheet.set_column(0, 11, 15)
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)
        self.row = 0
        self.taken: set[tuple[int, int]] = set()

    def heading(self, text: str, width: int = WIDTH) -> None:
        """A title over the whole width."""
        self.sheet.merge_range(self.row, 0, self.row, width - 1, text, self.title)
        self.row += 1

    def line(self, *cells: CELL) -> None:
        """The cells of one row from the left, beside those that come down from the rows above."""
        column = 0
        for text, columns, *down in cells:
            while (self.row, column) in self.taken:
                column += 1
            bottom, right = self.row + (down[0] if down else 1) - 1, column + columns - 1
            if (bottom, right) == (self.row, column):
                self.sheet.write_string(self.row, column, text, self.cell)
            else:
                self.sheet.merge_range(self.row, column, bottom, right, text, self.cell)
            self.taken |= {(row, at) for row in range(self.row, bottom + 1) for at in range(column, right + 1)}
            column = right + 1
        self.sheet.set_row(self.row, 30)
        self.row += 1


def years(paper: Paper, label: str, rows: Sequence[tuple[str, Sequence[str]]]) -> None:
    """Sales of three years: years across, what is stated of them down."""
    paper.line((label, 1, len(rows) + 1), ("年度", 1), ("2023年", 2), ("2024年", 2), ("2025年", 2))
    for name, values in rows:
        paper.line((name, 1), *((value, 2) for value in values))


def wholesale(book: xlsxwriter.Workbook) -> None:
    """表一, one card."""
    one = WHOLESALE
    paper = Paper(book, "表一")
    paper.heading("表一　批发类客户档案")
    paper.line(("填表人", 1), (CLERK, 1), ("所属业务区", 1), (one["region"], 2), ("负责业务员", 1), (one["owner"], 2))
    paper.line(("客户名称", 1), (one["name"], 3), ("客户编号", 1), (one["code"], 1), ("照片", 1, 3), ("", 1, 3))
    paper.line(("经营地址", 1), (one["address"], 5))
    paper.line(("通讯地址", 1), (one["mailing"], 5))
    paper.line(("法人代表", 1, 2), ("姓名", 1), (one["legal"], 2), ("性别", 1), ("男☑　女□", 3))
    paper.line(("身份证号码", 1), (one["legal_id"], 6))
    paper.line(("联系人", 1, 2), ("姓名", 1), (one["contact"], 2), ("性别", 1), ("男□　女☑", 3))
    paper.line(("身份证号码", 1), (one["contact_id"], 6))
    paper.line(
        ("联系方式", 1), ("电话", 1), (one["phone"], 1), ("手机", 1), (one["mobile"], 1), ("宅电", 1), (one["home"], 2)
    )
    paper.line(("经营本产品时间", 1), (one["since"], 7))
    figures = [
        ("金额（万元）", "amounts"),
        ("数量", "quantities"),
        ("坏死（万元）", "dead"),
        ("铺货（万元）", "consigned"),
    ]
    years(paper, "近三年销量", [(label, one[key]) for label, key in figures])
    for label, key in (
        ("经营品种", "lines"),
        ("拥有客户数量及情况", "reach"),
        ("经理个人喜好", "hobbies"),
        ("经理家庭状况", "family"),
        ("经理社会背景及在当地影响", "background"),
    ):
        paper.line((label, 1), (one[key], 7))


def retail(book: xlsxwriter.Workbook) -> None:
    """表二, two cards below each other."""
    paper = Paper(book, "表二")
    for one in RETAIL:
        paper.heading("表二　零售类客户档案")
        paper.line(
            ("填表人", 1), (CLERK, 1), ("所属业务区", 1), (one["region"], 2), ("负责业务员", 1), (one["owner"], 2)
        )
        paper.line(("客户名称", 1), (one["name"], 3), ("客户编号", 1), (one["code"], 3))
        paper.line(("经营地址", 1), (one["address"], 7))
        paper.line(("进货来源", 1), (one["source"], 3), ("经营方式", 1), (one["trade"], 3))
        for label, who, sex, number in (
            ("法人代表", "legal", "gender", "legal_id"),
            ("联系人", "contact", "contact_gender", "contact_id"),
        ):
            paper.line((label, 1, 2), ("姓名", 1), (one[who], 2), ("性别", 1), (one[sex], 3))
            paper.line(("身份证号码", 1), (one[number], 6))
        paper.line(
            ("联系电话", 1),
            (one["phone"], 1),
            ("联系手机", 1),
            (one["mobile"], 1),
            ("联系传呼", 1),
            ("", 1),
            ("家庭电话", 1),
            (one["home"], 1),
        )
        paper.line(("经营本产品时间", 1), (one["since"], 3), ("经营范围", 1), (one["scope"], 3))
        years(paper, "经营状况", [("金额（万元）", one["amounts"]), ("数量", one["quantities"])])
        paper.line(("资产状况", 1), ("总资产（万元）", 1), (one["assets"], 2), (one["ownership"], 4))
        paper.line(("经理家庭状况", 1), (one["family"], 7))
        paper.line(("经理社会背景及其影响", 1), (one["background"], 7))
        paper.row += 1


def public_relations(book: xlsxwriter.Workbook) -> None:
    """表三: kinds of units are printed, those without a name are empty rows."""
    paper = Paper(book, "表三")
    paper.heading("表三　公共关系客户档案", 11)
    paper.line((f"填表人：{CLERK}", 2), ("所属业务区：华东", 3), ("负责本区业务员：周明远", 3), ("所属县市：江宁", 3))
    heads = ["部门", "部门名称", "客户编号", "单位名称"]
    paper.line(
        *((text, 1, 2) for text in heads),
        ("联系人", 4),
        ("联系电话", 1, 2),
        ("关系程度", 1, 2),
        ("在本单位影响力", 1, 2),
    )
    paper.line(("姓名", 1), ("性别", 1), ("职务", 1), ("年龄", 1))
    for group, kinds in (("职能部门", OFFICES), ("媒体", MEDIA)):
        units(paper, group, kinds)


def units(paper: Paper, group: str, kinds: Iterable[str]) -> None:
    """The rows of a group: its label goes down over all of them, a unit's cells over its people."""
    found = [(kind, *PEOPLE.get(kind, ("", "", [("",) * 7]))) for kind in kinds]
    total = sum(len(people) for *_, people in found)
    for at, (kind, code, name, people) in enumerate(found):
        down = len(people)
        for number, person in enumerate(people):
            first = number == 0
            group_cell: list[CELL] = [(group, 1, total)] if first and at == 0 else []
            unit: list[CELL] = [(kind, 1, down)] if first else []
            named: list[CELL] = [(name, 1, down)] if first else []
            paper.line(*group_cell, *unit, (code, 1), *named, *((str(value), 1) for value in person))


def write(book: xlsxwriter.Workbook) -> None:
    """The three sheets."""
    wholesale(book)
    retail(book)
    public_relations(book)
