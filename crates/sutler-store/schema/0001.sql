-- Version 1. A tenant is part of every key: as a column where a key is text, as the high bits of the row id where it is
-- a number (row id = tenant * 2^40 + the number the port shows), so that no key of one tenant can name a row of another.
-- Ids are sequential: a random key would dirty a page of every table for each order. Instants are milliseconds UTC.

CREATE TABLE tenant (
    id          INTEGER PRIMARY KEY,
    name        TEXT NOT NULL UNIQUE,
    digest_key  BLOB NOT NULL               -- of the keyed digests of raw payloads
) STRICT;

CREATE TABLE channel (
    id          INTEGER PRIMARY KEY,
    tenant      INTEGER NOT NULL,
    name        TEXT NOT NULL,
    marketplace TEXT,                       -- null: named by a row, never put
    seller      TEXT,
    epoch       INTEGER,
    holder      TEXT,
    lease_until INTEGER,
    UNIQUE (tenant, name)
) STRICT;

CREATE TABLE orders (
    id           INTEGER PRIMARY KEY,       -- tenant in the high bits
    tenant       INTEGER NOT NULL,
    channel      INTEGER NOT NULL,
    ext          TEXT NOT NULL,             -- the channel's own order id, here and in this index alone
    phase        INTEGER NOT NULL,
    placed_at    INTEGER NOT NULL,
    due_at       INTEGER,
    at_risk_at   INTEGER,
    amount       INTEGER NOT NULL,          -- major units * 10000; the least integer where there is no total
    swept        INTEGER NOT NULL,          -- 1: open, and ours to ship
    acknowledged INTEGER NOT NULL,
    acknowledged_at INTEGER,                -- as the version, here and not in the state
    exceptions   INTEGER NOT NULL,          -- 1: has one
    skus         INTEGER NOT NULL,          -- a hash of its SKUs: line_sku changes only when this does
    version      INTEGER NOT NULL,          -- its last journal entry; here and not in the state, because it moves alone
    head         BLOB NOT NULL,             -- total, holds and number of lines, for a list
    state        BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX orders_identity ON orders (tenant, channel, ext);
CREATE INDEX orders_placed ON orders (tenant, channel, phase, placed_at);
CREATE INDEX orders_due ON orders (tenant, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX orders_amount ON orders (tenant, phase, amount) WHERE phase < 4;
CREATE INDEX orders_exceptions ON orders (tenant, placed_at) WHERE exceptions = 1;
CREATE INDEX orders_swept ON orders (tenant, channel) WHERE swept = 1;

-- What moves with every look at an order, apart from the wide row.
CREATE TABLE look (
    order_id INTEGER PRIMARY KEY,
    at       INTEGER NOT NULL
) STRICT;

CREATE TABLE line_sku (
    tenant INTEGER NOT NULL, sku TEXT NOT NULL, placed_at INTEGER NOT NULL, order_id INTEGER NOT NULL,
    PRIMARY KEY (tenant, sku, placed_at, order_id)
) STRICT, WITHOUT ROWID;

-- Held orders by reason, and by the SKUs they want.
CREATE TABLE hold (
    tenant INTEGER NOT NULL, reason TEXT NOT NULL, placed_at INTEGER NOT NULL, order_id INTEGER NOT NULL,
    PRIMARY KEY (tenant, reason, placed_at, order_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE waiting (
    tenant INTEGER NOT NULL, sku TEXT NOT NULL, placed_at INTEGER NOT NULL, order_id INTEGER NOT NULL,
    PRIMARY KEY (tenant, sku, placed_at, order_id)
) STRICT, WITHOUT ROWID;

-- The only table with personal values. Erasing an order drops its data key, and the body.
CREATE TABLE personal (
    order_id INTEGER PRIMARY KEY,
    digest   BLOB NOT NULL,                 -- of the payload, keyed; first, because every re-read looks at it
    data_key BLOB,                          -- null: the body is not encrypted
    state    INTEGER NOT NULL,              -- 0: kept
    dict     INTEGER NOT NULL,              -- the dictionary the body is compressed with; 0: none
    body     BLOB NOT NULL                  -- address and raw payload, compressed as one
) STRICT;

CREATE TABLE tally (
    tenant INTEGER NOT NULL, channel INTEGER NOT NULL,
    phase  INTEGER NOT NULL,                -- -1: acknowledged, whatever the phase
    orders INTEGER NOT NULL,
    PRIMARY KEY (tenant, channel, phase)
) STRICT, WITHOUT ROWID;

CREATE TABLE journal (
    seq      INTEGER PRIMARY KEY,           -- tenant in the high bits; one writer, so this is commit order
    order_id INTEGER,
    prev     INTEGER NOT NULL,              -- the order's entry before; 0 at the first
    channel  INTEGER,
    kind     INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    body     BLOB NOT NULL
) STRICT;

-- By subject first: an order's commands stand together, because their subjects begin with its id.
CREATE TABLE command (
    tenant INTEGER NOT NULL, channel INTEGER NOT NULL, subject TEXT NOT NULL,
    verb   INTEGER NOT NULL, ordinal INTEGER NOT NULL,
    order_id    INTEGER,
    state       INTEGER NOT NULL,
    latest_safe INTEGER NOT NULL,
    body        BLOB NOT NULL,
    PRIMARY KEY (tenant, channel, subject, verb, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX command_open ON command (tenant, channel, state, latest_safe, verb, subject, ordinal) WHERE state < 5;

CREATE TABLE open_target (
    tenant INTEGER NOT NULL, channel INTEGER NOT NULL, target TEXT NOT NULL,
    verb   INTEGER NOT NULL, subject TEXT NOT NULL, ordinal INTEGER NOT NULL,
    PRIMARY KEY (tenant, channel, target)
) STRICT, WITHOUT ROWID;

CREATE TABLE item (
    tenant INTEGER NOT NULL, sku TEXT NOT NULL,
    counted INTEGER, as_of INTEGER NOT NULL,
    departed INTEGER NOT NULL, demand INTEGER NOT NULL, allocated INTEGER NOT NULL,
    PRIMARY KEY (tenant, sku)
) STRICT, WITHOUT ROWID;
CREATE TABLE departure (
    tenant INTEGER NOT NULL, sku TEXT NOT NULL, at INTEGER NOT NULL, units INTEGER NOT NULL,
    PRIMARY KEY (tenant, sku, at)
) STRICT, WITHOUT ROWID;
CREATE TABLE listing (
    tenant INTEGER NOT NULL, channel INTEGER NOT NULL, sku TEXT NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (tenant, channel, sku)
) STRICT, WITHOUT ROWID;

CREATE TABLE stream (
    tenant INTEGER NOT NULL, channel INTEGER NOT NULL, name TEXT NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (tenant, channel, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE intake (
    id      INTEGER PRIMARY KEY,            -- tenant in the high bits
    at      INTEGER NOT NULL,
    state   INTEGER NOT NULL,               -- 0 waiting, 1 done, 2 refused
    input   BLOB NOT NULL,
    outcome TEXT NOT NULL
) STRICT;
CREATE INDEX intake_waiting ON intake (state) WHERE state = 0;

CREATE TABLE note (
    tenant INTEGER NOT NULL, name TEXT NOT NULL, value BLOB NOT NULL,
    PRIMARY KEY (tenant, name)
) STRICT, WITHOUT ROWID;
