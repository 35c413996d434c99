// drizzle-kit's projects: drizzle.config.ts as its documentation writes it, migrations and snapshots as it writes them.
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTable, idOf } from '../baselines/work.mjs';
import { dateOf, run } from '../projects.mjs';
import { drizzleSchema } from './drizzle-schema.mjs';
import { NODE_MODULES } from './peers.mjs';

const CLI = join(NODE_MODULES, 'drizzle-kit', 'bin.cjs');
const DIALECTS = { sqlite: 'sqlite', postgres: 'postgresql', mysql: 'mysql' };

/** Of the twenty changes; with dropped tables beside new ones it asks what was renamed, and only a terminal may answer. */
const CHANGES = 18;

export class DrizzlePeer {
  #bench;

  /** @param {import('../bench.mjs').Bench} bench */
  constructor(bench) {
    this.#bench = bench;
  }

  /** @returns {import('../measure.mjs').Variant} */
  version() {
    return this.#variant('version', this.#bench.empty, ['--version']);
  }

  /** A database where all has been applied. */
  async atHead(dialect, size) {
    const { home, database } = this.#chain(dialect, size, 'at-head');
    await database.renew();
    run([process.execPath, CLI, 'migrate'], home);
    return { upgrade: this.#variant(`at head ${dialect} ${size}`, home, ['migrate']) };
  }

  upgrade(dialect, size, check) {
    const { home, database } = this.#chain(dialect, size, 'upgrade');
    const variant = this.#variant(`upgrade ${dialect} ${size}`, home, ['migrate']);
    return { ...variant, before: database.renew, check: () => check(database) };
  }

  /** The schema after the changes, compared with the snapshot of the one before. */
  autogenerate(dialect, size) {
    const home = this.#project(`drizzle-generate-${dialect}-${size}`, dialect);
    const schema = (isAfter) => writeFileSync(join(home, 'schema.ts'), drizzleSchema(dialect, size, isAfter));
    schema(false);
    run([process.execPath, CLI, 'generate'], home);
    schema(true);
    const [out, kept] = ['drizzle', 'drizzle-before'].map((name) => join(home, name));
    cpSync(out, kept, { recursive: true });
    return {
      ...this.#variant(`generate ${dialect} ${size}`, home, ['generate']),
      before: () => {
        rmSync(out, { recursive: true });
        cpSync(kept, out, { recursive: true });
      },
      check: () => {
        const file = readdirSync(out).find((name) => name.startsWith('0001'));
        const text = file === undefined ? '' : readFileSync(join(out, file), 'utf8');
        const found = text.match(/;(-->|\s|$)/g)?.length ?? 0;
        // SQLite's are fewer statements with more in them: a table is made anew for what ALTER TABLE cannot do.
        if (found < CHANGES) throw new Error(`drizzle-kit generate wrote ${found} statements`);
      },
    };
  }

  #variant(id, cwd, args) {
    return { id: `${id}, drizzle-kit`, command: [process.execPath, CLI, ...args], cwd };
  }

  #project(name, dialect, url) {
    const home = this.#bench.path(name);
    mkdirSync(home);
    symlinkSync(NODE_MODULES, join(home, 'node_modules'));
    writeFileSync(join(home, 'package.json'), '{ "private": true }\n');
    const credentials = url === undefined ? '' : `\n  dbCredentials: { url: ${JSON.stringify(url)} },`;
    writeFileSync(
      join(home, 'drizzle.config.ts'),
      `import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  out: './drizzle',
  schema: './schema.ts',
  dialect: '${DIALECTS[dialect]}',${credentials}
});
`,
    );
    return home;
  }

  #chain(dialect, size, purpose) {
    const name = `drizzle-${dialect}-${purpose}`;
    const database = this.#bench.database(dialect, this.#bench.path(name, 'database'));
    rmSync(this.#bench.path(name), { recursive: true, force: true });
    const home = this.#project(name, dialect, database.url);
    mkdirSync(join(home, 'database'));
    mkdirSync(join(home, 'drizzle', 'meta'), { recursive: true });
    const entries = Array.from({ length: size }, (_, idx) => {
      const tag = `${String(idx).padStart(4, '0')}_${idOf(idx)}`;
      writeFileSync(join(home, 'drizzle', `${tag}.sql`), `${createTable(idx)};`);
      return { idx, version: '7', when: dateOf(idx).getTime(), tag, breakpoints: true };
    });
    const journal = { version: '7', dialect: DIALECTS[dialect], entries };
    writeFileSync(join(home, 'drizzle', 'meta', '_journal.json'), JSON.stringify(journal, null, 2));
    return { home, database };
  }
}
