"""Makes the sample company: an invented distributor of food and household goods, its customers, orders and registers.

Run from the repository's root: `python samples/make_samples.py`. The same bytes come out each time. Nobody in here is
real: names are put together by chance, mobile numbers begin with 1990000, ID numbers and credit codes only have the
right check character. The day of reference is 2026-06-30. The files in bad/ are made too (make_bad.py).
"""

import csv
import random
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path

import make_bad
import paper
import registers
import xlsxwriter
from company import (
    ENTERPRISE,
    OWNERS,
    PLACES,
    PREFIXES,
    PRODUCTS,
    SOURCES,
    STREETS,
    TODAY,
    Customer,
    Order,
    credit_code,
    customers,
    id_number,
    money,
    orders,
    payments,
    person,
)

FOLDER = Path(__file__).resolve().parent
FILLED = "填表人：钱慧　填表日期：2026-06-28"


def write_csv(name: str, rows: Iterable[Sequence[object]], encoding: str = "utf-8-sig") -> None:
    """A csv as Excel writes it."""
    with (FOLDER / name).open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)


class Book:
    """A workbook with the same bytes each time; a sheet has a title, a line about it, heading rows and rows."""

    def __init__(self, name: str) -> None:
        self.book = xlsxwriter.Workbook(str(FOLDER / name))
        self.book.set_properties({"title": "custcli sample", "created": datetime(2026, 6, 30, tzinfo=UTC)})
        self.bold = self.book.add_format({"bold": True, "align": "center", "text_wrap": True, "border": 1})
        self.title = self.book.add_format({"bold": True, "font_size": 14, "align": "center"})
        self.text = self.book.add_format({"num_format": "@"})
        self.day = self.book.add_format({"num_format": "yyyy-mm-dd"})

    def sheet(
        self, name: str, title: str, about: Sequence[str], headings: Sequence[str], rows: Iterable[Sequence[object]]
    ) -> None:
        """A heading `联系人/职务` stands in two rows: 联系人 merged over its columns, 职务 below."""
        sheet = self.book.add_worksheet(name)
        sheet.merge_range(0, 0, 0, len(headings) - 1, title, self.title)
        for column, text in enumerate(about):
            sheet.write_string(1, column * 3, text)
        first = 3 + self.heading(sheet, headings)
        for row, values in enumerate(rows, first):
            for column, value in enumerate(values):
                self.cell(sheet, row, column, value)
        sheet.set_column(0, len(headings) - 1, 16)
        sheet.freeze_panes(first, 2)

    def heading(self, sheet: xlsxwriter.worksheet.Worksheet, headings: Sequence[str]) -> int:
        """The heading rows; the number of rows beyond the first."""
        if not any("/" in heading for heading in headings):
            for column, heading in enumerate(headings):
                sheet.write_string(2, column, heading, self.bold)
            return 0
        tops = [heading.partition("/")[0] for heading in headings]
        for column, heading in enumerate(headings):
            top, _, below = heading.partition("/")
            last = max(place for place, other in enumerate(tops) if other == top)
            if not below:
                sheet.merge_range(2, column, 3, column, top, self.bold)
            elif column == tops.index(top):
                sheet.merge_range(2, column, 2, last, top, self.bold)
            if below:
                sheet.write_string(3, column, below, self.bold)
        return 1

    def cell(self, sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, value: object) -> None:
        """Text as text, days as days, numbers as numbers; nothing for an empty value."""
        if isinstance(value, date):
            sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), self.day)  # noqa: DTZ001
        elif isinstance(value, (int, float)):
            sheet.write_number(row, column, value)
        elif value:
            sheet.write_string(row, column, str(value), self.text)


def ten_thousands(one: Customer) -> list[float]:
    """Sales of 2023, 2024, 2025 in 万元; what lies before the first order is estimated."""
    second_half, year = one.sales.get(2024, 0), one.sales.get(2025, 0)
    guess = one.number * 370_000
    figures = [round(second_half * 1.8) or guess, second_half * 2 or guess * 2, year or guess]
    return [round(cents / 1_000_000, 2) for cents in figures]


WHOLESALE_HEADINGS = """
    客户编号 客户名称 所属业务区 负责业务员 经营地址 电话 手机 法人代表姓名 法人代表性别 法人代表身份证号码
    联系人姓名 经营本产品时间 2023年金额(万元) 2024年金额(万元) 2025年金额(万元) 2025年数量 经营品种
    拥有客户数量及情况 经理个人喜好 信用等级 客户信誉度 客户来源 备注
"""


def wholesale_row(one: Customer, chance: random.Random) -> list[object]:
    """A row of the wholesale sheet."""
    born = date(1964 + one.number, one.number % 12 + 1, one.number + 1)
    man = one.number % 3 > 0
    lines = "、".join(sorted(chance.sample(PRODUCTS, 3)))
    since = f"{2004 + one.number}年" if one.number % 5 == 0 else f"{one.number % 18 + 2}年"
    reach = f"{one.number * 6 + 20}家，以{chance.choice(['夫妻店', '便利店', '社区超市'])}为主"
    return [
        one.code, one.name, one.region, one.owner, one.address, one.phone, one.mobile,
        person(chance), "男" if man else "女", id_number(one.area, born, one.number * 2 + man), person(chance),
        since, *ten_thousands(one), one.number * 130, lines, reach,
        chance.choice(["钓鱼", "书法", "羽毛球", ""]), chance.choice(["AAA", "AA", "A", "B", ""]),
        chance.choice(["很好", "好", "普通", "差"]), chance.choice(SOURCES),
        "旺季前备货" if one.number % 9 == 0 else "",
    ]  # fmt: skip


