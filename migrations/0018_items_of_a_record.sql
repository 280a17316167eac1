-- What else was proposed about a record: asked before the end of a write is told to its repeat.
CREATE INDEX items_of_record ON items (record_id, resource, connection_id)
WHERE record_id IS NOT NULL;
