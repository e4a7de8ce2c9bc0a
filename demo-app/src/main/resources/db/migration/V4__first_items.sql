INSERT INTO location (name) VALUES ('workshop');

INSERT INTO item (name, quantity, location_id)
SELECT 'lantern', 4, id FROM location WHERE name = 'storeroom';

INSERT INTO item (name, quantity, location_id)
SELECT 'rope, 20 m', 2, id FROM location WHERE name = 'storeroom';

INSERT INTO item (name, quantity, location_id)
SELECT 'hammer', 3, id FROM location WHERE name = 'workshop';
