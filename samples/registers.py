"""What the sample company notes beside its orders: their goods, targets, campaigns, costs and visits, by chance."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from company import OWNERS, TODAY, Customer, Order, money

GOODS = {
    "粮油": ["5升花生油", "10公斤东北大米", "5公斤面粉"],
    "饮料": ["矿泉水24瓶装", "绿茶15瓶装"],
    "调味品": ["1.9升生抽", "400克鸡精", "2.5公斤食盐"],
    "休闲食品": ["坚果礼盒", "苏打饼干"],
    "日化": ["3公斤洗衣液", "12卷纸巾"],
    "乳品": ["纯牛奶24盒装", "酸奶12盒装"],
    "酒水": ["黄酒6瓶装", "啤酒24罐装"],
}
MOST_LINES = 3
CAMPAIGNS = [
    ["2024年中秋促销", date(2024, 9, 1), date(2024, 9, 17), 18_000, 6],
    ["2025年春节促销", date(2025, 1, 6), date(2025, 1, 27), 26_000, 4],
    ["2025年中秋促销", date(2025, 9, 15), date(2025, 10, 6), 22_000, 3],
    ["2026年春节促销", date(2026, 1, 26), date(2026, 2, 16), 30_000, 3],
]
COSTS = {"拜访": (100, 500), "招待": (300, 1200), "礼品": (200, 800), "促销支持": (1000, 4000)}
LEAST_TARGET = 10_000
VISITED = 30
"""So many of the customers that buy most are visited, and cost something."""


def lines(found: Sequence[Order], chance: random.Random) -> list[list[object]]:
    """The goods of each order: number, goods, category, quantity, amount; they come to what the order states.

    A customer buys of two or three categories, more often of the first.
    """
    taste: dict[str, list[str]] = {}
    rows: list[list[object]] = []
    for order in found:
        likes = taste.setdefault(order.customer.code, chance.sample(list(GOODS), chance.randint(2, MOST_LINES)))
        named = {(chance.choice(GOODS[kind]), kind) for kind in chance.choices(likes, [4, 2, 1][: len(likes)], k=2)}
        goods = sorted(named)[: abs(order.quantity)]
        pieces, sign = abs(order.quantity), -1 if order.quantity < 0 else 1
        cuts = [0, *sorted(chance.sample(range(1, pieces), len(goods) - 1)), pieces]
        for (name, kind), (first, last) in zip(goods, pairwise(cuts), strict=True):
            amount = order.amount * last // pieces - order.amount * first // pieces
            rows.append([order.number, name, kind, sign * (last - first), money(amount)])
    return rows


def targets(made: Sequence[Customer]) -> list[list[object]]:
    """For 2026: of each wholesaler a tenth more than in 2025, and of each owner in whole 100,000 yuan."""
    rows: list[list[object]] = [
        [one.code, one.name, "", TODAY.year, round(last_year(one) * 1.1, -3)]
        for one in made
        if one.kind == "wholesale" and last_year(one) >= LEAST_TARGET
    ]
    for owner in sorted({name for names in OWNERS.values() for name in names}):
        whole = sum(last_year(one) for one in made if one.owner == owner)
        rows.append(["", "", owner, TODAY.year, round(whole * 1.1, -5)])
    return rows


def costs(made: Sequence[Customer], chance: random.Random) -> list[list[object]]:
    """What was put into the best customers in the last 12 months."""
    drawn = []
    for one in best(made):
        for _ in range(chance.randint(1, 4)):
            kind = chance.choice(list(COSTS))
            low, high = COSTS[kind]
            day = TODAY - timedelta(days=chance.randrange(360))
            drawn.append([day, one.code, one.name, kind, chance.randrange(low, high, 10), one.owner])
    drawn.sort(key=lambda row: (row[0], row[1]))
    return [[f"TR{number:04d}", code, name, day, *rest] for number, (day, code, name, *rest) in enumerate(drawn, 1)]


def visits(made: Sequence[Customer], chance: random.Random) -> list[list[object]]:
    """Visits of the last half year to the best customers; the next one of each is planned."""
    rows: list[list[object]] = []
    for one in best(made):
        days = sorted(TODAY - timedelta(days=back) for back in chance.sample(range(5, 180), chance.randint(1, 5)))
        rows += [[one.code, one.name, day, one.owner, "面访", chance.choice(["完成"] * 5 + ["未遇"])] for day in days]
        rows.append([one.code, one.name, TODAY + timedelta(days=chance.randint(3, 40)), one.owner, "面访", "计划"])
    return rows


def best(made: Sequence[Customer]) -> list[Customer]:
    """Those who bought most in the year before, the first first."""
    return sorted(made, key=lambda one: (-last_year(one), one.code))[:VISITED]


def last_year(one: Customer) -> int:
    """What a customer bought in the year before, in whole yuan."""
    return one.sales.get(TODAY.year - 1, 0) // 100