ENTERPRISE_HEADINGS = """
    客户编号 客户名称 统一社会信用代码 客户性质 行业 所属区域 负责业务员 单位通信地址 邮政编码 电话 传真
    联系人/姓名 联系人/职务 联系人/手机 员工数量 企业规模 注册资本(万元) 结算方式 客户来源 填表人 填表日期 备注
"""


def enterprise_row(one: Customer, chance: random.Random) -> list[object]:
    """A row of the enterprise sheet."""
    size = chance.choice(["大", "中", "小", "微"])
    staff = {"大": 1200, "中": 260, "小": 48, "微": 8}[size] + one.number
    return [
        one.code, one.name, credit_code(one.area, one.number), chance.choice(["民营", "国有", "合资", "事业", "集体"]),
        ENTERPRISE[one.name.removesuffix("有限公司")],
        one.region, one.owner, one.address, f"{one.area[:4]}00", one.phone, f"{one.dial}-8900{one.number:04d}",
        person(chance), chance.choice(["采购经理", "行政主管", "总务主任", "店长"]), f"1990001{one.number:04d}",
        staff, size, chance.choice([50, 100, 500, 1000, 3000]), chance.choice(["月结", "现款现货", "预付", "货到付款"]),
        chance.choice(SOURCES), one.owner, TODAY - timedelta(days=one.number * 5),
        "合同每年六月续签" if one.number % 8 == 0 else "",
    ]  # fmt: skip


INDIVIDUAL_HEADINGS = """
    客户编号 姓名 性别 出生日期 身份证号码 手机 电子邮箱 家庭地址 工作单位 所属业务区 负责业务员 客户来源 介绍人
    消费档次 消费偏好 教育程度 兴趣爱好 目前健康状况 备注
"""


def individual_row(one: Customer, known: Sequence[Customer], chance: random.Random) -> list[object]:
    """A row of the individual sheet; every third customer was sent by another one."""
    born = date(1958 + one.number % 45, one.number % 12 + 1, one.number % 28 + 1)
    man = one.number % 2
    sender = known[one.number % len(known)].code if one.number % 3 == 0 else ""
    return [
        one.code, one.name, "男" if man else "女", born, id_number(one.area, born, 2 * (one.number % 10) + man),
        one.mobile, f"customer{one.number}@example.com", f"{one.address}{one.number % 20 + 1}单元",
        chance.choice(["某中学", "某社区医院", "自由职业", "某设计院"]), one.region, one.owner,
        "老客户推荐" if sender else chance.choice(SOURCES), sender, chance.choice("高中低"),
        chance.choice(["进口乳品", "绿色食品", "团购礼盒", "大包装"]), chance.choice(["本科", "大专", "高中", "硕士"]),
        chance.choice(["登山", "烘焙", "摄影", "太极拳"]), "良好" if one.number % 6 == 0 else "",
        "节日前提醒" if one.number % 5 == 0 else "",
    ]  # fmt: skip


def write_dossiers(made: list[Customer], chance: random.Random) -> None:
    """Three table sheets: wholesale, enterprise (with two heading rows) and individual customers; three of paper."""
    by_kind = {kind: [one for one in made if one.kind == kind] for kind in ("wholesale", "enterprise", "individual")}
    book = Book("dossiers.xlsx")
    rows: list[list[object]] = [wholesale_row(one, chance) for one in by_kind["wholesale"]]
    book.sheet("批发客户", "批发客户一览表", [FILLED, "单位：万元"], WHOLESALE_HEADINGS.split(), rows)
    rows = [enterprise_row(one, chance) for one in by_kind["enterprise"]]
    book.sheet("企业客户", "企业客户信息表", ["单位：万元"], ENTERPRISE_HEADINGS.split(), rows)
    rows = [individual_row(one, by_kind["wholesale"], chance) for one in by_kind["individual"]]
    book.sheet("个人客户", "个人客户信息表", [FILLED], INDIVIDUAL_HEADINGS.split(), rows)
    paper.write(book.book)
    book.book.close()


PROSPECT_HEADINGS = """
    客户名称 客户档案类别 所属业务区 负责业务员 手机 客户信息来源 地址 客户信誉度 购买能力 购买能力依据
    购买决定权 购买决定权依据 需求 需求依据 评定日期 意向产品 预计金额(元) 预计购买时间 跟进阶段 下次跟进日期
    备注
"""
EVIDENCE = {
    "有": ("上年流水充足", "老板本人洽谈", "已问价并要样品"),
    "无": ("近期资金紧张", "须报总部批准", "仓库尚有存货"),
    "?": ("", "", ""),
}
PERSONS_EVIDENCE = EVIDENCE | {
    "有": ("收入稳定", "家中采买由本人定", "已到店试用"),
    "无": ("暂无余钱", "须与家人商量", "刚买过同类产品"),
}
READY = [("有", "有", "有")] * 3


