DROP TABLE contents;
DROP TABLE catalogue;
DROP TABLE conflicts;
DROP TABLE records;
DROP TABLE documents;
DROP TABLE feed_entries;
DROP TABLE feeds;
DROP TABLE segments;
