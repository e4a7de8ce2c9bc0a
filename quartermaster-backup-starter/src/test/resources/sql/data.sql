INSERT INTO place (name) VALUES ('cellar');
