import { cpus, totalmem } from 'node:os';
import { writeFileSync } from 'node:fs';

/**
 * Prints the report of a campaign and ends with 1 where something went wrong.
 *
 * @param {object} report
 * @param {{ ok: boolean, out?: string | undefined }} how
 */
export function finish(report, { ok, out }) {
  const text = `${JSON.stringify({ ok, ...report, machine: `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}` }, null, 2)}\n`;
  if (out !== undefined) writeFileSync(out, text);
  process.stdout.write(text);
  process.exitCode = ok ? 0 : 1;
}

/** @param {string} text for who watches */
export function say(text) {
  process.stderr.write(`${text}\n`);
}

/** @param {Record<string, number>} counts @param {string | number} key */
export function add(counts, key) {
  counts[key] = (counts[key] ?? 0) + 1;
}
