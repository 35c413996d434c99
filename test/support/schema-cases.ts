import { readdirSync, readFileSync } from 'node:fs';

export interface SchemaCase {
  readonly name: string;
  /** The first major version of the server that takes its SQL. */
  readonly from: number;
  /** The only one of MySQL and MariaDB that takes its SQL. */
  readonly flavor: string | undefined;
  /** Tables whose rows must outlast the way there. */
  readonly keeps: readonly string[];
  readonly before: string;
  readonly after: string;
  readonly seed: string;
}

/**
 * The cases of a folder, by the names of its files. Each is `-- case: name`, its SQL, `-- after`, the SQL of where it is to
 * be, and maybe `-- seed`.
 */
export function readCases(folder: URL): Map<string, SchemaCase[]> {
  const files = readdirSync(folder).filter((file) => file.endsWith('.sql'));
  return new Map(files.map((file) => [file.replace('.sql', ''), casesIn(readFileSync(new URL(file, folder), 'utf8'))]));
}

function casesIn(file: string): SchemaCase[] {
  const texts = file.split(/^-- case: /m);
  return texts.slice(1).map((text) => {
    const [title = ''] = text.split('\n', 1);
    const [before = '', after = '', seed = ''] = text.slice(title.length).split(/^-- (?:after|seed)$/m);
    return {
      name: title.split(',', 1)[0]!,
      from: Number(/, from (\d+)/.exec(title)?.[1] ?? 0),
      flavor: /, (mysql|mariadb)\b/.exec(title)?.[1],
      keeps: /, keeps (.*)/.exec(title)?.[1]?.split(' ') ?? [],
      before,
      after,
      seed,
    };
  });
}
