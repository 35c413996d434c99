import { describe, expect, test } from 'vitest';
import { renderBody } from '../../src/render/render.ts';
import { templateLiteral } from '../../src/render/literal.ts';

/** What the code in a generated body hands to `op.execute`, in order. */
async function executed(body: string): Promise<string[]> {
  const texts: string[] = [];
  const op = {
    execute: (sql: string) => Promise.resolve(void texts.push(sql)),
    autocommit: (work: () => Promise<void>) => work(),
  };
  const source = `export async function upgrade(op) {\n${body}\n}`;
  const module = (await import(`data:text/javascript;base64,${Buffer.from(source).toString('base64')}`)) as {
    upgrade: (operations: object) => Promise<void>;
  };
  await module.upgrade(op);
  return texts;
}

const HOSTILE = [
  `SELECT 'a'`,
  String.raw`SELECT '\d' ~ E'\\n'`,
  'SELECT `x`, ${y}, "$" || \'{z}\'',
  String.raw`SELECT '\' || ${'`'}a${'`'} || '${'${b}'}'`,
  "SELECT 'ends with a backslash\\",
  "SELECT 'line\r\nend\rs'",
  "SELECT '\u0001\u007f\u2028\u2029'",
  "SELECT '\ud83d\ude00 and \ud800 alone'",
  String.raw`SELECT '\u0041 \x41 \u{41} \unicorn'`,
  'CREATE FUNCTION f() AS $$\n  begin\n    -- `tick` \\d ${x}\n  end\n$$',
  "COMMENT ON TABLE t IS 'two\n   lines'",
  'CREATE FUNCTION g() AS $tag$\n$$ not the end\n$tag$ LANGUAGE sql',
  "INSERT INTO t VALUES ('it''s\n')",
];

describe('a body', () => {
  test.each(HOSTILE)('hands over byte for byte: %j', async (sql) => {
    expect(await executed(renderBody([{ sql }]))).toEqual([sql]);
    expect(await executed(renderBody([{ sql, transactional: false }]))).toEqual([sql]);
  });

  test('a statement of several lines is indented, which means nothing to the server', async () => {
    const sql = "CREATE TABLE t (\n  a text DEFAULT 'x',\n  b text\n)";
    const body = renderBody([{ sql }]);
    expect(body).toBe(
      "  await op.execute(`\n    CREATE TABLE t (\n      a text DEFAULT 'x',\n      b text\n    )\n  `);",
    );
    const [text] = await executed(body);
    expect(text!.replaceAll(/\s+/g, ' ').trim()).toBe(sql.replaceAll(/\s+/g, ' '));
  });

  test('comments stand above their statement, and cannot end in code', async () => {
    const body = renderBody([
      { sql: 'DROP TABLE t', hazard: 'Data loss: every row of t\u2028process.exit()\nand more' },
    ]);
    expect(
      body
        .split('\n')
        .slice(0, -1)
        .every((line) => line.startsWith('  // ')),
    ).toBe(true);
    expect(await executed(body)).toEqual(['DROP TABLE t']);
  });

  test('why it is there stands before what is lost', () => {
    expect(renderBody([{ sql: 'A', note: 'so that B', hazard: 'Data loss: C.' }])).toBe(
      '  // so that B\n  // Data loss: C.\n  await op.execute(`A`);',
    );
  });

  test('what stands outside the transaction is in one autocommit for each run of them', () => {
    const body = renderBody([
      { sql: 'A', transactional: false },
      { sql: 'B', transactional: false },
      { sql: 'C' },
      { sql: 'D', transactional: false },
    ]);
    expect(body).toBe(
      [
        '  await op.autocommit(async () => {',
        '    await op.execute(`A`);',
        '    await op.execute(`B`);',
        '  });',
        '  await op.execute(`C`);',
        '  await op.autocommit(async () => {',
        '    await op.execute(`D`);',
        '  });',
      ].join('\n'),
    );
  });

  test('a header stands first', () => {
    expect(renderBody([{ sql: 'A' }], { header: ['not proved'] })).toBe('  // not proved\n  await op.execute(`A`);');
  });
});

test('String.raw only where backslashes ask for it', () => {
  expect(templateLiteral('plain')).toBe('`plain`');
  expect(templateLiteral(String.raw`\d`)).toBe('String.raw`\\d`');
});
