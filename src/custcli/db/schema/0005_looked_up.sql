-- Values of fields with `index = true` beside their records (db/lookup.py): JSON functions are not allowed in an index.
CREATE TABLE looked_up_field (
  id INTEGER NOT NULL,
  table_name VARCHAR NOT NULL,
  form VARCHAR NOT NULL,
  "key" VARCHAR NOT NULL,
  PRIMARY KEY (id)
);
CREATE UNIQUE INDEX looked_up_field_place ON looked_up_field (table_name, form, "key");
CREATE TABLE looked_up (
  field INTEGER NOT NULL,
  row_id INTEGER NOT NULL,
  value BLOB NOT NULL,
  PRIMARY KEY (field, row_id)
) WITHOUT ROWID;
CREATE INDEX looked_up_value ON looked_up (field, value);
