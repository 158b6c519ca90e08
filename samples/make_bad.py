"""Makes `bad/`: one small file for each kind of mistake; the file's name says which. Import refuses each with a reason.

make_samples.py runs this too. The same bytes come out each time. `name-of-two` and
`order-of-two` speak of customers in dossiers.xlsx and orders.csv; import those first.
"""

import csv
import struct
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import xlsxwriter

FOLDER = Path(__file__).resolve().parent / "bad"
Rows = Sequence[Sequence[object]]

WHOLESALE = ["客户名称", "所属业务区", "负责业务员", "经营地址", "手机", "填表人"]
GOOD = ["晨星批发部", "华东", "周明远", "浙江省杭州市余杭区人民路1号", "19900030001", "钱慧"]
PERSON = ["姓名", "性别", "身份证号码", "手机", "出生日期"]
ORDER = ["单号", "客户编号", "客户名称", "交易日期", "金额"]


def wholesale(**changed: object) -> Rows:
    """The wholesale sheet with one row, some of its values changed or columns added."""
    row = dict(zip(WHOLESALE, GOOD, strict=True)) | changed
    return [["批发客户一览表"], list(row), list(row.values())]


def person(**changed: object) -> Rows:
    """The sheet of individuals with one row, some of its values changed."""
    row = dict(zip(PERSON, ["李一鸣", "男", "330110199003070019", "19900030002", "1990-03-07"], strict=True)) | changed
    return [["个人客户信息表"], list(row), list(row.values())]


def orders(*rows: Sequence[object]) -> Rows:
    """An orders sheet."""
    return [ORDER, *rows]


CSV: dict[str, Rows] = {
    "missing-required": wholesale(经营地址=""),
    "missing-name": [*wholesale(), ["", *GOOD[1:]]],
    "id-check-digit": person(身份证号码="330110199003070010"),
    "id-with-30-february": person(身份证号码="330110199002300011"),
    "mobile-too-short": person(手机="1990003000"),
    "mobile-in-scientific": person(手机="1.99E+10"),
    "date-doubtful": person(身份证号码="", 出生日期="03/04/1990"),
    "date-30-february": person(身份证号码="", 出生日期="1990-02-30"),
    "date-serial": [*person(出生日期="1990-03-07"), ["王文静", "女", "", "19900030003", "32874"]],
    "date-in-the-future": orders(["XS-1", "HN-000001", "聚丰批发部", "2126-05-01", "100.00"]),
    "word-not-allowed": person(性别="先锋"),
    "amount-without-unit": wholesale(**{"2025年金额": "120"}),
    "amount-unclear": orders(["XS-1", "HN-000001", "聚丰批发部", "2026-05-01", "1.234,56"]),
    "amount-two-numbers": orders(["XS-1", "HN-000001", "聚丰批发部", "2026-05-01", "100-200"]),
    "customer-unknown": orders(["XS-1", "ZZ-999999", "", "2026-05-01", "100.00"]),
    "name-of-two": orders(["XS-1", "", "利民批发部", "2026-05-01", "100.00"]),
    "order-of-two": orders(
        ["XS-1", "HN-000001", "", "2026-05-01", "100.00"], ["XS-1", "XN-000002", "", "2026-05-01", "80.00"]
    ),
    "masked-value": person(手机="199****0002"),
    "no-form": [["会议纪要"], ["时间", "议题", "结论"], ["上午", "促销方案", "通过"], ["下午", "培训安排", "待定"]],
    "two-forms": [
        ["客户名称", "所属业务区", "负责业务员", "经营地址", "电话"],
        ["晨星商行", "华东", "周明远", "人民路1号", "0571-88009999"],
    ],
}


def write_csv() -> None:
    """The mistakes that a csv can show."""
    for name, rows in CSV.items():
        with (FOLDER / f"{name}.csv").open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(rows)
    text = '客户名称,所属业务区,备注\n晨星批发部,华东,"没有收尾的引号\n大有批发部,华南,\n'
    (FOLDER / "quote-not-closed.csv").write_text(text, encoding="utf-8")
    (FOLDER / "encoding-broken.csv").write_bytes("客户名称,手机\n晨星".encode() + b"\xff\xfe\x80,19900030001\n")


def write_book(name: str, rows: Rows, formulas: Sequence[tuple[int, int, str, str]] = ()) -> None:
    """A workbook of one sheet; a formula is (row, column, formula, its value as last saved)."""
    book = xlsxwriter.Workbook(str(FOLDER / name))
    book.set_properties({"created": datetime(2026, 6, 30, tzinfo=UTC)})
    sheet = book.add_worksheet("客户")
    for row, values in enumerate(rows):
        sheet.write_row(row, 0, values)
    for row, column, formula, value in formulas:
        sheet.write_formula(row, column, formula, None, value)
    book.close()


def write_books() -> None:
    """The mistakes that only a workbook can show."""
    write_book("id-as-number.xlsx", person(身份证号码=330110199003070019))
    write_book("mobile-as-large-number.xlsx", person(手机=1.99e25))
    write_book("error-cell.xlsx", wholesale(手机=""), [(2, 4, "=VLOOKUP(A3,B:B,1,0)", "#N/A")])
    write_book("formula-not-calculated.xlsx", wholesale(手机=""), [(2, 4, "=A3&B3", "")])
    (FOLDER / "not-a-spreadsheet.xlsx").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4)
    (FOLDER / "cut-off.xlsx").write_bytes((FOLDER / "id-as-number.xlsx").read_bytes()[:2000])
    (FOLDER / "with-password.xlsx").write_bytes(compound_file(["EncryptionInfo", "EncryptedPackage"]))


def compound_file(streams: Sequence[str]) -> bytes:
    """The container in which Office keeps an encrypted workbook, with empty streams of these names."""
    end, free, no_entry = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFF
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<9I", 0, 1, 1, 0, 4096, end, 0, end, 0)
    header += struct.pack("<109I", 0, *[free] * 108)
    allocation = struct.pack("<128I", 0xFFFFFFFD, end, *[free] * 126)
    entries = [("Root Entry", 5, no_entry, 1), (streams[0], 2, 2, no_entry), (streams[1], 2, no_entry, no_entry)]
    return header + allocation + b"".join(directory_entry(*entry) for entry in entries) + bytes(128)


def directory_entry(name: str, kind: int, right: int, child: int) -> bytes:
    """An entry of the container's directory: 128 bytes."""
    text = name.encode("utf-16-le") + b"\0\0"
    links = struct.pack("<H2B3I", len(text), kind, 1, 0xFFFFFFFF, right, child)
    return text.ljust(64, b"\0") + links + bytes(36) + struct.pack("<IQ", 0xFFFFFFFE, 0)


def main() -> None:
    """Write all of them into bad/."""
    FOLDER.mkdir(exist_ok=True)
    write_csv()
    write_books()


if __name__ == "__main__":
    main()
