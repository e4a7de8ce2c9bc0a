CREATE TABLE location (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
UPDATE item SET name = name || ' moved';
