"""What is measured, against what, and how much it may cost."""

import csv
import random
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from benchmarks.clock import CUSTCLI, TURNS, Result, best, custcli, least, script
from benchmarks.value import valuation

READ_CSV = """
import csv, sqlite3, sys
source, database = sys.argv[1:]
with sqlite3.connect(database) as connection, open(source, encoding="utf-8") as file:
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("INSERT INTO change VALUES (1, '', '', '', '', '', NULL, NULL, '')")
    rows = csv.reader(file)
    next(rows)
    connection.executemany(
        "INSERT INTO sales_order "
        "(made_by, extra, order_no, customer_id, ordered_on, quantity, amount, type, status, currency) "
        "VALUES (1, '{}', ?, ?, ?, ?, ?, 'sale', 'done', 'CNY')",
        ((n, int(c[1:]) + 1, d, int(q) * 10000, round(float(a) * 10000)) for n, c, d, q, a in rows),
    )
"""
READ_XLSX = """
import sqlite3, sys
from python_calamine import CalamineWorkbook
source, database = sys.argv[1:]
rows = CalamineWorkbook.from_path(source).get_sheet_by_index(0).to_python()
with sqlite3.connect(database) as connection:
    names = ", ".join(f"c{i}" for i in range(len(rows[0])))
    connection.execute(f"CREATE TABLE data (id INTEGER PRIMARY KEY, {names})")
    marks = ", ".join("?" * len(rows[0]))
    connection.executemany(f"INSERT INTO data ({names}) VALUES ({marks})", (tuple(map(str, r)) for r in rows[1:]))
"""
RANK = """
import sqlite3, sys
import numpy as np
connection = sqlite3.connect(sys.argv[1])
cursor = connection.execute(
    "SELECT customer_id, sum(amount) FROM sales_order WHERE ordered_on BETWEEN '2025-07-01' AND '2026-06-30' "
    "AND status IN ('confirmed', 'shipped', 'done') GROUP BY customer_id"
)
amounts = np.fromiter((row[1] for row in cursor), dtype=np.int64)
print(np.cumsum(amounts[np.argsort(-amounts, kind="stable")])[-1])
"""

SCORE = """
import sqlite3, sys
import numpy as np
connection = sqlite3.connect(sys.argv[1])
cursor = connection.execute(
    "SELECT customer_id, count(*), CAST(julianday(max(ordered_on)) AS INTEGER), sum(amount) FROM sales_order "
    "WHERE ordered_on BETWEEN '2024-07-01' AND '2026-06-30' AND status IN ('confirmed', 'shipped', 'done') "
    "GROUP BY customer_id"
)
names = ("id", "orders", "last", "amount")
rows = np.fromiter(cursor, dtype=[(name, np.int64) for name in names])
print([np.sort(rows[name])[len(rows) // 5] for name in names[1:]])
"""


def orders(path: Path, count: int, customers: int) -> None:
    """A csv of orders with numbers, the same each time."""
    dice = random.Random(20261121)
    with path.open("w", encoding="utf-8", newline="") as file:
        page = csv.writer(file)
        page.writerow(["单号", "客户编号", "交易日期", "数量", "金额"])
        for i in range(count):
            day = f"202{dice.randrange(4, 7)}-{dice.randrange(1, 7):02d}-{dice.randrange(1, 29):02d}"
            amount = f"{dice.randrange(100, 1_000_000) / 100:.2f}"
            page.writerow([f"D{i:08d}", f"K{dice.randrange(customers):06d}", day, dice.randrange(1, 20), amount])


def help_pages(_folder: Path, _scale: float) -> list[Result]:
    """Start-up: the help pages and the version."""
    bare = best([sys.executable, "-c", "pass"], 20)
    pages = (["--help"], ["import", "--help"], ["--version"])
    return [
        Result(" ".join(["custcli", *args]), "python -c pass", best([*CUSTCLI, *args], 10) / bare, 14) for args in pages
    ]


