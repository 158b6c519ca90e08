"""Paper forms as grids for the tests of cards: the texts of 表一 (domain.md 1.4) as people lay them out."""

from custcli.domain.cells import Merge

ONE = {
    "filled_by": "周八",
    "region": "华东",
    "owner": "张三",
    "name": "甲公司",
    "business_address": "人民路1号",
    "mailing_address": "解放路2号",
    "legal_rep.name": "王五",
    "legal_rep.gender": "男",
    "legal_rep.id_no": "330106198001011234",
    "contact.name": "李四",
    "contact.gender": "女",
    "contact.id_no": "33010619850101122X",
    "phone": "0571-88888888",
    "mobile": "13800138000",
    "home_phone": "0571-87654321",
    "product_since": "2019年",
    "yearly_sales.2023.amount": 12.5,
    "yearly_sales.2024.amount": 13,
    "yearly_sales.2025.amount": 14,
    "yearly_sales.2023.quantity": 100,
    "yearly_sales.2024.quantity": 2023,
    "yearly_sales.2025.quantity": 120,
    "yearly_sales.2023.dead_amount": 1,
    "yearly_sales.2024.dead_amount": 2,
    "yearly_sales.2025.dead_amount": 3,
    "yearly_sales.2023.consigned_amount": 4,
    "yearly_sales.2024.consigned_amount": 5,
    "yearly_sales.2025.consigned_amount": 6,
    "product_lines": "茶叶、咖啡",
    "downstream_count": "30家，小店为主",
    "downstream_note": "30家，小店为主",
    "manager.hobbies": "钓鱼",
    "manager.family_note": "三口之家",
    "manager.background": "商会理事",
}
TWO = {
    path: f"{value}乙" if isinstance(value, str) and path in ("name", "owner") else value for path, value in ONE.items()
}

YEARS = ("2023年", "2024年", "2025年")
KEYS = ("amount", "quantity", "dead_amount", "consigned_amount")
LABELS = ("金额（万元）", "数量", "坏死", "铺货")


def sales(values, years=YEARS):
    """The four rows of sales below a row of years."""
    heads = [["近三年销量", "年度", *years]]
    return heads + [
        [None, label, *(values.get(f"yearly_sales.{year}.{key}") for year in ("2023", "2024", "2025"))]
        for label, key in zip(LABELS, KEYS, strict=True)
    ]


def person(label, role, values):
    """The two rows of a person."""
    name, gender, number = (values.get(f"{role}.{key}") for key in ("name", "gender", "id_no"))
    return [[label, "姓名", name, "性别", gender], [None, "身份证号码", number]]


def wholesale(values=ONE, *, title="批发类客户档案", years=YEARS, legal_rep=True):
    """表一 as on paper, without its merges."""
    get = values.get
    rows = [[title]] if title else []
    rows += [
        ["填表人", get("filled_by"), "所属业务区", get("region"), "负责业务员", get("owner")],
        ["客户名称", get("name"), None, None, "照片"],
        ["经营地址", get("business_address")],
        ["通讯地址", get("mailing_address")],
        *(person("法人代表", "legal_rep", values) if legal_rep else []),
        *person("联系人", "contact", values),
        ["联系方式", "电话", get("phone"), "手机", get("mobile"), "宅电", get("home_phone")],
        ["经营本产品时间", get("product_since")],
        *sales(values, years),
        ["经营品种", get("product_lines")],
        ["拥有客户数量及情况", get("downstream_count")],
        ["经理个人喜好", get("manager.hobbies")],
        ["经理家庭状况", get("manager.family_note")],
        ["经理社会背景及在当地影响", get("manager.background")],
    ]
    return rows


def merges(rows, top=0, left=0):
    """The merges of the paper: title, the labels of persons and of the sales, long values."""
    found = []
    for number, row in enumerate(rows, top):
        first = row[0] if row else None
        if first in ("法人代表", "联系人"):
            found += [Merge(number, left, number + 1, left), Merge(number + 1, left + 2, number + 1, left + 6)]
        elif first == "近三年销量":
            found.append(Merge(number, left, number + 4, left))
        elif row and len(row) == 1:
            found.append(Merge(number, left, number, left + 6))
        elif row and len(row) == 2:
            found.append(Merge(number, left + 1, number, left + 6))
    return tuple(found)


def beside(one, other, gap=1):
    """Two cards side by side."""
    width = max(len(row) for row in one) + gap
    return [[*row, *[None] * (width - len(row)), *more] for row, more in zip(one, other, strict=True)]
