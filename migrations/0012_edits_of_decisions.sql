-- An approval with edits was told from its repetition by what was shown alone, so another set of
-- edits got the first answer. A digest of the edits tells them apart.
ALTER TABLE decisions ADD COLUMN edits BLOB CHECK (edits IS NULL OR length(edits) = 32);
