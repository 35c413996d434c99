/**
 * categorise execution errors
 *
 * Revision ID: 665888109fba
 * Revises: 2c879f082f48
 * Create Date: 2026-03-24T11:08:36.781Z
 */
import type { Operations } from 'torale';

export const revision = '665888109fba';
export const downRevision = '2c879f082f48';
export const branchLabels = null;
export const dependsOn = null;

export async function upgrade(op: Operations): Promise<void> {
  await op.execute('ALTER TABLE task_executions ADD COLUMN retry_count integer DEFAULT 0 NOT NULL');
  await op.execute({
    postgres: `
      ALTER TABLE task_executions ADD COLUMN error_category text
        CONSTRAINT task_executions_error_category_check
          CHECK (error_category IN ('timeout', 'rate_limit', 'authentication', 'other'))
    `,
    mysql: `
      ALTER TABLE task_executions
        ADD COLUMN error_category varchar(20),
        ADD CONSTRAINT task_executions_error_category_check
          CHECK (error_category IN ('timeout', 'rate_limit', 'authentication', 'other'))
    `,
    sqlite: `
      ALTER TABLE task_executions ADD COLUMN error_category text
        CONSTRAINT task_executions_error_category_check
          CHECK (error_category IN ('timeout', 'rate_limit', 'authentication', 'other'))
    `,
  });

  // The first pattern that matches wins.
  const patterns = [
    ['timeout', '%timed out%'],
    ['rate_limit', '%429%'],
    ['authentication', '%401%'],
    ['other', '%'],
  ] as const;
  const uncategorised = () => op.knex('task_executions').where({ status: 'failed', error_category: null });
  for (const [category, pattern] of patterns) {
    await uncategorised().where('error_message', 'like', pattern).update({ error_category: category });
  }
  await uncategorised().whereNull('error_message').update({ error_category: 'other' });
}
