import { describeError } from '../errors.ts';

/** The scratch database and what a table is called while it is copied tell nobody anything, nor do values that are made up. */
export function explainFailure(error: unknown): { code: string; message: string } {
  const { code, message } = describeError(error);
  const plain = message
    .replaceAll(/(?<=(?:column|failed for|constraint fails \() ?)`[^`]*`\.(?=`)/g, '')
    .replaceAll(/`#sql-[^`]*`, /g, '')
    .replace(/^Duplicate entry '.*' for key/s, 'Duplicate entry for key')
    .replace(
      /^((?:Incorrect|Truncated incorrect|Data too long|Out of range|Invalid)[^:']*): '.*' ?(?=for |in |$)/s,
      '$1 ',
    )
    .trim()
    .replace(/ at row \d+$/, '');
  return { code, message: plain };
}
