/**
 * add task templates
 *
 * Revision ID: 35019555095d
 * Revises: adfda5d0de59
 * Create Date: 2026-02-03T08:30:19.552Z
 */
import type { Operations } from 'torale';

export const revision = '35019555095d';
export const downRevision = 'adfda5d0de59';
export const branchLabels = null;
export const dependsOn = null;

export async function upgrade(op: Operations): Promise<void> {
  await op.execute({
    postgres: `
      CREATE TABLE task_templates (
        id bigint GENERATED ALWAYS AS IDENTITY,
        slug text NOT NULL,
        name text NOT NULL,
        category text NOT NULL,
        icon text,
        search_query text NOT NULL,
        condition_description text NOT NULL,
        is_active boolean DEFAULT true NOT NULL,
        CONSTRAINT task_templates_pkey PRIMARY KEY (id),
        CONSTRAINT task_templates_slug_key UNIQUE (slug)
      )
    `,
    mysql: `
      CREATE TABLE task_templates (
        id bigint AUTO_INCREMENT NOT NULL,
        slug varchar(80) NOT NULL,
        name varchar(200) NOT NULL,
        category varchar(80) NOT NULL,
        icon varchar(16),
        search_query text NOT NULL,
        condition_description text NOT NULL,
        is_active boolean DEFAULT true NOT NULL,
        PRIMARY KEY (id),
        CONSTRAINT task_templates_slug_key UNIQUE (slug)
      ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci
    `,
    sqlite: `
      CREATE TABLE task_templates (
        id integer PRIMARY KEY,
        slug text NOT NULL,
        name text NOT NULL,
        category text NOT NULL,
        icon text,
        search_query text NOT NULL,
        condition_description text NOT NULL,
        is_active integer DEFAULT 1 NOT NULL,
        CONSTRAINT task_templates_slug_key UNIQUE (slug),
        CONSTRAINT task_templates_is_active_check CHECK (is_active IN (0, 1))
      ) STRICT
    `,
  });
  await op.execute('CREATE INDEX task_templates_category_idx ON task_templates (category)');

  await op.execute(`
    INSERT INTO task_templates (slug, name, category, icon, search_query, condition_description) VALUES
      ('back-in-stock', 'Back in stock', 'shopping', '📦',
        'Is the article for sale again?', 'A shop lists it as available.'),
      ('price-drop', 'Price drop', 'shopping', '💸',
        'What does the article cost today?', 'The price is below the last one.'),
      ('event-tickets', 'Event tickets', 'events', '🎟',
        'Are tickets on sale?', 'A ticket shop takes orders.'),
      ('software-release', 'Software release', 'technology', '🚀',
        'What is the newest stable version?', 'A version newer than the last one is out.'),
      ('regulation-change', 'Regulation change', 'business', NULL,
        'Was the regulation amended?', 'An official source publishes an amendment.')
  `);
}
