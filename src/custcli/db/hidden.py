"""By which kind a customer's personal data is hidden."""


def hidden_as(alias: str) -> str:
    """SQL: the customer's kind; of one without a kind that has a prospect card `prospects`, whose form then decides."""
    return f"coalesce({alias}.kind, (SELECT 'prospects' FROM prospect h WHERE h.customer_id = {alias}.id))"
