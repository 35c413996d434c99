/**
 * tags
 *
 * Revision ID: 8b5715513814
 * Revises: d881e5321c53
 * Create Date: 2026-11-21T21:51:57.036Z
 */
import type { Operations } from 'torale';

export const revision = '8b5715513814';
export const downRevision = 'd881e5321c53';
export const branchLabels = null;
export const dependsOn = null;

export async function upgrade(op: Operations): Promise<void> {
  await op.execute({
    sqlite: `ALTER TABLE users RENAME COLUMN name TO full_name`,
    postgres: `ALTER TABLE public.users RENAME COLUMN name TO full_name`,
    mysql: `ALTER TABLE \`users\` RENAME COLUMN \`name\` TO \`full_name\``,
  });
  await op.execute({
    // bookmarks is rebuilt: SQLite cannot change a foreign key in place.
    // Data loss: every value in bookmarks.rating.
    // The name alone: views and triggers stay as they are.
    sqlite: `
      CREATE TABLE torale_new_bookmarks (
        id integer PRIMARY KEY,
        user_id integer NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        url text NOT NULL,
        title text NOT NULL, -- what the page calls itself
        UNIQUE (user_id, url)
      );
      INSERT INTO torale_new_bookmarks (id, user_id, url, title)
      SELECT id, user_id, url, coalesce(title, url) AS title
      FROM bookmarks;
      DROP TABLE bookmarks;
      PRAGMA legacy_alter_table = ON;
      ALTER TABLE torale_new_bookmarks RENAME TO bookmarks;
      PRAGMA legacy_alter_table = OFF;
    `,
    postgres: `ALTER TABLE public.bookmarks DROP CONSTRAINT bookmarks_user_id_fkey`,
    mysql: null,
  });
  await op.execute({
    sqlite: `
      CREATE TABLE tags (
        bookmark_id integer NOT NULL REFERENCES bookmarks (id) ON DELETE CASCADE,
        tag text NOT NULL CHECK (tag = lower(tag)),
        PRIMARY KEY (bookmark_id, tag)
      ) WITHOUT ROWID
    `,
    postgres: `
      CREATE TABLE public.tags (
        bookmark_id bigint NOT NULL REFERENCES public.bookmarks(id) ON DELETE CASCADE,
        tag text NOT NULL,
        PRIMARY KEY (bookmark_id, tag),
        CHECK ((tag = lower(tag)))
      )
    `,
    mysql: null,
  });
  await op.execute({
    sqlite: null,
    postgres: null,
    mysql: `ALTER TABLE \`bookmarks\` DROP FOREIGN KEY \`bookmarks_user\``,
  });
  await op.execute({
    sqlite: null,
    postgres: `UPDATE public.bookmarks SET title = url WHERE title IS NULL`,
    mysql: `UPDATE \`bookmarks\` SET \`title\` = url WHERE \`title\` IS NULL`,
  });
  await op.execute({
    sqlite: null,
    // Fails where a row of public.bookmarks refers to no row of public.users.
    postgres: `
      ALTER TABLE public.bookmarks ALTER COLUMN title SET NOT NULL;
      ALTER TABLE public.bookmarks ADD FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
    `,
    mysql: null,
  });
  await op.execute({
    sqlite: `CREATE INDEX tags_tag ON tags (tag)`,
    postgres: `CREATE INDEX tags_tag ON public.tags USING btree (tag)`,
    mysql: null,
  });
  await op.execute({
    sqlite: null,
    // Data loss: every value in public.bookmarks.rating.
    postgres: `ALTER TABLE public.bookmarks DROP COLUMN rating`,
    // Data loss: every value in bookmarks.rating.
    // Fails where a row of bookmarks has none in users.
    mysql: `
      SET @torale_sql_mode = @@SESSION.sql_mode, SESSION sql_mode = 'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION';
      ALTER TABLE \`bookmarks\`
        MODIFY COLUMN \`title\` varchar(500) NOT NULL COMMENT 'what the page calls itself',
        DROP COLUMN \`rating\`;
      SET SESSION sql_mode = @torale_sql_mode;
      CREATE TABLE \`tags\` (
        \`bookmark_id\` bigint(20) NOT NULL,
        \`tag\` varchar(100) COLLATE utf8mb4_bin NOT NULL,
        PRIMARY KEY (\`bookmark_id\`,\`tag\`),
        KEY \`tags_tag\` (\`tag\`),
        CONSTRAINT \`tags_bookmark\` FOREIGN KEY (\`bookmark_id\`) REFERENCES \`bookmarks\` (\`id\`) ON DELETE CASCADE,
        CONSTRAINT \`tags_tag_check\` CHECK (\`tag\` = lcase(\`tag\`))
      ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
      ALTER TABLE \`bookmarks\` ADD CONSTRAINT \`bookmarks_user\` FOREIGN KEY (\`user_id\`) REFERENCES \`users\` (\`id\`) ON DELETE CASCADE;
    `,
  });
}
