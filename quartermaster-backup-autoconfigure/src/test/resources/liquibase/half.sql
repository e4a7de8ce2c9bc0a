--liquibase formatted sql

--changeset test:half runInTransaction:false
CREATE TABLE half (name TEXT);
INSERT INTO nowhere (name) VALUES ('lost');
