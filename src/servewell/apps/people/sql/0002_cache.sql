-- The cache that all web processes share (used second factors, failed sign-ins): what Django's DatabaseCache expects.
-- Neither table has to survive a crash, so neither is written to the log.
CREATE UNLOGGED TABLE people_cache (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamptz NOT NULL
);
CREATE INDEX people_cache_expires ON people_cache (expires);
ALTER TABLE people_ratebucket SET UNLOGGED;
