--liquibase formatted sql

--changeset test:on-change runOnChange:true
DELETE FROM item WHERE name = '${unwanted}';
