import { readFileSync } from 'node:fs';
import type { Interfaces } from '@oclif/core';
import { expect, test } from 'vitest';
import { EXIT_CODES, FAILURES } from '../../src/errors.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const rows = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

test('docs/exit-codes.md is the table of the code', () => {
  const found = rows(read('docs/exit-codes.md'));
  const exits = found.filter((row) => row.length === 4 && /^\d/.test(row[0]!));
  expect(exits.map(([code, name]) => [name, Number(code)])).toEqual(Object.entries(EXIT_CODES));
  const codes = found.filter((row) => row[0]!.startsWith('`'));
  expect(codes).toEqual(
    Object.entries(FAILURES).map(([code, { exit, means }]) => [`\`${code}\``, String(EXIT_CODES[exit]), means]),
  );
});

test('docs/commands.md names every command and flag', () => {
  const { commands } = JSON.parse(read('oclif.manifest.json')) as Interfaces.Manifest;
  const text = read('docs/commands.md');
  const sections = new Map(text.split(/^## /m).map((section) => [section.split('\n')[0]!, section]));
  const missing: string[] = [];
  for (const [name, { aliases, flags }] of Object.entries(commands)) {
    const section = sections.get(name) ?? '';
    const names = [name, ...(aliases ?? [])].map((word) => `torale ${word}`);
    for (const flag of Object.values(flags)) {
      const where = flag.helpGroup === 'GLOBAL' ? sections.get('Flags of every command') : section;
      const spellings = [`--${flag.name}`, ...(flag.aliases ?? []).map((alias) => `--${alias}`)];
      if (flag.char !== undefined) spellings.push(`-${flag.char}`);
      missing.push(...spellings.filter((one) => !where?.includes(`\`${one}`)).map((one) => `${name} ${one}`));
    }
    missing.push(...names.filter((word) => !section.includes(`\`${word}`)));
  }
  expect(missing).toEqual([]);
});
