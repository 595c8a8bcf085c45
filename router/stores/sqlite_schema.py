"""The tables of a cache that is one SQLite file. How much is there is kept up by triggers, in the transaction that
changes it: exact for several processes at once, and after a crash."""

APPLICATION = 0x54414E43
"""How the file says what it is (`PRAGMA application_id`)."""

VERSION = 1
"""How the file says which tables it has (`PRAGMA user_version`)."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant TEXT NOT NULL, policy TEXT NOT NULL, key TEXT NOT NULL,
    rank INTEGER NOT NULL, made_s REAL NOT NULL, until_s REAL NOT NULL, value BLOB NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS by_place ON entries (tenant, policy, key);
CREATE INDEX IF NOT EXISTS by_tenant ON entries (tenant, number);
CREATE INDEX IF NOT EXISTS by_end ON entries (until_s);
CREATE TABLE IF NOT EXISTS sums (tenant TEXT PRIMARY KEY, entries INTEGER NOT NULL, bytes INTEGER NOT NULL);
CREATE TRIGGER IF NOT EXISTS put AFTER INSERT ON entries BEGIN
    INSERT INTO sums VALUES (new.tenant, 1, length(new.value))
        ON CONFLICT DO UPDATE SET entries = entries + 1, bytes = bytes + length(new.value);
    INSERT INTO sums VALUES (x'', 1, length(new.value))
        ON CONFLICT DO UPDATE SET entries = entries + 1, bytes = bytes + length(new.value);
END;
CREATE TRIGGER IF NOT EXISTS gone AFTER DELETE ON entries BEGIN
    UPDATE sums SET entries = entries - 1, bytes = bytes - length(old.value) WHERE tenant IN (old.tenant, x'');
    DELETE FROM sums WHERE tenant = old.tenant AND entries = 0;
END;
"""
"""`sums` has a row for each tenant, and one for all, whose name is no text."""

CREATE = f"BEGIN IMMEDIATE; {SCHEMA} PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {VERSION}; COMMIT"
"""All of it or nothing."""

ALL = b""

FIND = "SELECT value FROM entries WHERE tenant = ? AND policy = ? AND key = ? AND until_s > ?"
FIND_RANK = "SELECT rank FROM entries WHERE tenant = ? AND policy = ? AND key = ? AND until_s > ?"
REMOVE = "DELETE FROM entries WHERE tenant = ? AND policy = ? AND key = ?"
PUT = "INSERT INTO entries (tenant, policy, key, rank, made_s, until_s, value) VALUES (?, ?, ?, ?, ?, ?, ?)"

REMOVE_ENDED = "DELETE FROM entries WHERE number IN (SELECT number FROM entries WHERE until_s <= ? LIMIT 64)"
"""A few at a time, with each that is put: nobody waits for a whole sweep."""

SUM = "SELECT entries, bytes FROM sums WHERE tenant = ?"
REMOVE_OLDEST = "DELETE FROM entries WHERE number = (SELECT min(number) FROM entries)"
REMOVE_OLDEST_OF = "DELETE FROM entries WHERE number = (SELECT min(number) FROM entries WHERE tenant = ?)"

FORGET = """
DELETE FROM entries WHERE number IN (
    SELECT number FROM entries
    WHERE (?1 IS NULL OR tenant = ?1) AND (?2 IS NULL OR policy = ?2) AND (?3 IS NULL OR made_s < ?3) LIMIT 1000
)
"""
"""Some of those that are meant; run until it finds none."""
