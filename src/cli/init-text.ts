import type { InitReport } from '../config/init.ts';
import { table } from './output.ts';

/** What was made, and what comes next. */
export function initText({ created, existing, database, target, versions }: InitReport): string {
  const where = versions.map((folder) => `${folder}/`).join(', ');
  const about = (name: string, at: number): string => {
    if (name === target) return 'the schema you want: edit it';
    return at === 0 && database !== null ? `${shown(database)}, revisions in ${where}, target ${target}` : '';
  };
  const rows = created.map((name, at) => [`Created ${name}`, about(name, at)]);
  const there = existing.map((name) => `${name} is already there: left as it is.`);
  const first =
    database === null ? 'torale revision -m "first tables"' : 'torale revision --autogenerate -m "first tables"';
  return [
    ...(rows.length > 0 ? [table(rows, 3)] : []),
    ...there,
    '',
    `Next:  ${first}`,
    '       torale upgrade head',
  ].join('\n');
}

function shown({ dialect, display }: NonNullable<InitReport['database']>): string {
  return dialect === 'sqlite' ? `SQLite at ${display.replace(/^sqlite:/, '')}` : display;
}
