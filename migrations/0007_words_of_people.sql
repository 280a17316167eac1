-- What people say about sends that reading could not tell anything about: the permits they give and
-- the ends they declare rest on these rows. And whether a person gave up the rest of a proposal: an
-- item that failed on the way then no longer keeps it open.

CREATE TABLE resolutions (
    id INTEGER PRIMARY KEY,
    item_id BLOB NOT NULL REFERENCES items (id) ON DELETE CASCADE,
    attempt INTEGER NOT NULL,
    person BLOB NOT NULL,
    name TEXT NOT NULL,
    resolution TEXT NOT NULL CHECK (
        resolution IN ('applied', 'not_applied', 'give_up', 'skip_rest')
    ),
    follow_up TEXT CHECK (follow_up IN ('send_again', 'close')),
    resource_id TEXT,
    reason TEXT NOT NULL,
    at INTEGER NOT NULL,
    step_up_at INTEGER,
    CHECK ((resolution = 'not_applied') = (follow_up IS NOT NULL))
) STRICT;

CREATE INDEX resolutions_of_item ON resolutions (item_id, id);

ALTER TABLE proposals ADD COLUMN rest_left_at INTEGER;
