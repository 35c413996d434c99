import type { Run } from '../apply/run.ts';
import { loadScratchDialect } from '../dialects/load-scratch.ts';
import type { DialectName } from '../dialects/names.ts';
import type { Inspection } from '../dialects/schema-dialect.ts';
import { diff } from '../diff/diff.ts';
import { isToraleError } from '../errors.ts';
import { schemaOf, snapshotOf } from '../schema/snapshot.ts';
import { foldAt } from './fold.ts';

/**
 * Tells where the stored snapshots say something else than the revisions do; the replay is what counts.
 *
 * @param warned what was told already, of another dialect
 */
export async function compareFold(
  run: Run,
  dialect: DialectName,
  heads: readonly string[],
  replayed: Inspection,
  warned: Set<string> = new Set(),
): Promise<void> {
  const warn = (message: string): void => {
    if (warned.has(message)) return;
    warned.add(message);
    run.onEvent({ type: 'warning', code: 'SNAPSHOT_STALE', message, hint: 'Bring them up to date:  torale snapshot' });
  };
  try {
    const { schema, stale } = await foldAt(run, heads, dialect);
    if (stale.length > 0) return warn(`${stale.join(', ')}: edited after the snapshot was written.`);
    const { inherent } = await loadScratchDialect(dialect);
    const differences = diff(schema, schemaOf(snapshotOf(replayed.schema, dialect, replayed.server).objects)).filter(
      (change) => change.type !== 'create' || change.object.kind !== inherent,
    );
    const objects = differences.length === 1 ? '1 object' : `${differences.length} objects`;
    if (differences.length > 0)
      warn(`The stored snapshots differ from what the revisions do on ${dialect}, in ${objects}.`);
  } catch (error) {
    if (!isToraleError(error)) throw error;
    if (error.code !== 'SNAPSHOT_MISSING') warn(error.message);
  }
}
