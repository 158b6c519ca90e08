"""The tables. Nothing outside db/ sees them; their DDL is frozen in migrations.py and a test holds the two together."""

from typing import Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, LargeBinary, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

MONEY = BigInteger
"""Whole ten-thousandths of a yuan (decisions.md 3); quantities have the same scale."""


def _owner(column: str = "customer.id", *, null: bool = False) -> Any:
    return Field(default=None, sa_column=Column(BigInteger, ForeignKey(column), nullable=null))


class Traced(SQLModel):
    """What every kept row remembers: the change that made it and where it came from."""

    id: int | None = Field(default=None, primary_key=True)
    made_by: int = Field(foreign_key="change.id")
    source_id: int | None = None
    source_row: int | None = None
    extra: str = "{}"


class Customer(Traced, table=True):
    """A customer of any kind: the core record (domain.md 1.3) and the fields that several forms share."""

    __tablename__: ClassVar[str] = "customer"
    __table_args__ = (
        UniqueConstraint("code"),
        Index("customer_name_key", "name_key", "region"),
        Index("customer_uscc", "uscc"),
        Index("customer_id_no", "id_no"),
        Index("customer_mobile", "mobile"),
        Index("customer_parent", "parent", sqlite_where=text("parent IS NOT NULL")),
        Index("customer_referred_by", "referred_by", sqlite_where=text("referred_by IS NOT NULL")),
        CheckConstraint("length(code) between 1 and 64", name="customer_code_length"),
        CheckConstraint("length(name) between 1 and 200", name="customer_name_length"),
    )
    code: str
    name: str
    name_key: str
    kind: str | None = None
    state: str = "active"
    market_role: str | None = None
    status: str | None = None
    current_stage: str | None = None
    region: str | None = None
    county: str | None = None
    owner: str | None = None
    branch: str | None = None
    source_channel: str | None = None
    source_detail: str | None = None
    referred_by: int | None = _owner(null=True)
    parent: int | None = _owner(null=True)
    reputation: str | None = None
    triage: str | None = None
    is_key: int | None = None
    key_reason: str | None = None
    credit_grade: str | None = None
    tags: str | None = None
    photo_path: str | None = None
    filled_by: str | None = None
    filled_on: str | None = None
    verified_on: str | None = None
    phone: str | None = None
    mobile: str | None = None
    email: str | None = None
    home_phone: str | None = None
    business_address: str | None = None
    mailing_address: str | None = None
    uscc: str | None = None
    id_no: str | None = None
    birth_date: str | None = None
    industry: str | None = None
    nature: str | None = None
    note: str | None = None


class Contact(Traced, table=True):
    """A person; what the person is to whom stands in contact_role. A name may be unknown (表一's manager)."""

    __tablename__: ClassVar[str] = "contact"
    __table_args__ = (Index("contact_id_no", "id_no"),)
    name: str | None = None
    gender: str | None = None
    id_no: str | None = None
    birth_date: str | None = None
    title: str | None = None
    department: str | None = None
    phone: str | None = None
    mobile: str | None = None
    email: str | None = None


class ContactRole(Traced, table=True):
    """Which person holds which role at a customer, since when and until when."""

    __tablename__: ClassVar[str] = "contact_role"
    __table_args__ = (
        Index("contact_role_customer", "customer_id", "role"),
        Index("contact_role_contact", "contact_id"),
    )
    customer_id: int = _owner()
    contact_id: int = _owner("contact.id")
    role: str
    since: str | None = None
    until: str | None = None


class YearlySales(Traced, table=True):
    """The sales of a year as stated on the dossier (近三年销量)."""

    __tablename__: ClassVar[str] = "yearly_sales"
    __table_args__ = (
        UniqueConstraint("customer_id", "year"),
        CheckConstraint("year between 1900 and 2200", name="yearly_sales_year"),
    )
    customer_id: int = _owner()
    year: int
    amount: int | None = Field(default=None, sa_type=MONEY)
    quantity: int | None = Field(default=None, sa_type=MONEY)
    dead_amount: int | None = Field(default=None, sa_type=MONEY)
    consigned_amount: int | None = Field(default=None, sa_type=MONEY)


