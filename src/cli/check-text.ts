import type { CheckReport } from '../apply/check.ts';
import { table, type Paint } from './output.ts';
import { clip } from './width.ts';

const NEUTRAL = new Set(['not compared', 'not asked', 'ahead']);

/** One line a subject, its verdict last. */
export function checkText({ lines }: CheckReport, paint: Paint): string {
  const rows = lines.map(({ subject, text, verdict }) => {
    const style = verdict === 'ok' ? 'green' : NEUTRAL.has(verdict) ? 'dim' : 'red';
    return [subject, clip(text.replaceAll(/\s*\n\s*/g, ' '), 200), paint(style, verdict)];
  });
  return table(rows, 4);
}
