CREATE TABLE users (
  id integer PRIMARY KEY,
  full_name text NOT NULL,
  email text NOT NULL UNIQUE COLLATE NOCASE
);

CREATE TABLE bookmarks (
  id integer PRIMARY KEY,
  user_id integer NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  url text NOT NULL,
  title text NOT NULL, -- what the page calls itself
  UNIQUE (user_id, url)
);

CREATE TABLE tags (
  bookmark_id integer NOT NULL REFERENCES bookmarks (id) ON DELETE CASCADE,
  tag text NOT NULL CHECK (tag = lower(tag)),
  PRIMARY KEY (bookmark_id, tag)
) WITHOUT ROWID;

CREATE INDEX tags_tag ON tags (tag);
