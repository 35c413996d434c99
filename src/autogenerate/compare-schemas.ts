import type { CheckLine, Finding, SchemaFindings } from '../apply/check.ts';
import { readJournal } from '../apply/read.ts';
import type { Run } from '../apply/run.ts';
import { isExampleSchema } from '../config/example-schema.ts';
import { loadDialect } from '../dialects/load.ts';
import { loadSchemaDialect } from '../dialects/load-schema.ts';
import type { DialectName } from '../dialects/names.ts';
import { diff, subjectId, type Change } from '../diff/diff.ts';
import { isToraleError, ToraleError, type ErrorCode } from '../errors.ts';
import { readText } from '../revision/locations.ts';
import { keyOf, type SchemaObject } from '../schema/object.ts';
import type { Schema } from '../schema/schema.ts';
import { schemaOf, snapshotOf } from '../schema/snapshot.ts';
import { majorOf, refuseOtherServer, refuseUnread } from './compare.ts';
import { hasDelta } from './delta-store.ts';
import { foldAt } from './fold.ts';
import { managedOf } from './managed.ts';
import { inspectConnected, openSide, type SideContext } from './open-side.ts';
import { dialectsOf, readTarget, type TargetGround } from './read-target.ts';
import { settleSpelling } from './spelling.ts';
import { residueLine } from './residue.ts';
import type { Side } from './side.ts';

export interface CompareSchemasRequest extends TargetGround {
  /** The heads of the database. */
  readonly applied: readonly string[];
  /** Whether the live database is compared with its snapshot as well. */
  readonly drift: boolean;
}

/** What `check` says of schemas: head against the target, and the live database against what was applied. */
export async function compareSchemas(run: Run, request: CompareSchemasRequest): Promise<SchemaFindings> {
  const { applied, drift } = request;
  const target = await compareTarget(run, request);
  if (!drift) return target;
  const live = await compareLive(run, applied);
  return { findings: [...target.findings, ...live.findings], lines: [...target.lines, ...live.lines] };
}

const notCompared = (why: string, label = ''): SchemaFindings => ({
  findings: [],
  lines: [{ subject: 'target', text: `${label}not compared: ${why}`, verdict: 'not compared' }],
});

/** Reasons that lie with the place, not with the schema: without a scratch database nothing can be said. */
const NO_SCRATCH: readonly ErrorCode[] = [
  'NO_DATABASE',
  'DENIED',
  'SCRATCH_REFUSED',
  'UNREACHABLE',
  'SERVER_MISMATCH',
  'UNREAD_OBJECT',
];

async function compareTarget(run: Run, ground: TargetGround): Promise<SchemaFindings> {
  if (run.config.target === null) return notCompared('no target is configured');
  const dialects = dialectsOf(run);
  const compared: SchemaFindings[] = [];
  for (const dialect of dialects) compared.push(await compareTargetIn(run, ground, dialect));
  return {
    findings: compared.flatMap(({ findings }) => findings),
    lines: compared.flatMap(({ lines }) => lines),
  };
}

/** @param dialect null: the one at hand, which needs no name */
async function compareTargetIn(run: Run, ground: TargetGround, dialect: DialectName | null): Promise<SchemaFindings> {
  const label = dialect === null ? '' : `${dialect}: `;
  try {
    const { context, side } = await readTarget(run, undefined, ground, dialect);
    if (await isBlank(context, side)) return notCompared(`${side.said} holds no statement`, label);
    const wanted = await openSide(context, side);
    const head = await openSide(context, { type: 'revisions', said: 'head', target: 'heads' });
    refuseOtherServer(head, wanted);
    refuseUnread(wanted);
    refuseUnread(head);
    const { from, to } = managedOf(head.schema, wanted.schema, context.dialect === 'postgres');
    if (isExample(side) && !isTakenUp(run, from, to)) {
      return notCompared(`${side.said} is still the example of 'torale init'`, label);
    }
    const rules = await loadSchemaDialect(context.dialect);
    const changes = diff(from, await settleSpelling(context, rules, head.server, from, to));
    const heads = run.graph.heads;
    const at = heads.length === 0 ? 'the empty head' : heads.length === 1 ? 'head' : 'the heads';
    if (changes.length === 0) {
      return { findings: [], lines: [{ subject: 'target', text: `${label}${side.said} equals ${at}`, verdict: 'ok' }] };
    }
    const objects = changes.length === 1 ? '1 object' : `${changes.length} objects`;
    const command = `torale diff head ${side.said}${dialect === null ? '' : ` --dialect ${dialect}`}`;
    return differing('target', [`${label}${side.said} differs from ${at} in ${objects}: ${command}`]);
  } catch (error) {
    if (!isToraleError(error)) throw error;
    const isOfOtherDialects = error.code === 'TARGET_UNKNOWN' && error.data['dialect'] === dialect;
    if (!isOfOtherDialects && !NO_SCRATCH.includes(error.code)) throw error;
    return notCompared(error.message.split('\n')[0]!, label);
  }
}

