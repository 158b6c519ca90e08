"""The built-in forms: they load, each label means one thing, and every row of domain.md's tables is there."""

from collections import defaultdict
from collections.abc import Iterator
from importlib import resources
from itertools import product

import pytest

from custcli.domain import forms
from custcli.domain.masking import mask
from custcli.domain.readers import fold
from custcli.domain.validators import VALIDATORS

RULE_CHECKS = {"not_future", "not_zero", "zero_doubtful", "line_amount"}
READERS = {"since", "count_note"}
TABLES = {
    "customer": """code name kind state market_role status current_stage region county owner branch source_channel
        source_detail referred_by parent reputation triage is_key key_reason credit_grade tags photo_path filled_by
        filled_on verified_on phone mobile email home_phone business_address mailing_address uscc id_no birth_date
        industry nature note""",
    "contact": "name gender id_no birth_date title department phone mobile email",
    "yearly_sales": "amount quantity dead_amount consigned_amount",
    "prospect": """stage expected_close expected_amount interest occupation income address next_follow_up gender age
        urgency""",
    "man_letter": "verdict score evidence assessed_on",
    "sales_order": """order_no customer_id ordered_on type status amount cost quantity currency channel pay_method
        campaign delivered_on accepted_on due_on note""",
    "order_line": "product brand spec quantity unit_price amount cost discount gift",
    "payment": "payment_no customer_id paid_on amount currency method matures_on order_no note",
}
BUILT_IN = (
    "acceptances",
    "campaigns",
    "complaints",
    "contributions",
    "costs",
    "dealer_score",
    "end_user",
    "enterprise",
    "individual",
    "key_score",
    "needs",
    "order_lines",
    "orders",
    "partner_score",
    "payments",
    "pr",
    "prospects",
    "retail",
    "reviews",
    "sales_targets",
    "statements",
    "visits",
    "wholesale",
)


@pytest.fixture(scope="module")
def loaded() -> dict[str, forms.Form]:
    folder = resources.files("custcli").joinpath("forms")
    texts = [(item.name, item.read_text(encoding="utf-8")) for item in folder.iterdir() if item.name.endswith(".toml")]
    return forms.load(sorted(texts))


def labels(item: forms.Field | forms.Group | forms.Composite | forms.Choice) -> set[str]:
    return {fold(label) for label in (item.zh, item.en, *item.also) if label}


def test_all_forms_load(loaded: dict[str, forms.Form]) -> None:
    assert set(BUILT_IN) <= set(loaded)


@pytest.mark.parametrize("name", BUILT_IN)
def test_names_of_rules_lists_and_columns_exist(loaded: dict[str, forms.Form], name: str) -> None:
    form = loaded[name]
    for item in form.fields.values():
        table = form.groups[item.group].table or form.table if item.group else form.table
        where = f"{name}.{item.name}"
        assert item.check is None or item.check in {*VALIDATORS, *RULE_CHECKS}, where
        assert item.read is None or item.read in READERS, where
        assert item.mask is None or mask("x", item.mask) is not None, where
        assert item.values is None or item.values in form.values, where
        assert (item.values is not None) == (item.type in ("choice", "choices")), where
        assert item.derived or item.stored is None or item.stored in TABLES[table].split(), where
        assert item.fallback is None or item.fallback in form.fields, where
        assert item.en, where


@pytest.mark.parametrize("name", BUILT_IN)
def test_names_in_the_form_exist(loaded: dict[str, forms.Form], name: str) -> None:
    form = loaded[name]
    tokens = {token for check in form.checks for token in check.replace("<=", " ").split()}
    named = {part for parts in (*form.match, *form.any_of, *form.first_of) for part in parts} | tokens
    named |= {part for composite in form.composites.values() for part in composite.into}
    assert named <= set(form.fields)
    places = {place for row in form.card for place in row}
    assert places <= {*form.fields, *form.groups, *form.composites}
    assert form.rows is None or form.groups[form.rows].many
    for group in form.groups.values():
        inside = {item.key for item in form.of_group(group.name)}
        assert {group.alone, group.history, *group.match} - {None} <= inside, group.name
        assert group.keys in {None, "year", *form.values}, group.name


