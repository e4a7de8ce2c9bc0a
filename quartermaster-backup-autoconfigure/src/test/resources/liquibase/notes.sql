--liquibase formatted sql

--changeset test:1
CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL);
