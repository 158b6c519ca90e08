-- A small company for the tests of list, show and export: one record of every kind, and names that would do harm.
INSERT INTO customer (id, made_by, extra, code, name, name_key, kind, state, region, owner, phone, mobile, business_address, note, filled_by, filled_on, is_key, reputation)
VALUES
 (1, 1, '{"product_since":"2019-01-01","product_since_precision":"year","product_lines":"[\"啤酒\",\"白酒\"]","downstream_count":120}',
  'C-000001', '华东商行', '华东商行', 'wholesale', 'active', '华东', '王敏', '0571-88880000', '13800138000', '杭州市西湖区文三路1号', '=SUM(A1)', '王敏', '2026-01-15', 1, '4'),
 (3, 1, '{"account":"6222021234567890","tax_rate":1300,"employees":80}', 'C-000003', '100%_公司', '100%_公司', 'enterprise', 'active', '华北', '赵强', NULL, NULL, NULL, '<b>粗</b> [red]红[/red]', NULL, NULL, 0, '5'),
 (5, 1, '{}', 'C-000005', 'Robert''); DROP TABLE customer;--', 'x', 'wholesale', 'active', '华北', '王敏', NULL, '13700137000', '1', '" OR 1=1 --', NULL, NULL, NULL, NULL);
INSERT INTO customer (id, made_by, extra, code, name, name_key, kind, state, region, mobile, birth_date, id_no, referred_by)
VALUES (2, 1, '{"gender":"male","home_address":"上海市徐汇区漕溪北路88号","annual_income":1200000000}',
  'C-000002', '王小明', '王小明', 'individual', 'active', '华东', '13912345678', '1990-05-17', '110101199005170016', 1);
INSERT INTO customer (id, made_by, extra, code, name, name_key, state, status, mobile, source_channel)
VALUES (4, 1, '{}', 'C-000004', '陈潜', '陈潜', 'active', 'potential', '13600136000', 'exhibition');
INSERT INTO contact (id, made_by, extra, name, id_no, title, mobile) VALUES
 (1, 1, '{}', '张三', '110101198001010010', NULL, NULL), (2, 1, '{}', '李四', NULL, '经理', '13511112222'),
 (3, 1, '{}', '旧人', NULL, NULL, NULL), (4, 1, '{}', '王一', NULL, NULL, NULL), (5, 1, '{}', '王二', NULL, NULL, NULL);
INSERT INTO contact_role (id, made_by, extra, customer_id, contact_id, role, until) VALUES
 (1, 1, '{}', 1, 1, 'legal_rep', NULL), (2, 1, '{}', 1, 3, 'contact', '2025-01-01'), (3, 1, '{}', 1, 2, 'contact', NULL),
 (4, 1, '{}', 2, 4, 'child', NULL), (5, 1, '{}', 2, 5, 'child', NULL);
INSERT INTO yearly_sales (id, made_by, extra, customer_id, year, amount, quantity) VALUES
 (1, 1, '{}', 1, 2024, 12500000000, 30000), (2, 1, '{}', 1, 2025, 9999999999, NULL), (3, 1, '{}', 5, 2025, 5000000000, NULL);
INSERT INTO prospect (id, made_by, extra, customer_id, stage, expected_amount, address, next_follow_up)
VALUES (1, 1, '{"willing_1":1}', 4, 'demo', 3000000000, '北京市朝阳区建国路1号', '2026-04-01');
INSERT INTO man_letter (id, made_by, extra, customer_id, letter, assessed_on, verdict, evidence) VALUES
 (1, 1, '{}', 4, 'money', '2026-01-10', 'no', NULL), (2, 1, '{}', 4, 'money', '2026-03-01', 'yes', '付了定金'),
 (3, 1, '{}', 4, 'authority', '2026-01-10', 'yes', NULL);
INSERT INTO sales_order (id, made_by, extra, order_no, customer_id, ordered_on, type, status, amount, cost, quantity, currency) VALUES
 (1, 1, '{}', 'S-2', 1, '2026-02-01', 'sale', 'done', 12345678, 10000000, 20000, 'CNY'),
 (2, 1, '{}', 'S-1', 1, '2026-01-05', 'sale', 'done', 1000000, NULL, 10000, 'CNY'),
 (3, 1, '{}', NULL, 2, '2026-02-01', 'return', 'done', -50000, NULL, NULL, 'CNY');
INSERT INTO order_line (id, made_by, extra, order_id, line_no, product, quantity, unit_price, amount, discount) VALUES
 (1, 1, '{}', 1, 2, '白酒', 10000, 2345678, 2345678, 9500), (2, 1, '{}', 1, 1, '啤酒', 10000, 10000000, 10000000, NULL);
INSERT INTO payment (id, made_by, extra, payment_no, customer_id, paid_on, amount, currency) VALUES
 (1, 1, '{}', 'P-1', 1, '2026-02-20', 5000000, 'CNY');
INSERT INTO run (id, change_id, metric, method, as_of, since, until, fingerprint, parameters, summary, verdicts) SELECT
 1, 1, 'value', 'abc', '2026-02-28', '2025-03-01', '2026-02-28', 'x', '{}', '{}', custcli_verdicts(1, 1, 13345678, 'A', 'key', 'orders');
