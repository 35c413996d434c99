import type { SchemaObject } from './object.ts';

/** What stands for a password wherever a schema is written down or shown. */
const MASK = '***';

/**
 * An object as it may be shown and kept in files: without passwords, which the options of a user mapping and the
 * connection of a subscription may hold.
 */
export function withoutSecrets<T extends SchemaObject>(object: T): T {
  if (object.kind === 'userMapping' && object.definition.options !== undefined) {
    const options = object.definition.options.map((option) =>
      option.replace(/^(\w*(?:password|passwd|secret|token|key))=.*$/is, `$1=${MASK}`),
    );
    return { ...object, definition: { ...object.definition, options } };
  }
  if (object.kind === 'subscription' && object.definition.connection !== undefined) {
    return {
      ...object,
      definition: { ...object.definition, connection: maskConnection(object.definition.connection) },
    };
  }
  return object;
}

/** https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING */
function maskConnection(text: string): string {
  return text
    .replaceAll(/\b((?:ssl)?password)\s*=\s*(?:'(?:[^'\\]|\\.)*'|[^\s]+)/gi, `$1=${MASK}`)
    .replaceAll(/(\/\/[^:/@\s]*):[^@\s]*@/g, `$1:${MASK}@`);
}

/** Whether it holds a password. */
export function hasSecret(object: SchemaObject): boolean {
  return withoutSecrets(object) !== object && JSON.stringify(withoutSecrets(object)) !== JSON.stringify(object);
}
