import type { InitReport } from '../config/init.ts';
import { table } from './output.ts';

/** What was made, and what comes next. */
export function initText({ created, existing, database, versions }: InitReport): string {
  const about =
    database === null ? '' : `${database}, revisions in ${versions.map((folder) => `${folder}/`).join(', ')}`;
  const rows = created.map((name, at) => [`Created ${name}`, at === 0 ? about : '']);
  const there = existing.map((name) => `${name} is already there: left as it is.`);
  return [
    ...(rows.length > 0 ? [table(rows, 3)] : []),
    ...there,
    '',
    'Next:  torale revision -m "first tables"',
    '       torale upgrade head',
  ].join('\n');
}
