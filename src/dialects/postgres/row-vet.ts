import type { Session } from '../../session/session.ts';
import { qualified, text } from './ident.ts';
import { candidatesNear, constantsIn } from './row-candidates.ts';
import type { RowCatalog, RowType } from './row-catalog.ts';
import type { RowValues } from './row-values.ts';

/** So many values of a domain or a foreign type are enough. */
const ENOUGH = 6;
const LADDER = [0, 1, 2, 3, 30, 31, 40, 41, 50, 51];

/** Asks the server which values it takes, of the types where it alone can tell; all others are tried in one statement. */
export async function vetTypes(session: Session, catalog: RowCatalog, values: RowValues): Promise<void> {
  for (const type of domainsInOrder(catalog.types)) {
    if (type.checks === null && !values.isForeign(type.base)) continue;
    values.accept(
      type.oid,
      -1,
      await taken(session, qualified([type.schema, type.name]), domainCandidates(type, values)),
    );
  }
  const used = new Map<string, { oid: number; modifier: number; name: string }>();
  for (const { columns } of catalog.tables) {
    for (const { type, modifier, typeName } of columns)
      used.set(`${type} ${modifier}`, { oid: type, modifier, name: typeName });
  }
  for (const type of catalog.types) {
    if (values.isForeign(type.oid) && !used.has(`${type.oid} -1`)) {
      used.set(`${type.oid} -1`, { oid: type.oid, modifier: -1, name: qualified([type.schema, type.name]) });
    }
  }
  const all = [...used.values()];
  for (const { oid, modifier, name } of all.filter((type) => values.isForeign(type.oid))) {
    values.accept(oid, modifier, await taken(session, name, values.guesses(modifier)));
  }
  const rest = all.filter(({ oid, modifier }) => !values.isAsked(oid, modifier));
  const made = rest.map(({ oid, modifier, name }) => ({ oid, modifier, name, texts: ladderOf(values, oid, modifier) }));
  if (
    await isTaken(
      session,
      made.flatMap(({ name, texts }) => texts.map((value) => cast(value, name))),
    )
  )
    return;
  for (const { oid, modifier, name, texts } of made) {
    if (
      await isTaken(
        session,
        texts.map((value) => cast(value, name)),
      )
    )
      continue;
    values.accept(oid, modifier, await taken(session, name, texts));
  }
}

function ladderOf(values: RowValues, oid: number, modifier: number): string[] {
  const texts = LADDER.map((at) => values.text(oid, modifier, at));
  return [...new Set([...texts, values.edge(oid, modifier)].flatMap((value) => value ?? []))];
}

/** A domain over another after that one. */
function domainsInOrder(types: readonly RowType[]): RowType[] {
  const domains = new Map(types.filter(({ type }) => type === 'd').map((type) => [type.oid, type]));
  const depth = (type: RowType): number => {
    const base = domains.get(type.base);
    return base === undefined ? 0 : 1 + depth(base);
  };
  return [...domains.values()].toSorted((a, b) => depth(a) - depth(b));
}

function domainCandidates(domain: RowType, values: RowValues): string[] {
  const constants = (domain.checks ?? []).flatMap(constantsIn);
  const { type } = values.baseOf(domain.oid, -1);
  const name = type?.schema === 'pg_catalog' || type?.name === 'citext' ? type.name : '';
  const near = candidatesNear(name, constants, () => true);
  const guesses = values.isForeign(domain.base) ? values.guesses(domain.modifier) : [];
  return [...new Set([...ladderOf(values, domain.base, domain.modifier), ...near, ...guesses])];
}

const cast = (value: string, name: string): string => `${text(value)}::${name}`;

async function taken(session: Session, name: string, candidates: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const candidate of candidates) {
    if (found.length >= ENOUGH) break;
    if (await isTaken(session, [cast(candidate, name)])) found.push(candidate);
  }
  return found;
}

async function isTaken(session: Session, expressions: readonly string[]): Promise<boolean> {
  try {
    // As rows, of which there may be more than columns; written out, lest the check of a domain be left undone.
    const rows = expressions.map((expression) => `((${expression})::text)`);
    if (rows.length > 0) await session.query(`VALUES ${rows.join(', ')}`);
    return true;
  } catch {
    return false;
  }
}