class Prospect(Traced, table=True):
    """The prospect card of a customer (domain.md 1.11): a table of its own, so that conversion keeps it."""

    __tablename__: ClassVar[str] = "prospect"
    __table_args__ = (UniqueConstraint("customer_id"),)
    customer_id: int = _owner()
    stage: str | None = None
    expected_close: str | None = None
    expected_amount: int | None = Field(default=None, sa_type=MONEY)
    interest: str | None = None
    occupation: str | None = None
    income: str | None = None
    address: str | None = None
    next_follow_up: str | None = None
    gender: str | None = None
    age: int | None = None
    urgency: str | None = None


class ManLetter(Traced, table=True):
    """One letter of MAN as assessed on a day; the latest is in force, the former ones are its history (R3)."""

    __tablename__: ClassVar[str] = "man_letter"
    __table_args__ = (
        UniqueConstraint("customer_id", "letter", "assessed_on"),
        CheckConstraint("letter in ('money', 'authority', 'need')", name="man_letter_letter"),
        CheckConstraint("verdict in ('yes', 'no', 'unknown')", name="man_letter_verdict"),
        CheckConstraint("score between 0 and 100", name="man_letter_score"),
    )
    customer_id: int = _owner()
    letter: str
    assessed_on: str
    verdict: str | None = None
    score: int | None = None
    evidence: str | None = None


class SalesOrder(Traced, table=True):
    """An order (交易); a return's amount is negative (decisions.md 21)."""

    __tablename__: ClassVar[str] = "sales_order"
    __table_args__ = (
        UniqueConstraint("order_no"),
        Index(
            "sales_order_figures",
            "customer_id",
            "ordered_on",
            "status",
            "type",
            "currency",
            "amount",
            "cost",
            "quantity",
        ),
        Index("sales_order_other_currency", "currency", sqlite_where=text("currency <> 'CNY'")),
        CheckConstraint("typeof(amount) in ('integer', 'null')", name="sales_order_amount_exact"),
        CheckConstraint("length(ordered_on) = 10", name="sales_order_day"),
    )
    order_no: str | None = None
    customer_id: int = _owner()
    ordered_on: str
    type: str = "sale"
    status: str = "done"
    amount: int | None = Field(default=None, sa_type=MONEY)
    cost: int | None = Field(default=None, sa_type=MONEY)
    quantity: int | None = Field(default=None, sa_type=MONEY)
    currency: str = "CNY"
    channel: str | None = None
    pay_method: str | None = None
    campaign: str | None = None
    delivered_on: str | None = None
    accepted_on: str | None = None
    due_on: str | None = None
    note: str | None = None


class OrderLine(Traced, table=True):
    """A line of an order (明细)."""

    __tablename__: ClassVar[str] = "order_line"
    __table_args__ = (UniqueConstraint("order_id", "line_no"),)
    order_id: int = _owner("sales_order.id")
    line_no: int
    product: str | None = None
    brand: str | None = None
    spec: str | None = None
    quantity: int | None = Field(default=None, sa_type=MONEY)
    unit_price: int | None = Field(default=None, sa_type=MONEY)
    amount: int | None = Field(default=None, sa_type=MONEY)
    cost: int | None = Field(default=None, sa_type=MONEY)
    discount: int | None = Field(default=None, sa_type=MONEY)
    gift: str | None = None


class Payment(Traced, table=True):
    """A payment received (回款)."""

    __tablename__: ClassVar[str] = "payment"
    __table_args__ = (
        UniqueConstraint("payment_no"),
        Index("payment_figures", "customer_id", "paid_on", "amount", "currency"),
        CheckConstraint("typeof(amount) = 'integer' and amount > 0", name="payment_amount_positive"),
    )
    payment_no: str | None = None
    customer_id: int = _owner()
    paid_on: str
    amount: int = Field(sa_type=MONEY)
    currency: str = "CNY"
    method: str | None = None
    matures_on: str | None = None
    order_no: str | None = None
    note: str | None = None


class Entry(Traced, table=True):
    """A record of a form that has no table of its own (users' forms, forms.md 1.6)."""

    __tablename__: ClassVar[str] = "entry"
    __table_args__ = (Index("entry_form", "form"), Index("entry_parent", "parent_table", "parent_id"))
    form: str
    parent_table: str | None = None
    parent_id: int | None = None
    group_name: str | None = None
    key_text: str | None = None


