import { sql } from 'drizzle-orm';
import {
  bigint,
  check,
  index,
  integer,
  pgEnum,
  pgPolicy,
  pgTable,
  pgView,
  primaryKey,
  serial,
  text,
  timestamp,
  uniqueIndex,
  varchar,
} from 'drizzle-orm/pg-core';

export const visibility = pgEnum('visibility', ['private', 'unlisted', 'public']);

export const authors = pgTable(
  'authors',
  {
    id: serial().primaryKey(),
    handle: varchar({ length: 40 }).notNull(),
    email: text().notNull(),
    joinedAt: timestamp('joined_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    uniqueIndex('authors_email_key').on(sql`lower(${table.email})`),
    check('authors_handle_check', sql`${table.handle} ~ '^[a-z0-9_]+$'`),
  ],
);

export const recipes = pgTable(
  'recipes',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    authorId: integer('author_id')
      .notNull()
      .references(() => authors.id, { onDelete: 'cascade' }),
    title: varchar({ length: 200 }).notNull(),
    minutes: integer().notNull().default(30),
    visibility: visibility().notNull().default('private'),
    slug: text().generatedAlwaysAs(sql`lower(replace(title, ' ', '-'))`),
  },
  (table) => [
    index('recipes_public_idx')
      .on(table.authorId, table.minutes.desc())
      .where(sql`visibility = 'public'`),
    pgPolicy('recipes_public', { for: 'select', to: 'public', using: sql`visibility = 'public'` }),
  ],
);

export const ingredients = pgTable(
  'ingredients',
  {
    recipeId: bigint('recipe_id', { mode: 'number' })
      .notNull()
      .references(() => recipes.id, { onDelete: 'cascade' }),
    position: integer().notNull(),
    name: text().notNull(),
    amounts: text().array().notNull().default([]),
  },
  (table) => [primaryKey({ columns: [table.recipeId, table.position] })],
);

export const publicRecipes = pgView('public_recipes').as((builder) =>
  builder
    .select({ id: recipes.id, title: recipes.title, handle: authors.handle })
    .from(recipes)
    .innerJoin(authors, sql`${authors.id} = ${recipes.authorId}`)
    .where(sql`${recipes.visibility} = 'public'`),
);
