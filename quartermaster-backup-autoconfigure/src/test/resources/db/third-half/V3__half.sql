CREATE TABLE half (name TEXT);
INSERT INTO no_such_table (name) VALUES ('never');