def csv_import(folder: Path, scale: float) -> list[Result]:
    """1,000,000 orders from csv, first and again; then taken back."""
    count = int(1_000_000 * scale)
    source, database, plain = folder / "orders.csv", folder / "c.db", folder / "plain.db"
    orders(source, count, max(count // 20, 1))
    custcli(plain, "init")
    reference = script(READ_CSV, source, plain)
    first = custcli(database, "import", source, "--as", "orders", "--create-customers")
    again = custcli(database, "import", source, "--as", "orders", "--create-customers")
    name, cost = f"import {count:,} orders, csv", first.seconds / reference.seconds
    return [
        Result(name, "csv + executemany", cost, 5, first.memory, 300),
        Result("import the same again", "the first import", again.seconds / first.seconds, 1.5, again.memory),
    ]


def undo(folder: Path, scale: float) -> list[Result]:
    """100,000 orders taken back."""
    count = int(100_000 * scale)
    source, database = folder / "orders.csv", folder / "c.db"
    orders(source, count, max(count // 20, 1))
    first = custcli(database, "import", source, "--as", "orders", "--create-customers")
    back = custcli(database, "undo")
    return [Result(f"undo of {count:,} rows", "their import", back.seconds / first.seconds, 2, back.memory)]


def xlsx_import(folder: Path, scale: float) -> list[Result]:
    """100,000 dossiers of 20 columns from xlsx."""
    from xlsxwriter import Workbook

    count = int(100_000 * scale)
    source = folder / "book.xlsx"
    headings = (
        "客户编号 客户名称 所属区域 负责业务员 行业 电话 传真 单位通信地址 邮政编码 电子邮件 "
        "单位网址 客户来源 员工数量 注册资本 经营特点 服务区域 经营方向 发展潜力 填表日期 备注"
    )
    dice = random.Random(1)
    with Workbook(source, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("企业客户")
        sheet.write_row(0, 0, [name + "(元)" if name == "注册资本" else name for name in headings.split()])
        for i in range(1, count + 1):
            row = [f"K{i:06d}", f"第{i}号机械设备有限公司", "华东", f"业务员{i % 50}", "机械", f"010-6{i:07d}", "",
                   f"工业路{i}号", f"{100000 + i % 800000}", f"c{i}@example.cn", "", "展览会",
                   dice.randrange(5000), dice.randrange(10_000_000),
                   f"特点{i % 9}", "华东", "出口", "3", f"2026-0{i % 6 + 1}-1{i % 9}", f"备注{i}"]  # fmt: skip
            sheet.write_row(i, 0, row)
    reference, first = least(
        (
            script(READ_XLSX, source, folder / f"plain{turn}.db"),
            custcli(folder / f"{turn}.db", "import", source, "--as", "enterprise"),
        )
        for turn in range(TURNS)
    )
    name, cost = f"import {count:,} × 20, xlsx", first.seconds / reference.seconds
    return [Result(name, "calamine + executemany", cost, 4, first.memory)]


def cards(folder: Path, scale: float) -> list[Result]:
    """500 workbooks of one paper form each, as a folder."""
    count = int(500 * scale)
    books, form, database = folder / "books", folder / "form.xlsx", folder / "c.db"
    custcli(database, "--lang", "zh", "template", "enterprise", "--card", "-o", form)
    fill(form, books, count)
    whole = custcli(database, "import", books)
    return [Result(f"import {count:,} card books", "CPU seconds", whole.seconds, 60, whole.memory)]


def fill(form: Path, folder: Path, count: int) -> None:
    """Copies of a card with some fields filled in: code and texts differ by their number."""
    from openpyxl import load_workbook

    book = load_workbook(form)
    sheet = book.worksheets[0]
    labels = {cell.value: cell for row in sheet.iter_rows() for cell in row if cell.value}
    values = {
        "客户编号": "KNNNNN", "客户名称": "第NNNNN号机械公司", "所属业务区": "华东", "负责业务员": "业务员NNNNN",
        "经营地址": "工业路NNNNN号", "电话": "010-61234567", "联系人姓名": "王甲", "联系人手机": "13912345678",
        "经营特点": "特点NNNNN", "信用等级": "A", "填表人": "李乙", "填表日期": "2026-05-01", "备注": "备注NNNNN",
    }  # fmt: skip
    ends = {(area.min_row, area.min_col): area.max_col for area in sheet.merged_cells.ranges}
    for label, value in values.items():
        cell = labels[label]
        sheet.cell(cell.row, ends.get((cell.row, cell.column), cell.column) + 1).value = value
    book.save(form)
    folder.mkdir()
    with ZipFile(form) as filled:
        parts = {name: filled.read(name) for name in filled.namelist()}
    for number in range(count):
        with ZipFile(folder / f"{number:04d}.xlsx", "w", ZIP_DEFLATED) as copy:
            for name, data in parts.items():
                copy.writestr(name, data.replace(b"NNNNN", b"%05d" % number))


def bought(database: Path, customers: int) -> None:
    """A database of customers with ten orders each."""
    custcli(database, "init")
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(
            "INSERT INTO change VALUES (1, '2026-01-01T00:00:00+00:00', 'b', 'b', 'data', '{}', NULL, NULL, 'x')"
        )
        connection.execute(
            "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < ?) INSERT INTO customer "
            "(id, made_by, extra, code, name, name_key, state) "
            "SELECT i, 1, '{}', printf('K%07d', i), 'n' || i, 'n' || i, 'active' FROM n",
            (customers,),
        )
        connection.execute(
            "WITH RECURSIVE n(i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i < ?) INSERT INTO sales_order "
            "(made_by, extra, customer_id, ordered_on, amount, type, status, currency) SELECT 1, '{}', 1 + i % ?, "
            "date('2025-07-01', '+' || (i * 7919 % 365) || ' days'), 10000 + (i * 2654435761 % 100000000), "
            "'sale', 'done', 'CNY' FROM n",
            (customers * 10 - 1, customers),
        )
        connection.commit()


def classify(folder: Path, scale: float) -> list[Result]:
    """1,000,000 customers with 10,000,000 orders, ranked; not stored, stored, and scored by RFM."""
    customers, database = int(1_000_000 * scale), folder / "c.db"
    bought(database, customers)
    asked = ["classify", "--limit", "50", "--as-of", "2026-06-30"]
    reference, ranked, stored, plain, scored = least(
        (
            script(RANK, database), custcli(database, *asked, "--no-save"), custcli(database, *asked),
            script(SCORE, database), custcli(database, *asked, "--method", "rfm", "--no-save"),
        )
        for _ in range(TURNS)
    )  # fmt: skip
    named = "GROUP BY + numpy sort"
    return [
        Result(f"classify {customers:,} customers", named, ranked.seconds / reference.seconds, 1.2, ranked.memory),
        Result("the same, stored", named, stored.seconds / reference.seconds, 1.6, stored.memory),
        Result(f"RFM of {customers:,} customers", named, scored.seconds / plain.seconds, 1.3, scored.memory),
    ]


def report(folder: Path, scale: float) -> list[Result]:
    """The report of 100,000 customers with 1,000,000 orders, its charts included."""
    customers, database = int(100_000 * scale), folder / "c.db"
    bought(database, customers)
    asked = ["--as-of", "2026-06-30", "report", "--force", "-o", folder / "r.html"]
    (whole,) = least((custcli(database, *asked),) for _ in range(TURNS))
    return [Result(f"report of {customers:,} customers", "CPU seconds", whole.seconds, 6, whole.memory)]


CASES: dict[str, Callable[[Path, float], list[Result]]] = {
    "help": help_pages,
    "csv": csv_import,
    "undo": undo,
    "xlsx": xlsx_import,
    "cards": cards,
    "classify": classify,
    "value": valuation,
    "report": report,
}