/** What `init` wrote, untouched, is nobody's wish until a revision was drafted from it. */
function isExample(side: Side): boolean {
  return side.type === 'sql' && side.files.every((file) => isExampleSchema(readText(file)));
}

function isTakenUp(run: Run, from: Schema, to: Schema): boolean {
  if (!run.source.headers.some(({ revision }) => hasDelta(run, revision))) return false;
  return [...to.objects()].every((object) => object.kind !== 'table' || from.has(keyOf(object)));
}

/** What holds comments only wants nothing yet. */
async function isBlank({ dialect }: SideContext, side: Side): Promise<boolean> {
  if (side.type !== 'sql') return false;
  const loaded = await loadDialect(dialect);
  try {
    return side.files.every((file) => loaded.split(readText(file)).length === 0);
  } catch (error) {
    if (isToraleError(error) && error.code === 'SQL_UNREADABLE') return false;
    throw error;
  }
}

function differing(subject: CheckLine['subject'], texts: readonly string[]): SchemaFindings {
  return {
    findings: texts.map((message): Finding => ({ code: 'DIFFERS', message })),
    lines: texts.map((text): CheckLine => ({ subject, text, verdict: 'differs' })),
  };
}

const SHOWN = 10;
const DRIFT = { missing: 'is gone', more: 'is there, and no revision made it' };

/**
 * The live database against the snapshots of what is applied there; no scratch database is needed.
 *
 * @throws ToraleError SNAPSHOT_MISSING, SERVER_MISMATCH where the snapshot is of another major version
 */
async function compareLive(run: Run, applied: readonly string[]): Promise<SchemaFindings> {
  const known = applied.filter((head) => run.graph.has(head));
  if (known.length < applied.length) {
    return {
      findings: [],
      lines: [{ subject: 'drift', text: 'not compared: the database is ahead of the files', verdict: 'not compared' }],
    };
  }
  const live = await readJournal(run, (_, connected) => inspectConnected(connected, run, connected.display));
  const dialect = (await loadSchemaDialect(run.config.database?.dialect ?? 'postgres')).name;
  const folded = await foldAt(run, known, dialect);
  if (folded.server !== null && majorOf(folded.server) !== majorOf(live.server)) {
    throw new ToraleError(
      'SERVER_MISMATCH',
      `The database is on ${live.title}, its snapshots are of ${folded.server.flavor} ${folded.server.version}: different major versions say one schema in different words.`,
      {
        hint: 'Write the snapshots anew on a server of that version:  torale snapshot --all',
        data: { live: live.server, snapshots: folded.server },
      },
    );
  }
  const { from, to } = managedOf(
    withoutOwners(schemaOf(snapshotOf(live.schema, dialect, live.server).objects)),
    withoutOwners(folded.schema),
    dialect === 'postgres',
  );
  const changes = diff(from, to);
  const at = known.length === 0 ? 'nothing applied' : known.join(', ');
  const stale = folded.stale.length === 0 ? '' : ` (${folded.stale.join(', ')} edited since its snapshot)`;
  if (changes.length === 0) {
    return {
      findings: [],
      lines: [{ subject: 'drift', text: `none: the database is as ${at} left it${stale}`, verdict: 'ok' }],
    };
  }
  const rules = await loadSchemaDialect(dialect);
  const shown = withoutParts(changes, live.schema, folded.schema);
  const told = shown.slice(0, SHOWN).map((change: Change) => residueLine(change, rules, DRIFT));
  const more = shown.length - told.length;
  return differing('drift', [...told, ...(more > 0 ? [`and ${more} more`] : [])]);
}

/** A table that is gone or new says so for its columns. */
function withoutParts(changes: readonly Change[], live: Schema, folded: Schema): Change[] {
  const ids = new Set(changes.filter(({ type }) => type !== 'alter').map(subjectId));
  return changes.filter((change) => {
    const schema = change.type === 'drop' ? live : folded;
    return !schema.needs(subjectId(change)).some(({ id, strength }) => strength === 'own' && ids.has(id));
  });
}

/** Who owns what depends on who ran the revisions. */
function withoutOwners(schema: Schema): Schema {
  return schema.filter(({ kind }: SchemaObject) => kind !== 'owner');
}
