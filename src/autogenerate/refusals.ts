import { nameOf } from '../schema/object.ts';
import type { Change } from '../diff/diff.ts';
import { isToraleError, ToraleError } from '../errors.ts';
import type { Schema } from '../schema/schema.ts';
import { hasSecret } from '../schema/secrets.ts';
import type { Proof } from './heal.ts';
import type { RowProof } from './row-proof.ts';

/** A wrong glob must not draft a revision that drops everything. */
export function refuseEmpty(from: Schema, to: Schema, said: string): void {
  const counts = (schema: Schema): number => [...schema.objects()].filter(({ kind }) => kind !== 'schema').length;
  if (counts(to) > 0 || counts(from) === 0) return;
  throw new ToraleError(
    'TARGET_EMPTY',
    `${said} holds no object, and the head has ${counts(from)}: all would be dropped.`,
    {
      hint: 'Is that the right file? A revision that drops everything is written by hand.',
      data: { target: said },
    },
  );
}

/** @throws ToraleError REFUSED for a password that would stand in the revision */
export function refuseSecrets(changes: readonly Change[]): void {
  const found = changes.map((change) => ('object' in change ? change.object : change.to)).find(hasSecret);
  if (found === undefined) return;
  const name = `${found.kind}:${nameOf(found.path)}`;
  throw new ToraleError('REFUSED', `${name} holds a password, which would stand in the revision and in the history.`, {
    hint: `Leave it aside with --exclude ${name}, and write that revision by hand with the password from the environment.`,
    data: { object: name },
  });
}

/** @throws ToraleError NOT_PROVED for views and triggers that the target would leave unusable */
export function refuseBroken(broken: ReadonlyMap<string, string>, said: string): void {
  if (broken.size === 0) return;
  const shown = [...broken].slice(0, 3).map(([what, why]) => `  ${what}: ${why}`);
  if (broken.size > shown.length) shown.push(`  and ${broken.size - shown.length} more`);
  throw new ToraleError('NOT_PROVED', [`${said} would leave behind what cannot be used:`, ...shown].join('\n'), {
    hint: 'Mend or drop it there. Nothing was written; --unproven writes it nevertheless.',
    data: { broken: Object.fromEntries(broken) },
  });
}

export function refuseLostRows(rows: RowProof | null, proof: Proof): void {
  const hint = 'Nothing was written. --unproven writes it nevertheless.';
  const stopped = rows?.stoppedAt === undefined ? undefined : proof.statements[rows.stoppedAt];
  if (stopped !== undefined) {
    const { message } = rows!.failing.at(-1)!;
    throw new ToraleError(
      'NOT_PROVED',
      `A statement fails where all run in one piece: ${message}\n    ${stopped.sql.split('\n')[0]}`,
      {
        hint,
        data: { statement: stopped.sql, message },
      },
    );
  }
  if (rows === null || rows.lost.length === 0) return;
  const shown = rows.lost.slice(0, 4).map(({ table, column, before, after }) => {
    const what = column === undefined ? 'rows' : 'values';
    return `  ${column ?? table}: ${before} ${what} before, ${after} after`;
  });
  throw new ToraleError('NOT_PROVED', ['Rows would be lost that no statement gives up:', ...shown].join('\n'), {
    hint,
    data: { tables: rows.lost },
  });
}

/** Calls `work`; where there are several dialects a failure says which one it was. */
export async function sayingDialect<T>(dialect: string, isOneOfSeveral: boolean, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isOneOfSeveral || !isToraleError(error)) throw error;
    const { code, message, hint, data } = error;
    throw new ToraleError(code, `${dialect}: ${message}`, { hint, data: { ...data, dialect }, cause: error });
  }
}
