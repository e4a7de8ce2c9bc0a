--liquibase formatted sql

--changeset inventory:1
ALTER TABLE item ADD COLUMN place VARCHAR(255);
