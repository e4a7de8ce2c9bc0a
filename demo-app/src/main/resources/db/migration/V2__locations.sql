CREATE TABLE location (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
);

INSERT INTO location (name) VALUES ('storeroom');

ALTER TABLE item ADD COLUMN location_id INTEGER REFERENCES location (id);

UPDATE item SET location_id = (SELECT id FROM location WHERE name = 'storeroom');
