import { codeOf, holds } from '../sql/classify.ts';
import type { SqlStatement } from '../sql/statement.ts';
import { lexer } from './lex.ts';

const DEFINES = new Set(['CREATE', 'ALTER', 'DROP']);
/** What exists once for all databases of a server. https://www.postgresql.org/docs/current/manage-ag-overview.html */
const SHARED = new Set(['ROLE', 'USER', 'GROUP', 'DATABASE', 'TABLESPACE', 'SYSTEM', 'SUBSCRIPTION']);
const WHOLE_SERVER = 'the whole server';

/** What a statement would do outside of its own database, as far as its text tells. */
export function leaves({ text, keyword }: SqlStatement): string | null {
  // A text of a million rows need not be read.
  if (keyword === 'INSERT' || keyword === 'UPDATE' || keyword === 'DELETE') return null;
  const code = codeOf(text, lexer(text));
  if (keyword === 'DO') return leavesBody(text);
  return leavesCode(keyword === 'EXPLAIN' ? code.slice(code.findIndex((word) => DEFINES.has(word))) : code);
}

function leavesCode(code: readonly string[]): string | null {
  const [keyword = '', second = '', third = ''] = code;
  if (DEFINES.has(keyword)) return definesShared(keyword, second, third);
  switch (keyword) {
    case 'COMMENT':
      return second === 'ON' && SHARED.has(third) ? `COMMENT ON ${third} changes ${WHOLE_SERVER}` : null;
    case 'SECURITY': {
      const object = code[code.indexOf('ON') + 1] ?? '';
      return SHARED.has(object) ? `SECURITY LABEL ON ${object} changes ${WHOLE_SERVER}` : null;
    }
    case 'GRANT':
    case 'REVOKE':
      return grants(keyword, code);
    case 'REASSIGN':
      return second === 'OWNED' ? `REASSIGN OWNED changes who owns databases and tablespaces of ${WHOLE_SERVER}` : null;
    case 'COPY':
      return copies(code);
    case 'PREPARE':
      return second === 'TRANSACTION' ? 'PREPARE TRANSACTION leaves a transaction behind' : null;
    case 'COMMIT':
    case 'ROLLBACK':
      return second === 'PREPARED' ? `${keyword} PREPARED ends a transaction of another session` : null;
    default:
      return callsOutside(code);
  }
}

function definesShared(keyword: string, second: string, third: string): string | null {
  if (second === 'USER' && third === 'MAPPING') return null;
  if (keyword === 'DROP' && second === 'OWNED') return `DROP OWNED takes rights on ${WHOLE_SERVER} away`;
  if (second === 'SUBSCRIPTION') return `${keyword} SUBSCRIPTION reaches for another server`;
  return SHARED.has(second) ? `${keyword} ${second} changes ${WHOLE_SERVER}` : null;
}

/** Membership in a role, and rights on what is shared. */
function grants(keyword: string, code: readonly string[]): string | null {
  const on = code.indexOf('ON');
  if (on === -1) return `${keyword} of a role changes ${WHOLE_SERVER}`;
  const object = code[on + 1] ?? '';
  if (object === 'DATABASE') return `${keyword} … ON DATABASE changes another database`;
  return object === 'TABLESPACE' || object === 'PARAMETER' ? `${keyword} … ON ${object} changes ${WHOLE_SERVER}` : null;
}

function copies(code: readonly string[]): string | null {
  let depth = 0;
  for (const [at, word] of code.entries()) {
    if (word === '(') depth += 1;
    else if (word === ')') depth -= 1;
    if (depth > 0 || (word !== 'TO' && word !== 'FROM')) continue;
    const place = code[at + 1] ?? '';
    if (place === 'PROGRAM') return "COPY … PROGRAM runs a program on the server's machine";
    if (/^(?:[eEuU]&?)?'|^\$/.test(place)) return "COPY reads or writes a file on the server's machine";
  }
  return null;
}

/** Functions that change more than their database, or keep it from being dropped. */
const OUTSIDE =
  /^(?:DBLINK|DBLINK_EXEC|DBLINK_CONNECT|LO_EXPORT|LO_IMPORT|PG_RELOAD_CONF|PG_TERMINATE_BACKEND|PG_CANCEL_BACKEND|PG_CREATE_(?:LOGICAL|PHYSICAL)_REPLICATION_SLOT|PG_DROP_REPLICATION_SLOT|PG_FILE_WRITE)$/i;

function callsOutside(code: readonly string[]): string | null {
  const name = code.find((word, at) => code[at + 1] === '(' && OUTSIDE.test(word));
  return name === undefined ? null : `${name.toLowerCase()}() reaches beyond its database`;
}

/** The statements inside a DO: only what stands there in plain words. */
function leavesBody(text: string): string | null {
  const next = lexer(text);
  for (let token = next(); token !== undefined; token = next()) {
    if (token.kind !== 'string') continue;
    const raw = text.slice(token.start, token.end);
    const body = raw.startsWith('$')
      ? raw.replace(/^\$[^$]*\$|\$[^$]*\$$/g, '')
      : raw.slice(1, -1).replaceAll("''", "'");
    const found = readable(body);
    for (const [at, word] of found.entries()) {
      const reason = DEFINES.has(word) ? definesShared(word, found[at + 1] ?? '', found[at + 2] ?? '') : null;
      if (reason !== null) return reason;
    }
    if (holds(found, 'REASSIGN', 'OWNED')) return `REASSIGN OWNED changes ${WHOLE_SERVER}`;
  }
  return null;
}

function readable(body: string): string[] {
  try {
    return codeOf(body, lexer(body));
  } catch {
    return [];
  }
}
