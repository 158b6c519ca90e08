"""A form of one's own and additions to a built-in one, as a user writes them (forms.md 4)."""

SHOP_VISIT = """
[form]
name = "shop_visit"
version = 1
zh = "门店巡检"
en = "Shop visit"
match = [["customer", "visited_on"]]
checks = ["visited_on <= next_on"]

[fields]
customer      = { zh = "客户编号", en = "Customer code", type = "ref", to = "customer", required = true, pi = "N" }
customer_name = { zh = "客户名称", en = "Customer name", type = "ref", to = "customer", pi = "P", mask = "name" }
visited_on    = { zh = "巡检日期", en = "Visited on", type = "date", check = "not_future", required = true, pi = "N" }
visitor       = { zh = "巡检人", en = "Visitor", type = "text", default_rule = "user", pi = "P", mask = "none" }
shelf_share   = { zh = "陈列占比", en = "Shelf share", type = "percent", unit = "%", recommended = true, pi = "B" }
stock_value   = { zh = "库存金额", en = "Stock value", type = "money", unit = "万元", pi = "B" }
rating        = { zh = "评分", en = "Rating", type = "choice", values = "shop_ratings", default = "fair", pi = "N" }
keeper_mobile = { zh = "店长手机", en = "Keeper's mobile", type = "text", check = "mobile", pi = "P", mask = "phone" }
next_on       = { zh = "下次巡检", en = "Next visit", type = "date", pi = "N" }

[groups.display]
zh = "陈列"
en = "Display"
key = "place"
keys = "shop_places"
alone = "state"
[groups.display.fields]
state = { zh = "状态", en = "State", type = "choice", values = "shop_states", pi = "N" }
faces = { zh = "排面数", en = "Faces", type = "int", min = 0, pi = "N" }

[groups.findings]
zh = "问题"
en = "Finding"
many = true
[groups.findings.fields]
what = { zh = "问题描述", en = "What", type = "text", pi = "N" }
done = { zh = "已整改", en = "Done", type = "bool", pi = "N" }

[groups.keeper]
zh = "店长"
en = "Keeper"
table = "entry"
alone = "name"
use = "person"
pick = ["name", "gender"]

[values.shop_ratings]
good = { zh = "好", en = "Good", also = ["优"] }
fair = { zh = "中", en = "Fair" }
[values.shop_places]
shelf = { zh = "货架", en = "Shelf" }
till  = { zh = "收银台", en = "Till" }
[values.shop_states]
ok  = { zh = "合格", en = "OK" }
bad = { zh = "不合格", en = "Bad" }
"""

WHOLESALE = """
[form]
extends = "wholesale"

[fields]
region      = { zh = "大区" }
x_shop_sign = { zh = "门头招牌", en = "Shop sign", type = "text" }
x_area      = { zh = "营业面积", en = "Floor area", type = "int", min = 0, pi = "N", recommended = true }

[groups.x_fridge]
zh = "冰柜"
en = "Fridge"
key = "year"
keys = "year"
alone = "count"
[groups.x_fridge.fields]
count = { zh = "冰柜台数", en = "Fridges", type = "int", pi = "N" }
"""
