CREATE TABLE users (
  id bigint AUTO_INCREMENT PRIMARY KEY,
  full_name varchar(200) NOT NULL,
  email varchar(254) NOT NULL,
  UNIQUE KEY users_email (email)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE TABLE bookmarks (
  id bigint AUTO_INCREMENT PRIMARY KEY,
  user_id bigint NOT NULL,
  url varchar(500) COLLATE utf8mb4_bin NOT NULL,
  title varchar(500) NOT NULL COMMENT 'what the page calls itself',
  UNIQUE KEY bookmarks_user_url (user_id, url),
  CONSTRAINT bookmarks_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE TABLE tags (
  bookmark_id bigint NOT NULL,
  tag varchar(100) COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (bookmark_id, tag),
  KEY tags_tag (tag),
  CONSTRAINT tags_bookmark FOREIGN KEY (bookmark_id) REFERENCES bookmarks (id) ON DELETE CASCADE,
  CONSTRAINT tags_tag_check CHECK (tag = lower(tag))
) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- SQLite looks through all of them, which is quick enough for one person's bookmarks.
CREATE FULLTEXT INDEX bookmarks_search ON bookmarks (title);