class Change(SQLModel, table=True):
    """One change in the journal: who, when, with which command, and its link in the chain (decisions.md 11, 12)."""

    __tablename__: ClassVar[str] = "change"
    id: int | None = Field(default=None, primary_key=True)
    at: str
    user: str
    command: str
    kind: str
    counts: str = "{}"
    undoes: int | None = None
    reason: str | None = None
    hash: str


class Source(SQLModel, table=True):
    """A sheet that a change read: where a row's values stood is (sheet, column of the field, row of the record)."""

    __tablename__: ClassVar[str] = "source"
    id: int | None = Field(default=None, primary_key=True)
    change_id: int = Field(foreign_key="change.id", index=True)
    file: str
    sha256: str
    sheet: str
    form: str
    layout: str
    columns: str = "{}"


class Journal(SQLModel, table=True):
    """What a change did to a row that was there before: the touched fields' former and new values.

    Rows that a change made carry `made_by` instead. `seal` is salt (8 bytes) and digest, so that erasing a person can
    take the values and leave the chain whole.
    """

    __tablename__: ClassVar[str] = "journal"
    __table_args__ = (Index("journal_row", "table_name", "row_id"), Index("journal_change", "change_id"))
    id: int | None = Field(default=None, primary_key=True)
    change_id: int = Field(foreign_key="change.id")
    table_name: str
    row_id: int
    action: str
    before: str | None = None
    after: str | None = None
    source_id: int | None = None
    source_row: int | None = None
    seal: bytes = Field(sa_type=LargeBinary)


class FormField(SQLModel, table=True):
    """Every field ever written: its labels, type and class outlive its form file (forms.md 4)."""

    __tablename__: ClassVar[str] = "form_field"
    form: str = Field(primary_key=True)
    field: str = Field(primary_key=True)
    version: int
    zh: str
    en: str
    type: str
    pi: str
    mask: str | None = None
    unit: str | None = None
    place: str = Field(default="{}", sa_column_kwargs={"server_default": "{}"})


class LookedUpField(SQLModel, table=True):
    """A field whose values are kept beside the records to be searched (lookup.py)."""

    __tablename__: ClassVar[str] = "looked_up_field"
    __table_args__ = (Index("looked_up_field_place", "table_name", "form", "key", unique=True),)
    id: int | None = Field(default=None, primary_key=True)
    table_name: str
    form: str
    key: str


class LookedUp(SQLModel, table=True):
    """The value of such a field in one record, as `extra` holds it."""

    __tablename__: ClassVar[str] = "looked_up"
    __table_args__ = (Index("looked_up_value", "field", "value"), {"sqlite_with_rowid": False})
    field: int = Field(primary_key=True)
    row_id: int = Field(primary_key=True)
    value: bytes = Field(sa_type=LargeBinary)


class CodeCounter(SQLModel, table=True):
    """The last number given for a prefix; never goes back, not even by undo (decisions.md 8)."""

    __tablename__: ClassVar[str] = "code_counter"
    prefix: str = Field(primary_key=True)
    last: int


class Meta(SQLModel, table=True):
    """Facts of the file itself: `database_id`."""

    __tablename__: ClassVar[str] = "meta"
    name: str = Field(primary_key=True)
    value: str


class Run(SQLModel, table=True):
    """A stored classification with its parameters and summary (R4.10); history is never overwritten.

    `verdicts`: what it says of each customer, packed (verdicts.py). No foreign key holds these customers: a stored run
    is history and does not keep an import from being taken back.
    """

    __tablename__: ClassVar[str] = "run"
    __table_args__ = (Index("run_kind", "fingerprint", "as_of"),)
    id: int | None = Field(default=None, primary_key=True)
    change_id: int = Field(foreign_key="change.id", index=True)
    metric: str
    method: str
    as_of: str
    since: str | None = None
    until: str
    fingerprint: str
    parameters: str = Field(sa_type=Text)
    summary: str = Field(sa_type=Text)
    verdicts: bytes | None = Field(default=None, sa_type=LargeBinary)


metadata = SQLModel.metadata
