--liquibase formatted sql

--changeset test:always runAlways:true
CREATE TABLE IF NOT EXISTS note (text TEXT);
DELETE FROM item;
