/**
 * add task templates and waitlist
 *
 * Revision ID: 97dccad5b7d1
 * Revises: c69ce6bb47e1
 * Create Date: 2026-01-27T09:31:57.640Z
 */
import type { Operations } from 'torale';

export const revision = '97dccad5b7d1';
export const downRevision = 'c69ce6bb47e1';
export const branchLabels = null;
export const dependsOn = null;

export async function upgrade(op: Operations): Promise<void> {
  await op.execute(`
    CREATE TABLE task_templates (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      name varchar(255) NOT NULL,
      description text NOT NULL,
      category varchar(100) NOT NULL,
      icon varchar(50),
      search_query text NOT NULL,
      condition_description text NOT NULL,
      is_active boolean NOT NULL DEFAULT true,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now()
    )
  `);
  await op.execute('CREATE INDEX idx_templates_category ON task_templates (category)');
  await op.execute('CREATE INDEX idx_templates_active ON task_templates (is_active)');

  await op.execute(`
    INSERT INTO task_templates (name, description, category, icon, search_query, condition_description) VALUES
      ('Product release', 'When a product is announced', 'Technology', '📱',
        'When will the product be released?', 'A date has been confirmed by the maker'),
      ('Back in stock', 'When an article can be bought again', 'Shopping', '🎮',
        'Is the article in stock?', 'A shop takes orders'),
      ('Price watch', 'When a price falls', 'Shopping', '💰',
        'What does the article cost?', 'The price is below the threshold')
  `);

  await op.execute(`
    CREATE TABLE waitlist (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      email text NOT NULL UNIQUE,
      created_at timestamptz NOT NULL DEFAULT now(),
      status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'invited', 'converted')),
      invited_at timestamptz,
      notes text
    )
  `);
  await op.execute('CREATE INDEX idx_waitlist_created_at ON waitlist (created_at)');
  await op.execute('CREATE INDEX idx_waitlist_status ON waitlist (status)');
}
