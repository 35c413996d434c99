import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { torale } from '../support/cli.ts';
import { temporaryFolder, writeVersions } from '../support/revisions.ts';
import { BOUND_USER, contentsOf, permissionsCanBeTried, refuses, NEEDS_USER } from './refusal.ts';
import { describeIf } from '../support/databases.ts';

interface Case {
  readonly title: string;
  readonly args: readonly string[];
  readonly env?: Record<string, string>;
  readonly files?: Record<string, string>;
  readonly exit: number;
  readonly code: string;
  readonly says: RegExp;
}

const SQLITE = ['--url', 'sqlite:./app.db'];
const at = (url: string) => ['current', '--url', url];

const CASES: readonly Case[] = [
  { title: 'no database is named', args: ['upgrade', 'head'], exit: 2, code: 'NO_DATABASE', says: /No database is named[^]*DATABASE_URL/ },
  { title: 'no database is named, for a look', args: ['current'], exit: 2, code: 'NO_DATABASE', says: /No database is named/ },
  { title: 'DATABASE_URL is empty', args: ['upgrade'], env: { DATABASE_URL: '' }, exit: 2, code: 'CONFIG_INVALID', says: /DATABASE_URL is empty/ },
  { title: 'an unknown scheme', args: at('postgrse://app@db/app'), exit: 2, code: 'URL_UNSUPPORTED', says: /postgrse[^]*Did you mean 'postgres:'/ },
  { title: 'another database', args: at('mssql://app@db/app'), exit: 2, code: 'URL_UNSUPPORTED', says: /mssql/ },
  { title: 'a service over HTTP', args: at('libsql://app.turso.io'), exit: 2, code: 'URL_UNSUPPORTED', says: /HTTP/ },
  { title: 'a path without a scheme', args: at('./app.db'), exit: 2, code: 'URL_INVALID', says: /sqlite:\.\/app\.db/ },
  { title: 'an unknown parameter', args: at('postgres://app@db/app?ssl_mode=require'), exit: 2, code: 'URL_INVALID', says: /ssl_mode[^]*Did you mean 'sslmode'/ },
  { title: 'a wrong value of a parameter', args: at('postgres://app@db/app?sslmode=requires'), exit: 2, code: 'URL_INVALID', says: /sslmode[^]*Did you mean 'require'/ },
  { title: 'an empty URL', args: at(''), exit: 2, code: 'CONFIG_INVALID', says: /empty/ },
  { title: 'a URL with a line break', args: at('postgres://app@db/app\n'), exit: 3, code: 'UNREACHABLE', says: /postgres:\/\/app@db/ },
  { title: 'a MySQL URL without a database', args: at('mysql://root@127.0.0.1:1'), exit: 3, code: 'UNREACHABLE', says: /refused/ },
  { title: 'an unknown command', args: ['upgarde'], exit: 2, code: 'UNKNOWN_COMMAND', says: /upgarde[^]*Did you mean 'upgrade'/ },
  { title: 'an unknown flag', args: ['upgrade', '--dryrun', ...SQLITE], exit: 2, code: 'USAGE', says: /--dryrun/ },
  { title: 'a flag without its value', args: ['current', '--url'], exit: 2, code: 'USAGE', says: /--url/ },
  { title: 'a surplus argument', args: ['current', 'a1', ...SQLITE], exit: 2, code: 'USAGE', says: /a1/ },
  { title: 'downgrade', args: ['downgrade', 'base', ...SQLITE], exit: 2, code: 'FORWARD_ONLY', says: /forward/ },
  { title: 'a duration that is none', args: ['upgrade', ...SQLITE, '--lock-timeout', 'soon'], exit: 2, code: 'CONFIG_INVALID', says: /lock-timeout[^]*soon/ },
  { title: 'a configuration that is not there', args: ['current', '--config', 'no.json'], exit: 2, code: 'CONFIG_UNREADABLE', says: /no\.json/ },
  { title: 'a configuration with a syntax error', args: ['current'], files: { 'torale.config.mjs': 'export default { url: ' }, exit: 2, code: 'CONFIG_UNREADABLE', says: /torale\.config\.mjs/ },
  { title: 'a configuration that throws', args: ['current'], files: { 'torale.config.mjs': 'throw new Error("not today")' }, exit: 2, code: 'CONFIG_UNREADABLE', says: /torale\.config\.mjs[^]*not today/ },
  { title: 'JSON with a syntax error', args: ['current', '--config', 'torale.json'], files: { 'torale.json': '{ "url": }' }, exit: 2, code: 'CONFIG_UNREADABLE', says: /torale\.json/ },
  { title: 'an unknown key', args: ['current'], files: { 'torale.config.mjs': "export default { ulr: 'sqlite:./app.db' }" }, exit: 2, code: 'CONFIG_INVALID', says: /ulr[^]*Did you mean 'url'/ },
  { title: 'a value of a wrong type', args: ['current', ...SQLITE], files: { 'torale.config.mjs': 'export default { versions: 3 }' }, exit: 2, code: 'CONFIG_INVALID', says: /versions/ },
  { title: 'an unknown environment', args: ['current', '--env', 'prod'], files: { 'torale.config.mjs': "export default { environments: { production: { url: 'sqlite:./app.db' } } }" }, exit: 2, code: 'CONFIG_INVALID', says: /prod[^]*production/ },
  { title: 'a secret file that is not there', args: ['current'], env: { DATABASE_URL_FILE: '/nowhere/secret' }, exit: 2, code: 'CONFIG_UNREADABLE', says: /\/nowhere\/secret/ },
  { title: 'an unknown revision', args: ['upgrade', 'haed', ...SQLITE], exit: 7, code: 'UNKNOWN_REVISION', says: /haed[^]*Did you mean 'head'/ },
  { title: 'an ambiguous prefix', args: ['upgrade', 'ab', ...SQLITE], exit: 7, code: 'AMBIGUOUS_REVISION', says: /ab12[^]*ab34/ },
  { title: 'a step past the top', args: ['upgrade', '+9', ...SQLITE], exit: 7, code: 'RELATIVE_REVISION', says: /\+9/ },
  { title: 'an unknown branch', args: ['upgrade', 'biling@head', ...SQLITE], exit: 7, code: 'UNKNOWN_REVISION', says: /biling/ },
  { title: 'stamp without a revision', args: ['stamp', ...SQLITE], exit: 2, code: 'USAGE', says: /revision/i },
  { title: 'show of an unknown revision', args: ['show', 'zz', ...SQLITE], exit: 7, code: 'UNKNOWN_REVISION', says: /zz/ },
  { title: 'a range of strangers', args: ['history', '-r', 'ab34:ab12', ...SQLITE], exit: 7, code: 'RANGE_INVALID', says: /ab34[^]*ab12/ },
  { title: 'a version table with a forbidden name', args: ['current', ...SQLITE, '--version-table', ''], exit: 2, code: 'CONFIG_INVALID', says: /version-?table/i },
]; // prettier-ignore

describe('a mistake on the command line or in the configuration', () => {
  test.for(CASES)('$title', async ({ args, env, files = {}, ...refusal }) => {
    const folder = temporaryFolder();
    writeVersions([{ id: 'ab12' }, { id: 'ab34' }], join(folder, 'versions'));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const before = contentsOf(folder);
    await refuses(args, refusal, { cwd: folder, ...(env === undefined ? {} : { env }) });
    expect(contentsOf(folder)).toEqual(before);
  });

  test('--json before the command still gives one document', async () => {
    const { code, stdout } = await torale(['--json', 'current'], { cwd: temporaryFolder() });
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ error: { exitCode: 2 } });
  });
});

describeIf(permissionsCanBeTried, NEEDS_USER, 'a configuration file', () => {
  test.each(['.env', 'torale.config.mjs'])('%s that may not be read is told', async (name) => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, name), '');
    chmodSync(join(folder, name), 0);
    const refusal = { exit: 2, code: 'CONFIG_UNREADABLE', says: new RegExp(name.replaceAll('.', '\\.')) };
    await refuses(['current'], refusal, { cwd: folder, user: BOUND_USER });
  });
});