def spoken(form: forms.Form) -> Iterator[tuple[str, str]]:
    """Label and what it means, where neither a group's heading nor a key stands before it (forms.md 3.1)."""
    things: list[forms.Group | forms.Composite] = [*form.groups.values(), *form.composites.values()]
    for thing in things:
        yield from ((label, thing.name) for label in labels(thing))
    for item in form.fields.values():
        group = form.groups[item.group] if item.group and "." in item.name else None
        yield from ((label, item.name) for label in before(form, group, item))
    for group in form.groups.values():
        for choice in form.values.get(group.keys or "", {}).values():
            yield from ((label, f"{group.name}.{choice.word}") for label in labels(choice))


def before(form: forms.Form, group: forms.Group | None, item: forms.Field) -> set[str]:
    """A form's own labels bare; those of a group with its label, or with each of its keys, before them."""
    if group is None:
        return labels(item)
    heads = [group] if not group.keys else list(form.values.get(group.keys, {}).values())
    return {first + label for head in heads for first, label in product(labels(head), labels(item))}


def meanings(form: forms.Form) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for label, name in spoken(form):
        found[label].add(name)
    return found


@pytest.mark.parametrize("name", BUILT_IN)
def test_one_label_means_one_thing(loaded: dict[str, forms.Form], name: str) -> None:
    double = {label: sorted(names) for label, names in meanings(loaded[name]).items() if len(names) > 1}
    assert double == {}


@pytest.mark.parametrize("name", BUILT_IN)
def test_labels_inside_a_group_are_apart(loaded: dict[str, forms.Form], name: str) -> None:
    form = loaded[name]
    for group in form.groups.values():
        seen: dict[str, str] = {}
        for item in form.of_group(group.name):
            for label in labels(item):
                assert seen.setdefault(label, item.name) == item.name, label


def test_one_word_a_label_in_every_value_list(loaded: dict[str, forms.Form]) -> None:
    for name, words in loaded["wholesale"].values.items():
        seen: dict[str, str] = {}
        for choice in words.values():
            for label in labels(choice) | {fold(choice.word)}:
                assert seen.setdefault(label, choice.word) == choice.word, f"{name}: {label}"


@pytest.mark.parametrize("name", BUILT_IN)
def test_persons_and_secrets_are_masked(loaded: dict[str, forms.Form], name: str) -> None:
    """Annex of reliability.md: what is sensitive is always masked; of personal data these kinds are."""
    for item in loaded[name].fields.values():
        if item.pi == "S":
            assert item.mask, f"{name}.{item.name}"
        if item.key in ("phone", "mobile", "home_phone", "email", "id_no", "birth_date", "note"):
            assert item.mask, f"{name}.{item.name}"


TOKENS = {  # decisions.md, "Values in JSON are English tokens in every language"
    "stages": "search first_visit demo negotiation contract care lost parked",
    "order_types": "sale return exchange sample service repair",
    "order_statuses": "draft confirmed shipped done cancelled",
    "statuses": "potential target current lost non",
    "current_stages": "first repeat loyal",
    "tiers": "key major ordinary small",
    "kinds": "wholesale retail pr end_user individual enterprise",
}


@pytest.mark.parametrize("name", TOKENS)
def test_tokens(loaded: dict[str, forms.Form], name: str) -> None:
    assert list(loaded["orders"].values[name]) == TOKENS[name].split()


CORE = """
    客户编号 客户名称 电话 手机 电子邮件 客户档案类别 客户类型 客户状态 现实客户细分 所属业务区 负责业务员
    地区办事处 分公司 客户来源 信息来源 介绍人 客户信誉度 客户等级 金字塔层级 是否重点客户 信用等级 客户系统
    集团 标签 照片 填表人 填表日期 最近核对日期 备注"""
