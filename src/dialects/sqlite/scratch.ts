import type { ScratchDatabase, ScratchDialect } from '../scratch-dialect.ts';
import type { SqlStatement } from '../sql/statement.ts';
import { codeOf } from '../sql/classify.ts';
import type { SqliteUrl } from '../url.ts';
import { connect } from './connect.ts';
import { lexer } from './lex.ts';

const MEMORY: SqliteUrl = { dialect: 'sqlite', path: ':memory:', display: 'a scratch database in memory' };

export const sqliteScratch: ScratchDialect = { pristine: [], create, leaves };

async function create(): Promise<ScratchDatabase> {
  const session = await connect(MEMORY, { connectTimeoutMs: 0, readOnly: false, create: true });
  return {
    name: ':memory:',
    display: MEMORY.display,
    session,
    reset: async () => {
      await session.query('PRAGMA foreign_keys = ON');
    },
    drop: () => session.close(),
  };
}

function leaves(statement: SqlStatement): string | null {
  const { keyword } = statement;
  if (keyword === 'ATTACH' || keyword === 'DETACH') return `${keyword} reaches for another database file`;
  if (keyword !== 'VACUUM') return null;
  return codeOf(statement.text, lexer(statement.text)).includes('INTO') ? 'VACUUM INTO writes another file' : null;
}
