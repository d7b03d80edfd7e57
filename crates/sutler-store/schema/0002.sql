-- Version 2. By what names a channel knows the buyer of an order: keyed digests alone, and only where the channel gives any
-- (eBay tells of closed accounts by name). They go when the order is erased.
CREATE TABLE buyer (
    tenant INTEGER NOT NULL, channel INTEGER NOT NULL, name BLOB NOT NULL, order_id INTEGER NOT NULL,
    PRIMARY KEY (tenant, channel, name, order_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX buyer_order ON buyer (order_id);

-- What was asked is forgotten once it is taken; that was not so before.
UPDATE intake SET input = x'' WHERE state <> 0;
