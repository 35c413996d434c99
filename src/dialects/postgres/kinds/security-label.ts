import type { Unsupported } from '../../../diff/rules.ts';
import { keyOf } from '../../../schema/object.ts';
import type { Reader } from '../reader.ts';
import { Subjects } from './subject.ts';

interface Row {
  readonly class: number;
  readonly oid: number;
  readonly sub: number;
  readonly provider: string;
  readonly label: string;
}

export const securityLabelReader: Reader<Row> = {
  name: 'security_labels',
  sql: () => `
    SELECT l.classoid::int8 AS class, l.objoid::int8 AS oid, l.objsubid AS sub, l.provider, l.label
    FROM pg_catalog.pg_seclabel l`,
  read: (rows, catalog) => {
    catalog.later(() => {
      const subjects = new Subjects(catalog);
      for (const row of rows) {
        const subject = subjects.exactly([row.class, row.oid, row.sub]);
        if (subject === undefined) continue;
        const path = [subject.kind, ...subject.path, row.provider];
        catalog.need(catalog.put('securityLabel', path, { label: row.label }), keyOf(subject), 'own');
      }
    });
  },
};

/** The provider decides what a label means and who may set it, and a scratch database may not have it. */
export const securityLabel: Unsupported = {
  unsupported: 'security labels belong to a provider that a scratch database need not have; set it by hand',
};
