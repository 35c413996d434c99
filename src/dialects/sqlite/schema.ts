import type { KindTable, Unsupported } from '../../diff/rules.ts';
import { ToraleError } from '../../errors.ts';
import { KINDS, type Kind } from '../../schema/kinds.ts';
import type { SchemaDialect } from '../schema-dialect.ts';

const todo: Unsupported = { unsupported: 'not yet' };
const kinds: KindTable = Object.fromEntries(Object.keys(KINDS).map((kind) => [kind, todo])) as Record<Kind, Unsupported>;

export const sqliteSchema: SchemaDialect = {
  name: 'sqlite',
  kinds,
  inspect: () => Promise.reject(new ToraleError('REFUSED', 'Schemas are compared on PostgreSQL only.')),
};
