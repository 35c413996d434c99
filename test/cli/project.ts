import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { onTestFinished } from 'vitest';
import type { DialectName } from '../../src/dialects/names.ts';
import { torale, type CliOptions, type CliResult } from '../support/cli.ts';
import type { TestDatabase } from '../support/databases.ts';

export interface Project {
  readonly folder: string;
  /** Runs the executable in the folder. */
  readonly run: (...args: string[]) => Promise<CliResult>;
  readonly runWith: (options: CliOptions, ...args: string[]) => Promise<CliResult>;
  /** Runs it with --json and reads stdout as the one document it must be. */
  readonly json: (...args: string[]) => Promise<CliResult & { document: any }>;
  readonly write: (name: string, text: string) => void;
}

/** An empty folder with these files. */
export function project(files: Readonly<Record<string, string>> = {}): Project {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'torale-cli-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const write = (name: string, text: string): void => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  for (const [name, text] of Object.entries(files)) write(name, text);
  const runWith = (options: CliOptions, ...args: string[]) => torale(args, { cwd: folder, ...options });
  return {
    folder,
    write,
    runWith,
    run: (...args) => runWith({}, ...args),
    json: async (...args) => {
      const result = await runWith({}, ...args, '--json');
      return { ...result, document: JSON.parse(result.stdout) as unknown };
    },
  };
}

export interface RevisionText {
  readonly down?: string | readonly string[] | null;
  readonly label?: string;
  readonly dependsOn?: string;
  readonly body?: string;
}

/** A revision file; its id is its message too. */
export function revisionText(id: string, { down = null, label, dependsOn, body = '' }: RevisionText = {}): string {
  return `/**
 * add ${id}
 *
 * Revision ID: ${id}
 * Create Date: 2026-11-${String(10 + id.length).padStart(2, '0')}T12:00:00.000Z
 */
export const revision = '${id}';
export const downRevision = ${JSON.stringify(down)};
export const branchLabels = ${JSON.stringify(label ?? null)};
export const dependsOn = ${JSON.stringify(dependsOn ?? null)};

export async function upgrade(op) {
${body}
}
`;
}

const CONFIG = "export default { versions: 'versions' };\n";

/** Three revisions in a row: tables with awkward texts, a trigger or a function with `;` in it, rows with bindings. */
export function chain(dialect: DialectName): Record<string, string> {
  const placeholder = (n: number): string => (dialect === 'postgres' ? `$${n}` : '?');
  const trigger: Record<DialectName, string> = {
    postgres: `await op.execute(\`
    CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      NEW.name := NEW.name || ';';
      RETURN NEW;
    END $$;
    CREATE TRIGGER touched BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();
  \`);`,
    mysql: `await op.execute(\`
    CREATE TRIGGER touched BEFORE UPDATE ON users FOR EACH ROW BEGIN
      SET NEW.name = concat(NEW.name, ';');
    END\`);`,
    sqlite: `await op.execute(\`
    CREATE TRIGGER touched AFTER UPDATE ON users BEGIN
      UPDATE users SET name = NEW.name || ';' WHERE id = NEW.id AND false;
    END\`);`,
  };
  return {
    'torale.config.mjs': CONFIG,
    'versions/aaaa_users.mjs': revisionText('aaaa', {
      body: `  await op.execute(\`CREATE TABLE users (id integer PRIMARY KEY, name varchar(80) NOT NULL)\`);
  await op.execute(\`INSERT INTO users (id, name) VALUES (${placeholder(1)}, ${placeholder(2)})\`, [1, "O'Neill \\\\ ;--"]);`,
    }),
    'versions/bbbb_trigger.mjs': revisionText('bbbb', { down: 'aaaa', body: `  ${trigger[dialect]}` }),
    'versions/cccc_posts.mjs': revisionText('cccc', {
      down: 'bbbb',
      body: `  await op.execute(\`CREATE TABLE posts (id integer PRIMARY KEY, user_id integer)\`);
  await op.execute(\`CREATE INDEX posts_user ON posts (user_id)\`);`,
    }),
  };
}

/** Two branches and no head that both lead to. */
export const BRANCHED: Readonly<Record<string, string>> = {
  'torale.config.mjs': CONFIG,
  'versions/aaaa.mjs': revisionText('aaaa'),
  'versions/bbbb.mjs': revisionText('bbbb', { down: 'aaaa', label: 'billing' }),
  'versions/cccc.mjs': revisionText('cccc', { down: 'aaaa' }),
};

/** Schema and the rows of the version table, to compare two moments or two databases. */
export async function stateOf(db: TestDatabase): Promise<string> {
  const schema = await db.dump();
  const present = schema.includes('torale_version');
  const rows = present ? await db.query('SELECT version_num FROM torale_version ORDER BY 1') : [];
  return `${schema}\n${JSON.stringify(rows)}`;
}

/** Runs a script with the server's own client. */
export function runScript(db: TestDatabase, script: string): void {
  if (db.dialect === 'sqlite') {
    const database = new BetterSqlite3(db.name);
    try {
      database.exec(script);
    } finally {
      database.close();
    }
    return;
  }
  const url = new URL(db.url);
  const [command, args] =
    db.dialect === 'postgres'
      ? ['psql', ['-v', 'ON_ERROR_STOP=1', '-q', db.url]]
      : [
          db.flavor === 'mariadb' ? 'mariadb' : 'mysql',
          [
            `--host=${url.hostname}`,
            `--port=${url.port || '3306'}`,
            `--user=${decodeURIComponent(url.username)}`,
            ...(url.password === '' ? [] : [`--password=${decodeURIComponent(url.password)}`]),
            db.name,
          ],
        ];
  execFileSync(command as string, args as string[], { input: script, stdio: ['pipe', 'ignore', 'pipe'] });
}
