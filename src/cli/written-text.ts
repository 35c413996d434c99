import type { WrittenRevision } from '../apply/new-revision.ts';
import { displayPath } from '../paths.ts';
import { count } from './output.ts';

export function writtenJson({ revision, file, downRevision }: WrittenRevision): object {
  return { revision, file: displayPath(file), downRevision, changes: 0 };
}

/** What was written, and what comes next. */
export function writtenText({ file, heads, downRevision }: WrittenRevision): string {
  const isMerge = typeof downRevision !== 'string' && downRevision !== null;
  const first = `Wrote ${displayPath(file)}${isMerge ? `, which merges ${downRevision.join(' and ')}` : ''}`;
  if (heads.length > 1) {
    const next = 'Apply them with torale upgrade heads, or join them with torale merge.';
    return `${first}\nThe history has ${count(heads.length, 'head')} now: ${heads.join(', ')}. ${next}`;
  }
  return `${first}\n${isMerge ? 'Then:' : 'Fill in its upgrade(), then:'}  torale upgrade head`;
}
