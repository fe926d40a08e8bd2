ALTER TABLE identity DROP COLUMN papers;