PAPER = {  # domain.md 1.3 to 1.13, 1.17, and the headings of sheets that other systems write
    "wholesale": CORE
    + """
    经营地址 通讯地址 法人代表姓名 法人代表性别 法人代表身份证号码 联系人姓名 联系人性别 联系人身份证号码 宅电
    经营本产品时间 近三年销量 经营品种 拥有客户数量及情况 经理个人喜好 经理家庭状况 经理社会背景及在当地影响""",
    "retail": CORE
    + """
    进货来源 经营地址 经营方式 法人代表姓名 法人代表性别 法人代表身份证号码 联系人姓名 联系人性别 联系人身份证号码
    联系电话 联系手机 联系传呼 家庭电话 经营本产品时间 经营状况 近三年销量 经营范围 资产状况 总资产 经理家庭状况
    经理社会背景及其影响""",
    "pr": """
    填表人 所属业务区 负责本区业务员 所属县市 部门 部门名称 单位名称 联系人 姓名 性别 职务 年龄 联系电话 关系程度
    在本单位影响力 备注""",
    "end_user": """
    姓名 性别 出生日期 手机 电子邮件 家庭地址 家庭人口 使用产品 开始使用时间 购买渠道 是否同意营销 同意日期
    偏好标签 试用产品 试用反馈 试用评分 是否符合偏好 试用轮次""",
    "individual": CORE
    + """
    姓名 手机号码 电话号码 电子邮箱 家庭地址 工作单位 出生日期 身份证号码 QQ号 微信 消费金额 消费频率
    每次消费规模 消费档次 消费偏好 购买渠道偏好 购买方式偏好 消费高峰时点 消费低峰时点 最近一次消费时间 就业情况
    单位性质 单位名称 办公地点 职务 年收入 个人目标和成就 婚姻状况 结婚纪念日 血型 受教育程度 教育程度 兴趣专长
    个人嗜好 对婚姻的看法 对子女教育的看法 配偶姓名 配偶血型 配偶生日 子女姓名 子女年龄 子女生日 医疗病史
    目前健康状况 喜爱的运动 喜欢的话题 喜爱的媒体 近期目标 远期目标 参加的社团 喜欢的运动 宗教信仰 手机号 性别
    英文名 昵称 年龄 生肖 生日 星座 出生地 性格类型 兴趣爱好 受教育情况 知识面 审美观点 理想 特殊嗜好 消费习惯 口味
    喜欢的颜色 忌讳 交通工具 主要纪念日 家庭住址 家庭成员情况 家庭成员姓名 家庭成员关系 家庭成员职业 级别 所在行业 职位
    收入水平 电子信箱 工作方式 工作地域特征 入网时间 历史服务资料 使用增值业务情况 信用度 产品态度""",  # 1.10
    "enterprise": CORE
    + """
    客户性质 所属区域 单位通信地址 邮政编码 单位网址 传真 统一社会信用代码 营业执照号 税号 客户类别 行业
    法人代表 联系人 服务区域 销售能力 发展潜力 经营观念 经营方向 经营政策 企业规模 经营特点 行业地位 从业时间
    员工数量 注册资本 总资产 仓储面积 车辆 业务人员 畅销品牌 交易次数 交易金额 交易周期 购买周期 首次交易
    最近交易 结算方式 信用状况 开户行 账号 CustomerID CompanyName ContactName ContactTitle Address City Region
    PostalCode Country Phone Fax
    级别 全年销售额 所在行业 入网时间 历史服务资料 使用增值业务情况 产品结构 组织结构 信用度 营销模式 网址 价格体系
    销售政策 产品态度 企业性质 主要纪念日 其他联系人姓名 联系人与我方何人
    名称* 联系人 手机号码 联系电话 电子邮箱 期初应收 纳税人识别号 地址""",
    "prospects": """
    姓名 性别 年龄 联系方式 客户信息来源 客户信誉度 职业 收入 地址 购买能力 购买决定权 需求 需求依据
    预计购买时间 意向产品 预计金额 跟进阶段 下次跟进日期 客户档案类别 客户编号""",
    "orders": """
    单号 订单号 客户 客户编号 客户名称 日期 交易日期 类型 状态 金额 金额合计 销售金额 销售额 数量 成本 渠道
    购买方式 支付方式 促销 交货日 验收日 应收到期日 明细品种 明细品牌 明细规格 明细数量 明细单价 明细金额
    明细成本 明细折扣 明细赠品 OrderID CustomerID OrderDate 客户ID 订单日期""",
    "order_lines": """
    单号 订单号 产品 品种 品牌 规格 数量 单价 金额 成本 折扣 赠品 OrderID ProductID UnitPrice Quantity Discount""",
    "payments": "回款单号 客户编号 客户名称 回款日期 金额 回款方式 币种 汇票到期日 备注 订单号",
}


