"""The invented company of the samples: its customers, their orders and payments, drawn by chance from one seed."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count

TODAY = date(2026, 6, 30)
FIRST_DAY = date(2024, 7, 1)
PREFIXES = {"华东": "HD", "华南": "HN", "华北": "HB", "西南": "XN"}
PLACES = {
    "华东": [("浙江省杭州市余杭区", "330110", "0571"), ("江苏省南京市江宁区", "320115", "025")],
    "华南": [("广东省广州市番禺区", "440113", "020"), ("福建省厦门市湖里区", "350206", "0592")],
    "华北": [("河北省石家庄市长安区", "130102", "0311"), ("山东省济南市历城区", "370112", "0531")],
    "西南": [("四川省成都市武侯区", "510107", "028"), ("重庆市渝北区", "500112", "023")],
}
OWNERS = {"华东": ["周明远", "吴晓燕"], "华南": ["郑海波"], "华北": ["冯立新"], "西南": ["蒋雪梅"]}
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = [
    "建国",
    "秀英",
    "志强",
    "丽华",
    "晓东",
    "玉兰",
    "海燕",
    "国庆",
    "文静",
    "立平",
    "春梅",
    "永生",
    "思远",
    "雨桐",
    "子涵",
    "佳怡",
    "振华",
    "素芬",
    "一鸣",
    "可欣",
]
SOURCES = ["展览会", "老客户推荐", "电话", "名录", "网站/电商", "访问", "广告", "合作伙伴"]
WHOLESALE = [
    "聚丰",
    "恒源达",
    "百合",
    "万家福",
    "鑫隆",
    "广源",
    "乐购多",
    "同心",
    "天天旺",
    "金穗",
    "惠民",
    "顺发",
    "大有",
    "永兴",
    "福满",
    "新佳",
    "南北",
    "长乐",
    "汇通",
    "利民",
    "利民",
    "宏图",
]
ENTERPRISE = {
    "云杉酒店管理": "住宿和餐饮业",
    "蓝湾餐饮": "住宿和餐饮业",
    "青禾幼教": "教育",
    "北辰物业": "房地产业",
    "飞鸿物流": "交通运输业",
    "明德中学食堂": "教育",
    "安泰医院后勤": "卫生",
    "望江大酒店": "住宿和餐饮业",
    "晨光电子": "制造业",
    "白鹭旅游": "租赁和商务服务业",
    "东篱茶业": "批发和零售业",
    "远山乳业": "制造业",
    "星桥连锁超市": "批发和零售业",
    "四海船务": "交通运输业",
    "澄湖度假村": "住宿和餐饮业",
    "金桂会议中心": "租赁和商务服务业",
    "海棠月子会所": "居民服务业",
    "松风养老服务": "居民服务业",
    "木兰纺织": "制造业",
    "华章印务": "制造业",
}
STREETS = ["人民路", "解放街", "建设大道", "新华路", "和平街", "长江路", "文化巷", "幸福里"]
PRODUCTS = ["饮料", "粮油", "调味品", "休闲食品", "日化", "乳品", "酒水"]

NO_COST = 0.02  # chances
CANCELLED = 0.015
PAID = 0.66
IN_PARTS = 0.06
CONFIRMED_DAYS = 3  # what is younger is not yet shipped, what is younger than the next not yet done
SHIPPED_DAYS = 8
RETURNS = 16
SHARES = [2, 3, 4]  # a half, a third, a quarter of the order comes back


@dataclass
class Customer:
    """A customer of the sample and how much it buys."""

    code: str
    name: str
    kind: str
    region: str
    place: str
    area: str
    dial: str
    owner: str
    number: int
    orders: int = 0
    size: int = 0
    since: date = FIRST_DAY
    until: date = TODAY
    sales: dict[int, int] = field(default_factory=dict)

    @property
    def mobile(self) -> str:
        """A number that nobody has: 1990000 and the customer's own number."""
        return f"1990000{self.number:04d}"

    @property
    def phone(self) -> str:
        """A landline of the right area."""
        return f"{self.dial}-8800{self.number:04d}"

    @property
    def address(self) -> str:
        """District, street and house number."""
        return f"{self.place}{STREETS[self.number % len(STREETS)]}{self.number * 7 % 300 + 1}号"


def person(chance: random.Random) -> str:
    """A name put together by chance."""
    return chance.choice(SURNAMES) + chance.choice(GIVEN)


WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(area: str, born: date, serial: int) -> str:
    """An ID number with the right check digit (GB 11643)."""
    body = f"{area}{born:%Y%m%d}{serial:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


def credit_code(area: str, number: int) -> str:
    """A unified social credit code with the right check character (GB 32100-2015)."""
    letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    body = f"91{area}MA0000{number:03d}"
    total = sum(letters.index(letter) * 3**place for place, letter in enumerate(body))
    return body + letters[-total % 31]


