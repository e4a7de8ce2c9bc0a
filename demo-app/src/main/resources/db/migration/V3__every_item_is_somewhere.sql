-- SQLite cannot add NOT NULL to a column, so the table is made anew.
CREATE TABLE item_somewhere (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  quantity INTEGER NOT NULL DEFAULT 0 CHECK (quantity >= 0),
  location_id INTEGER NOT NULL REFERENCES location (id)
);

INSERT INTO item_somewhere (id, name, quantity, location_id)
SELECT id, name, quantity, location_id FROM item;

DROP TABLE item;

ALTER TABLE item_somewhere RENAME TO item;

CREATE INDEX item_by_location ON item (location_id);
