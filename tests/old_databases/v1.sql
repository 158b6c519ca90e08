-- A database as the first release made it: schema version 1, one change, one customer.
PRAGMA application_id = 1129665364;
PRAGMA user_version = 1;
-- The first schema: dossiers, registers, journal, runs.
CREATE TABLE change (
  id INTEGER NOT NULL,
  at VARCHAR NOT NULL,
  user VARCHAR NOT NULL,
  command VARCHAR NOT NULL,
  kind VARCHAR NOT NULL,
  counts VARCHAR NOT NULL,
  undoes INTEGER,
  reason VARCHAR,
  hash VARCHAR NOT NULL,
  PRIMARY KEY (id)
);
CREATE TABLE code_counter (
  prefix VARCHAR NOT NULL,
  last INTEGER NOT NULL,
  PRIMARY KEY (prefix)
);
CREATE TABLE form_field (
  form VARCHAR NOT NULL,
  field VARCHAR NOT NULL,
  version INTEGER NOT NULL,
  zh VARCHAR NOT NULL,
  en VARCHAR NOT NULL,
  type VARCHAR NOT NULL,
  pi VARCHAR NOT NULL,
  mask VARCHAR,
  unit VARCHAR,
  PRIMARY KEY (form, field)
);
CREATE TABLE meta (
  name VARCHAR NOT NULL,
  value VARCHAR NOT NULL,
  PRIMARY KEY (name)
);
CREATE TABLE contact (
  id INTEGER NOT NULL,
  made_by INTEGER NOT NULL,
  source_id INTEGER,
  source_row INTEGER,
  extra VARCHAR NOT NULL,
  name VARCHAR,
  gender VARCHAR,
  id_no VARCHAR,
  birth_date VARCHAR,
  title VARCHAR,
  department VARCHAR,
  phone VARCHAR,
  mobile VARCHAR,
  email VARCHAR,
  PRIMARY KEY (id),
  FOREIGN KEY(made_by) REFERENCES change (id)
);
CREATE INDEX contact_id_no ON contact (id_no);
CREATE TABLE customer (
  id INTEGER NOT NULL,
  made_by INTEGER NOT NULL,
  source_id INTEGER,
  source_row INTEGER,
  extra VARCHAR NOT NULL,
  code VARCHAR NOT NULL,
  name VARCHAR NOT NULL,
  name_key VARCHAR NOT NULL,
  kind VARCHAR,
  state VARCHAR NOT NULL,
  market_role VARCHAR,
  status VARCHAR,
  current_stage VARCHAR,
  region VARCHAR,
  county VARCHAR,
  owner VARCHAR,
  branch VARCHAR,
  source_channel VARCHAR,
  source_detail VARCHAR,
  referred_by BIGINT,
  parent BIGINT,
  reputation VARCHAR,
  triage VARCHAR,
  is_key INTEGER,
  key_reason VARCHAR,
  credit_grade VARCHAR,
  tags VARCHAR,
  photo_path VARCHAR,
  filled_by VARCHAR,
  filled_on VARCHAR,
  verified_on VARCHAR,
  phone VARCHAR,
  mobile VARCHAR,
  email VARCHAR,
  home_phone VARCHAR,
  business_address VARCHAR,
  mailing_address VARCHAR,
  uscc VARCHAR,
  id_no VARCHAR,
  birth_date VARCHAR,
  industry VARCHAR,
  nature VARCHAR,
  note VARCHAR,
  PRIMARY KEY (id),
  UNIQUE (code),
  CONSTRAINT customer_code_length CHECK (length(code) between 1 and 64),
  CONSTRAINT customer_name_length CHECK (length(name) between 1 and 200),
  FOREIGN KEY(made_by) REFERENCES change (id),
  FOREIGN KEY(referred_by) REFERENCES customer (id),
  FOREIGN KEY(parent) REFERENCES customer (id)
);
CREATE INDEX customer_id_no ON customer (id_no);
CREATE INDEX customer_mobile ON customer (mobile);
CREATE INDEX customer_name_key ON customer (name_key, region);
CREATE INDEX customer_uscc ON customer (uscc);
CREATE TABLE entry (
  id INTEGER NOT NULL,
  made_by INTEGER NOT NULL,
  source_id INTEGER,
  source_row INTEGER,
  extra VARCHAR NOT NULL,
  form VARCHAR NOT NULL,
  parent_table VARCHAR,
  parent_id INTEGER,
  group_name VARCHAR,
  key_text VARCHAR,
  PRIMARY KEY (id),
  FOREIGN KEY(made_by) REFERENCES change (id)
);
CREATE INDEX entry_form ON entry (form);
CREATE INDEX entry_parent ON entry (parent_table, parent_id);
CREATE TABLE journal (
  id INTEGER NOT NULL,
  change_id INTEGER NOT NULL,
  table_name VARCHAR NOT NULL,
  row_id INTEGER NOT NULL,
  action VARCHAR NOT NULL,
  "before" VARCHAR,
  "after" VARCHAR,
  source_id INTEGER,
  source_row INTEGER,
  seal BLOB NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY(change_id) REFERENCES change (id)
);
CREATE INDEX journal_change ON journal (change_id);
CREATE INDEX journal_row ON journal (table_name, row_id);
CREATE TABLE run (
  id INTEGER NOT NULL,
  change_id INTEGER NOT NULL,
  metric VARCHAR NOT NULL,
  method VARCHAR NOT NULL,
  as_of VARCHAR NOT NULL,
  since VARCHAR,
  until VARCHAR NOT NULL,
  fingerprint VARCHAR NOT NULL,
  parameters TEXT NOT NULL,
  summary TEXT NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY(change_id) REFERENCES change (id)
);
CREATE INDEX ix_run_change_id ON run (change_id);
CREATE INDEX run_kind ON run (fingerprint, as_of);
CREATE TABLE source (
  id INTEGER NOT NULL,
  change_id INTEGER NOT NULL,
  file VARCHAR NOT NULL,
  sha256 VARCHAR NOT NULL,
  sheet VARCHAR NOT NULL,
  form VARCHAR NOT NULL,
  layout VARCHAR NOT NULL,
  columns VARCHAR NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY(change_id) REFERENCES change (id)
);
CREATE INDEX ix_source_change_id ON source (change_id);
CREATE TABLE contact_role (
  id INTEGER NOT NULL,
  made_by INTEGER NOT NULL,
  source_id INTEGER,
  source_row INTEGER,
  extra VARCHAR NOT NULL,
  customer_id BIGINT NOT NULL,
  contact_id BIGINT NOT NULL,
  role VARCHAR NOT NULL,
  since VARCHAR,
  until VARCHAR,
  PRIMARY KEY (id),
  FOREIGN KEY(made_by) REFERENCES change (id),
  FOREIGN KEY(customer_id) REFERENCES customer (id),
  FOREIGN KEY(contact_id) REFERENCES contact (id)
);
CREATE INDEX contact_role_contact ON contact_role (contact_id);
CREATE INDEX contact_role_customer ON contact_role (customer_id, role);
CREATE TABLE man_letter (
  id INTEGER NOT NULL,
  made_by INTEGER NOT NULL,
  source_id INTEGER,
  source_row INTEGER,
  extra VARCHAR NOT NULL,
  customer_id BIGINT NOT NULL,
  letter VARCHAR NOT NULL,
  assessed_on VARCHAR NOT NULL,
  verdict VARCHAR,
  score INTEGER,
  evidence VARCHAR,
  PRIMARY KEY (id),
  UNIQUE (customer_id, letter, assessed_on),
  CONSTRAINT man_letter_letter CHECK (letter in ('money', 'authority', 'need')),
  CONSTRAINT man_letter_verdict CHECK (verdict in ('yes', 'no', 'unknown')),
  CONSTRAINT man_letter_score CHECK (score between 0 and 100),
  FOREIGN KEY(made_by) REFERENCES change (id),
  FOREIGN KEY(customer_id) REFERENCES customer (id)
);
CREATE TABLE payment (
  id INTEGER NOT NULL,
  made_by INTEGER NOT NULL,
  source_id INTEGER,
  source_row INTEGER,
  extra VARCHAR NOT NULL,
  payment_no VARCHAR,
  customer_id BIGINT NOT NULL,
  paid_on VARCHAR NOT NULL,
  amount BIGINT NOT NULL,
  currency VARCHAR NOT NULL,
  method VARCHAR,
  matures_on VARCHAR,
  order_no VARCHAR,
  note VARCHAR,
  PRIMARY KEY (id),
  UNIQUE (payment_no),
  CONSTRAINT payment_amount_positive CHECK (typeof(amount) = 'integer' and amount > 0),
  FOREIGN KEY(made_by) REFERENCES change (id),
  FOREIGN KEY(customer_id) REFERENCES customer (id)
);
CREATE INDEX payment_figures ON payment (customer_id, paid_on, amount, currency);
CREATE TABLE prospect (
  id INTEGER NOT NULL,
  made_by INTEGER NOT NULL,
  source_id INTEGER,
  source_row INTEGER,
  extra VARCHAR NOT NULL,
  customer_id BIGINT NOT NULL,
  stage VARCHAR,
  expected_close VARCHAR,
  expected_amount BIGINT,
  interest VARCHAR,
  occupation VARCHAR,
  income VARCHAR,
  address VARCHAR,
  next_follow_up VARCHAR,
  gender VARCHAR,
  age INTEGER,
  urgency VARCHAR,
  PRIMARY KEY (id),
  UNIQUE (customer_id),
  FOREIGN KEY(made_by) REFERENCES change (id),
  FOREIGN KEY(customer_id) REFERENCES customer (id)
);
CREATE TABLE run_row (
  run_id INTEGER NOT NULL,
  customer_id INTEGER NOT NULL,
  rank INTEGER NOT NULL,
  amount BIGINT NOT NULL,
  abc VARCHAR NOT NULL,
  tier VARCHAR NOT NULL,
  basis VARCHAR NOT NULL,
  PRIMARY KEY (run_id, customer_id),
  FOREIGN KEY(run_id) REFERENCES run (id)
) WITHOUT ROWID;
CREATE TABLE sales_order (
  id INTEGER NOT NULL,
  made_by INTEGER NOT NULL,
  source_id INTEGER,
  source_row INTEGER,
  extra VARCHAR NOT NULL,
  order_no VARCHAR,
  customer_id BIGINT NOT NULL,
  ordered_on VARCHAR NOT NULL,
  type VARCHAR NOT NULL,
  status VARCHAR NOT NULL,
  amount BIGINT,
  cost BIGINT,
  quantity BIGINT,
  currency VARCHAR NOT NULL,
  channel VARCHAR,
  pay_method VARCHAR,
  campaign VARCHAR,
  delivered_on VARCHAR,
  accepted_on VARCHAR,
  due_on VARCHAR,
  note VARCHAR,
  PRIMARY KEY (id),
  UNIQUE (order_no),
  CONSTRAINT sales_order_amount_exact CHECK (typeof(amount) in ('integer', 'null')),
  CONSTRAINT sales_order_day CHECK (length(ordered_on) = 10),
  FOREIGN KEY(made_by) REFERENCES change (id),
  FOREIGN KEY(customer_id) REFERENCES customer (id)
);
CREATE TABLE yearly_sales (
  id INTEGER NOT NULL,
  made_by INTEGER NOT NULL,
  source_id INTEGER,
  source_row INTEGER,
  extra VARCHAR NOT NULL,
  customer_id BIGINT NOT NULL,
  year INTEGER NOT NULL,
  amount BIGINT,
  quantity BIGINT,
  dead_amount BIGINT,
  consigned_amount BIGINT,
  PRIMARY KEY (id),
  UNIQUE (customer_id, year),
  CONSTRAINT yearly_sales_year CHECK (year between 1900 and 2200),
  FOREIGN KEY(made_by) REFERENCES change (id),
  FOREIGN KEY(customer_id) REFERENCES customer (id)
);
CREATE TABLE order_line (
  id INTEGER NOT NULL,
  made_by INTEGER NOT NULL,
  source_id INTEGER,
  source_row INTEGER,
  extra VARCHAR NOT NULL,
  order_id BIGINT NOT NULL,
  line_no INTEGER NOT NULL,
  product VARCHAR,
  brand VARCHAR,
  spec VARCHAR,
  quantity BIGINT,
  unit_price BIGINT,
  amount BIGINT,
  cost BIGINT,
  discount BIGINT,
  gift VARCHAR,
  PRIMARY KEY (id),
  UNIQUE (order_id, line_no),
  FOREIGN KEY(made_by) REFERENCES change (id),
  FOREIGN KEY(order_id) REFERENCES sales_order (id)
);
INSERT INTO meta VALUES ('database_id', '0123456789abcdef');
INSERT INTO change VALUES (1, '2026-01-05T08:00:00+00:00', 'li', 'import', 'data', '{}', NULL, NULL, 'x');
INSERT INTO customer (id, made_by, extra, code, name, name_key, state) VALUES (1, 1, '{}', 'K1', '华东机械', '华东机械', 'active');
INSERT INTO sales_order (id, made_by, extra, customer_id, ordered_on, type, status, amount, currency) VALUES (1, 1, '{}', 1, '2026-01-05', 'sale', 'done', 120000, 'CNY');
INSERT INTO run VALUES (1, 1, 'value', 'abc', '2026-01-31', NULL, '2026-01-31', 'f', '{}', '{}');
INSERT INTO run_row VALUES (1, 1, 2, 120000, 'B', 'small', 'orders'), (1, 9, 1, 99999999990000, 'A', 'key', 'dossier');
INSERT INTO run VALUES (2, 1, 'orders', 'pyramid', '2026-01-31', NULL, '2026-01-31', 'g', '{}', '{}');
