-- The verdicts of a run as one packed value (db/verdicts.py): a tenth of the size of a row for each customer.
ALTER TABLE run ADD COLUMN verdicts BLOB;
UPDATE run SET verdicts = (SELECT custcli_verdicts(customer_id, rank, amount, abc, tier, basis) FROM run_row WHERE run_id = run.id);
DROP TABLE run_row;
