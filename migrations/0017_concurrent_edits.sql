-- What somebody else changed in a record while it was written: labels, found when it was read back.
ALTER TABLE items ADD COLUMN concurrent_edits TEXT NOT NULL DEFAULT '[]'
    CHECK (json_valid(concurrent_edits));
