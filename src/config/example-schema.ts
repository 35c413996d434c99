import type { DialectName } from '../dialects/names.ts';

const HEAD = `-- The schema you want, whole. Edit it, then let Torale write what takes the database there:
--   torale revision --autogenerate -m "what changes"
--   torale upgrade head
-- These two tables are an example: change them, or put your own in their place.
`;

const EXAMPLES: Readonly<Record<DialectName, string>> = {
  sqlite: `${HEAD}
CREATE TABLE users (
  id integer PRIMARY KEY,
  email text NOT NULL UNIQUE,
  created_at text NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE posts (
  id integer PRIMARY KEY,
  author_id integer NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  title text NOT NULL,
  body text NOT NULL DEFAULT ''
);

-- Posts are looked up by their author.
CREATE INDEX posts_author_id ON posts (author_id);
`,
  postgres: `${HEAD}
CREATE TABLE users (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  email text NOT NULL UNIQUE,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE posts (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  author_id bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  title text NOT NULL,
  body text NOT NULL DEFAULT ''
);

-- Posts are looked up by their author.
CREATE INDEX posts_author_id ON posts (author_id);
`,
  mysql: `${HEAD}
CREATE TABLE users (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  email varchar(320) NOT NULL UNIQUE,
  created_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE posts (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  author_id bigint NOT NULL,
  title varchar(200) NOT NULL,
  body text NOT NULL,
  -- Posts are looked up by their author.
  KEY posts_author_id (author_id)
);
`,
};

/** A small schema to start from, in the words of that kind of database. */
export function exampleSchema(dialect: DialectName): string {
  return EXAMPLES[dialect];
}

/** Whether a text is such an example, whatever its line ends. */
export function isExampleSchema(text: string): boolean {
  return Object.values(EXAMPLES).includes(text.replaceAll('\r\n', '\n'));
}
