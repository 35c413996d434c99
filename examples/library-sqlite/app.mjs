// A notebook for the command line. It upgrades its own database whenever it starts:
//   node app.mjs "Buy milk"    adds a note
//   node app.mjs               lists them
import { fileURLToPath } from 'node:url';
import BetterSqlite3 from 'better-sqlite3';
import { upgrade } from 'torale';

const file = process.env.NOTES_DB ?? 'notes.db';

// With `auto`, a server database would be left to the deploy step; SQLite is upgraded here.
await upgrade({
  url: `sqlite:${file}`,
  versions: fileURLToPath(new URL('versions', import.meta.url)),
  auto: true,
  onEvent(event) {
    if (event.type === 'revision-applied') console.error(`upgraded: ${event.step.message}`);
  },
});

const db = new BetterSqlite3(file);
const [text] = process.argv.slice(2);
if (text !== undefined) db.prepare('INSERT INTO notes (text) VALUES (?)').run(text);
for (const note of db.prepare('SELECT text, is_done FROM notes ORDER BY id').all()) {
  console.log(`${note.is_done === 1 ? '[x]' : '[ ]'} ${note.text}`);
}
db.close();