@pytest.mark.parametrize("name", PAPER)
def test_every_row_of_the_paper_is_known(loaded: dict[str, forms.Form], name: str) -> None:
    form = loaded[name]
    known = set(meanings(form))
    inside = [label for item in form.fields.values() if "." in item.name for label in labels(item)]
    known |= {label for label in inside if inside.count(label) == 1}
    assert [label for label in PAPER[name].split() if fold(label) not in known] == []


def test_bare_headings_that_could_be_two_people_belong_to_no_form_field(loaded: dict[str, forms.Form]) -> None:
    """forms.md 5, case 9: 姓名 alone on a wholesale table could be the contact or the legal representative."""
    for name, label in product(("wholesale", "enterprise"), ("姓名", "身份证号码", "性别")):
        assert label not in meanings(loaded[name])


def test_off_fields(loaded: dict[str, forms.Form]) -> None:
    """domain.md 1.8, 1.10: known, not taken, by default."""
    off = {item.name for item in loaded["individual"].fields.values() if item.off}
    assert off == {"medical_history", "health", "religion"}


def test_a_bare_amount_of_the_dossiers_is_in_ten_thousands(loaded: dict[str, forms.Form]) -> None:
    assert loaded["wholesale"].fields["yearly_sales.amount"].unit == "万元"
    assert loaded["orders"].fields["amount"].unit is None


def test_names_are_personal_only_where_they_name_a_person(loaded: dict[str, forms.Form]) -> None:
    """decisions.md 20: the class belongs to field and form."""
    kinds = {name: loaded[name].fields["name"].pi for name in ("wholesale", "enterprise", "individual", "prospects")}
    assert kinds == {"wholesale": "N", "enterprise": "N", "individual": "P", "prospects": "P"}


def test_extended_profile_has_its_class_and_mask(loaded: dict[str, forms.Form]) -> None:
    """domain.md 1.10: family and taboos are sensitive, prices and policies are secrets of the firm."""
    person, firm = loaded["individual"].fields, loaded["enterprise"].fields
    assert {person[name].pi for name in ("family_note", "taboos", "relatives.name", "relatives.relation")} == {"S"}
    assert {firm[name].pi for name in ("price_system", "sales_policy", "annual_sales", "grade")} == {"B"}
    assert {person[name].pi for name in ("buying_habits", "taste", "work_style", "anniversaries", "grade")} == {"P"}


def test_blood_types_keep_their_rh_factor(loaded: dict[str, forms.Form]) -> None:  # domain.md 1.8: (Rh ±)
    words = loaded["individual"].values["blood_types"]
    said = {label: choice.word for choice in words.values() for label in labels(choice)}
    assert {said[fold(text)] for text in ("A型Rh-", "A-")} == {"A_neg"}
    assert len(words) == 3 * 4 + 1


def test_the_lines_are_those_of_the_orders(loaded: dict[str, forms.Form]) -> None:
    lines, orders = loaded["order_lines"], loaded["orders"]
    assert lines.of == "orders"
    assert [item.key for item in lines.of_group("lines")] == [item.key for item in orders.of_group("lines")]
    assert {item.stored for item in lines.of_group("lines")} == {item.stored for item in orders.of_group("lines")}
