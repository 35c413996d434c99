import type { AppliedState, HistoryRow, Journal } from '../journal/journal.ts';
import { sameChecksum } from '../revision/checksum.ts';
import { recordedAncestry } from './position.ts';
import type { Run } from './run.ts';

export interface AppliedFinding {
  readonly code: 'REVISION_EDITED' | 'REVISION_DELETED';
  readonly revision: string;
  readonly message: string;
}

/** Applied revisions whose file was edited since, or is gone. A revision that was never recorded is not judged. */
export function appliedFindings(
  history: readonly HistoryRow[],
  source: Run['source'],
  isKnown: (revision: string) => boolean,
): AppliedFinding[] {
  const findings: AppliedFinding[] = [];
  for (const { revision, checksum } of history) {
    if (!isKnown(revision)) {
      findings.push({
        code: 'REVISION_DELETED',
        revision,
        message: `Revision ${revision} is applied, and no file has it any more.`,
      });
      continue;
    }
    const current = checksum === null ? null : source.checksumOf(revision);
    if (checksum === null || current === null || sameChecksum(checksum, current) !== 'edited') continue;
    findings.push({
      code: 'REVISION_EDITED',
      revision,
      message: `Revision ${revision} was edited after it had been applied.`,
    });
  }
  return findings;
}

/** Tells of edited and deleted files; `check` is where they count. */
export async function reviewApplied(run: Run, journal: Journal, state: AppliedState): Promise<void> {
  if (state.heads.length === 0) return;
  const history = await journal.readHistory();
  // What a newer image applied is not deleted here.
  const ahead = recordedAncestry(
    state.heads.filter((head) => !run.graph.has(head)),
    history,
  );
  const rows = history.filter(({ revision }) => run.graph.has(revision) || !ahead.has(revision));
  for (const finding of appliedFindings(rows, run.source, (revision) => run.graph.has(revision))) {
    run.onEvent({ type: 'warning', code: finding.code, message: finding.message, hint: "See 'torale check'." });
  }
}
