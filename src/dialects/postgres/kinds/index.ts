import { KINDS, type Kind } from '../../../schema/kinds.ts';
import type { KindTable, Unsupported } from '../../../diff/rules.ts';
import { schema, schemaReader } from './schema.ts';

export const READERS = [schemaReader];

const todo: Unsupported = { unsupported: 'not yet' };
const todos = Object.fromEntries(Object.keys(KINDS).map((kind) => [kind, todo])) as Record<Kind, Unsupported>;

export const kinds: KindTable = { ...todos, schema };