def customers(chance: random.Random) -> list[Customer]:
    """22 wholesale, 20 enterprise and 18 individual customers; two wholesalers bear one name."""
    names = [(name + "批发部", "wholesale") for name in WHOLESALE]
    names += [(name + "有限公司", "enterprise") for name in ENTERPRISE]
    names += [(person(chance), "individual") for _ in range(18)]
    made = []
    serial = {region: count(1) for region in PREFIXES}
    for number, (name, kind) in enumerate(names, 1):
        region = list(PREFIXES)[number % 4]
        place, area, dial = chance.choice(PLACES[region])
        code = f"{PREFIXES[region]}-{next(serial[region]):06d}"
        owner = chance.choice(OWNERS[region])
        made.append(Customer(code, name, kind, region, place, area, dial, owner, number))
    give_habits(made, chance)
    return made


def give_habits(made: list[Customer], chance: random.Random) -> None:
    """A few buy much and often; some stopped, some are new, two wholesalers and four persons never ordered."""
    typical = {"wholesale": 16_000, "enterprise": 5_000, "individual": 260}
    order = sorted(made, key=lambda one: (one.kind == "individual", chance.random()))
    for place, one in enumerate(order, 1):
        one.orders = max(3, round(104 / place**0.62))
        one.size = round(typical[one.kind] * 2.6 / place**0.45)
    for one in order[21:60:6]:
        one.until = TODAY - timedelta(days=chance.randrange(200, 420))
    for one in order[11:60:9]:
        one.since = TODAY - timedelta(days=chance.randrange(40, 230))
    silent = [one for one in order if one.kind == "wholesale"][-2:] + [
        one for one in order if one.kind == "individual"
    ][-4:]
    for one in silent:
        one.orders = 0


def money(cents: int) -> str:
    """Cents as yuan with two decimals."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"


@dataclass
class Order:
    """An order of the sample; money in cents."""

    number: str
    customer: Customer
    day: date
    kind: str
    status: str
    quantity: int
    amount: int
    cost: int | None


def orders(made: list[Customer], chance: random.Random) -> list[Order]:
    """About 900 orders of two years; returns are negative, few have no cost, the latest are not yet done."""
    drawn = sorted(
        ((day, one) for one in made for day in days_of(one, chance)), key=lambda drawn: (drawn[0], drawn[1].code)
    )
    serial: dict[date, int] = {}
    found = []
    for day, one in drawn:
        serial[day] = serial.get(day, 0) + 1
        amount = max(1500, round(one.size * 100 * chance.lognormvariate(0, 0.45)))
        cost = round(amount * chance.uniform(0.62, 0.84)) if chance.random() > NO_COST else None
        status = status_of(day, chance)
        quantity = max(1, amount // chance.randrange(2800, 9000))
        order = Order(f"XS{day:%Y%m%d}-{serial[day]:02d}", one, day, "销售", status, quantity, amount, cost)
        found.append(order)
        if status == "完成":
            one.sales[day.year] = one.sales.get(day.year, 0) + amount
    return found + returns(found, chance)


def days_of(one: Customer, chance: random.Random) -> list[date]:
    """The days on which a customer ordered, spread over its time with us."""
    first, last = max(FIRST_DAY, one.since), min(TODAY, one.until)
    span = (last - first).days
    number = max(1, one.orders * span // 730) if one.orders else 0
    return [first + timedelta(days=chance.randrange(span + 1)) for _ in range(number)]


def status_of(day: date, chance: random.Random) -> str:
    """Done, but for the last days; now and then an order is cancelled."""
    if chance.random() < CANCELLED:
        return "取消"
    age = (TODAY - day).days
    return "确认" if age < CONFIRMED_DAYS else "发货" if age < SHIPPED_DAYS else "完成"


def returns(found: list[Order], chance: random.Random) -> list[Order]:
    """Goods taken back two weeks after the sale: a part of the order, negative."""
    old = [
        one
        for one in found
        if one.status == "完成" and one.day < TODAY - timedelta(days=30) and one.quantity >= max(SHARES)
    ]
    back = []
    for number, sale in enumerate(chance.sample(old, RETURNS), 1):
        share = chance.choice(SHARES)
        cost = None if sale.cost is None else -(sale.cost // share)
        day = sale.day + timedelta(days=14)
        amount, quantity = -(sale.amount // share), -(sale.quantity // share)
        back.append(Order(f"TH{day:%Y%m%d}-{number:02d}", sale.customer, day, "退货", "完成", quantity, amount, cost))
    return back


def payments(found: list[Order], chance: random.Random) -> list[list[str]]:
    """Most orders are paid after some weeks, some in two parts, some not yet."""
    rows = []
    for order in found:
        if order.status != "完成" or order.amount < 0 or chance.random() > PAID:
            continue
        one = order.customer
        parts = [order.amount] if chance.random() > IN_PARTS else [order.amount // 2, order.amount - order.amount // 2]
        day = order.day + timedelta(days=0 if one.kind == "individual" else chance.randrange(7, 65))
        for part in parts:
            how = chance.choice(
                ["微信/支付宝", "现金"] if one.kind == "individual" else ["转账", "转账", "支票", "承兑汇票"]
            )
            if day <= TODAY:
                rows.append([day.isoformat(), one.code, one.name, money(part), how, order.number])
            day += timedelta(days=20)
    rows.sort()
    return [[f"HK{number:05d}", code, name, day, *rest] for number, (day, code, name, *rest) in enumerate(rows, 1)]
