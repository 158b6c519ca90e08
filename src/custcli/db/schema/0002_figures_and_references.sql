-- Covering indexes: classification reads nothing but them (performance.md 4), a customer goes without a search for those who name it.
CREATE INDEX sales_order_figures ON sales_order (customer_id, ordered_on, status, type, currency, amount, cost, quantity);
CREATE INDEX sales_order_other_currency ON sales_order (currency) WHERE currency <> 'CNY';
CREATE INDEX customer_parent ON customer (parent) WHERE parent IS NOT NULL;
CREATE INDEX customer_referred_by ON customer (referred_by) WHERE referred_by IS NOT NULL;
