import type { Dialect } from '../dialects/dialect.ts';
import type { ScratchDialect } from '../dialects/scratch-dialect.ts';
import { ToraleError } from '../errors.ts';

/** @throws ToraleError SCRATCH_REFUSED for a text that holds a statement which would leave the scratch database */
export type ScratchGuard = (sql: string) => void;

/**
 * Keeps what runs on a scratch database inside it. On a server that is there for scratch databases everything may run.
 *
 * @param name of the scratch database
 */
export function scratchGuard(
  dialect: Pick<Dialect, 'split'>,
  { leaves }: Pick<ScratchDialect, 'leaves'>,
  name: string,
  isDedicated: boolean,
): ScratchGuard {
  if (isDedicated) return () => undefined;
  const seen = new Set<string>();
  return (sql) => {
    for (const statement of dialect.split(sql)) {
      const reason = leaves(statement, name, seen);
      if (reason === null) continue;
      throw new ToraleError(
        'SCRATCH_REFUSED',
        `This statement would leave the scratch database: ${reason}.\n    ${oneLine(statement.text)}`,
        {
          hint:
            'Name a server of its own as scratchUrl (TORALE_SCRATCH_URL), where all may run,\n' +
            'or leave the statement out there: if (!op.scratch) …',
          data: { sql: statement.text, reason },
        },
      );
    }
  };
}

function oneLine(sql: string): string {
  const line = sql.replaceAll(/\s+/g, ' ').trim();
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}
