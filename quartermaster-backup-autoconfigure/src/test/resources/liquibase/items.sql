--liquibase formatted sql

--changeset test:1
CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL);

--changeset test:2 context:second
CREATE TABLE location (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
UPDATE item SET name = name || ' moved';
