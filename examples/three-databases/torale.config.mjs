/** @type {import('torale').ConfigFile} */
export default {
  // Where this copy of the application keeps its bookmarks; another has DATABASE_URL=postgres://… or mysql://….
  url: 'sqlite:./bookmarks.db',

  // Every revision says what it does on each of these.
  dialects: ['sqlite', 'postgres', 'mysql'],
  target: {
    sqlite: 'schema/sqlite.sql',
    postgres: 'schema/postgres.sql',
    mysql: 'schema/mysql.sql',
  },

  // Where a developer's scratch databases are made. SQLite needs no server for its own: they are in memory.
  scratchUrl: { postgres: 'postgres://postgres@localhost/postgres', mysql: 'mysql://root@localhost/mysql' },
};