def write_prospects(chance: random.Random) -> None:
    """30 prospects: each combination of the letters of MAN (有, 无, not known), and three more that have all."""
    combinations = [*product("有无?", repeat=3), *READY]
    rows = [prospect_row(number, letters, chance) for number, letters in enumerate(combinations, 1)]
    book = Book("prospects.xlsx")
    book.sheet("潜在客户", "潜在客户登记表", [FILLED], PROSPECT_HEADINGS.split(), rows)
    book.book.close()


def prospect_row(number: int, letters: Sequence[str], chance: random.Random) -> list[object]:
    """A row of the prospect sheet; what is not known is written `?` or left blank."""
    region = list(PREFIXES)[number % 4]
    place, _, _ = chance.choice(PLACES[region])
    kind = ["批发", "企业", "个人"][number % 3]
    shop = chance.choice(["福源", "旺角", "佳乐", "东升", "丰泽", "银座"]) + f"{number:02d}号"
    name = person(chance) if kind == "个人" else shop + ("批发部" if kind == "批发" else "商贸有限公司")
    proofs = PERSONS_EVIDENCE if kind == "个人" else EVIDENCE
    written = ["" if letter == "?" and number % 2 else letter for letter in letters]
    man = [cell for at, letter in enumerate(letters) for cell in (written[at], proofs[letter][at])]
    return [
        name, kind, region, chance.choice(OWNERS[region]), f"1990002{number:04d}", chance.choice(SOURCES),
        f"{place}{STREETS[number % 8]}{number}号", chance.choice(["好", "普通", ""]), *man,
        TODAY - timedelta(days=number * 9), chance.choice(PRODUCTS),
        chance.randrange(2, 60) * (100 if kind == "个人" else 5000), TODAY + timedelta(days=number * 11),
        ["寻找", "初访", "展示", "谈判", "签约"][number % 5], TODAY + timedelta(days=number % 9 - 2),
        "约在门店面谈" if number % 7 == 0 else "",
    ]  # fmt: skip


STRANGER = [  # as another system writes customers; config.toml says what its headings mean
    ["MANDT", "KUNNR", "NAME1", "ZONE", "REP", "ADDR", "MOB", "SALES_2025", "SIGN"],
    ["800", "HD-000201", "金岭批发部", "华东", "周明远", "浙江省杭州市余杭区长江路7号", "19900040201", "46.5", "灯箱"],
    ["800", "HN-000201", "海风商行", "华南", "郑海波", "福建省厦门市湖里区新华路21号", "19900040202", "38", ""],
]


def main() -> None:
    """Write all samples into this folder."""
    chance = random.Random(20260630)
    made = customers(chance)
    found = orders(made, chance)
    found.sort(key=lambda one: (one.day, one.number))
    head = ["单号", "客户编号", "客户名称", "交易日期", "类型", "状态", "数量", "金额", "成本"]
    write_csv("orders.csv", [head, *(order_row(order) for order in found)])
    head = ["回款单号", "客户编号", "客户名称", "回款日期", "回款金额", "回款方式", "订单号"]
    write_csv("payments.csv", [head, *payments(found, chance)])
    write_dossiers(made, chance)
    write_prospects(chance)
    write_registers(made, found)
    write_csv("erp.csv", STRANGER)
    make_bad.main()


def write_registers(made: list[Customer], found: list[Order]) -> None:
    """The goods of the orders, and a workbook of targets, campaigns, costs and visits; a seed of their own."""
    chance = random.Random(630)
    head = ["单号", "品名", "类别", "明细数量", "明细金额"]
    write_csv("order_lines.csv", [head, *registers.lines(found, chance)])
    book = Book("registers.xlsx")
    head = ["客户编号", "客户名称", "负责业务员", "目标年度", "销售目标额"]
    book.sheet("销售目标", "销售目标表", ["单位：元"], head, registers.targets(made))
    head = ["活动名称", "活动开始日期", "活动结束日期", "活动费用", "新客户人数"]
    book.sheet("促销活动", "促销活动登记表", ["单位：元"], head, registers.CAMPAIGNS)
    head = ["投入单号", "客户编号", "客户名称", "投入日期", "投入类型", "投入金额", "经手人"]
    book.sheet("客户投入", "客户投入登记表", ["单位：元"], head, registers.costs(made, chance))
    head = ["客户编号", "客户名称", "访问日期", "访问人", "访问方式", "访问状态"]
    book.sheet("客户访问", "客户访问记录", [], head, registers.visits(made, chance))
    book.book.close()


def order_row(order: Order) -> list[object]:
    """A row of orders.csv."""
    one, cost = order.customer, "" if order.cost is None else money(order.cost)
    day, amount = order.day.isoformat(), money(order.amount)
    return [order.number, one.code, one.name, day, order.kind, order.status, order.quantity, amount, cost]


if __name__ == "__main__":
    main()
