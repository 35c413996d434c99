import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { EXIT_CODES } from '../../src/errors.ts';
import { torale } from '../support/cli.ts';
import { describeOn, freshDatabase, type TestDatabase } from '../support/databases.ts';
import { temporaryFolder } from './folder.ts';

const CONTAINERS = fileURLToPath(new URL('../../examples/containers', import.meta.url));
/** What the image holds in its working folder. */
const IMAGE = fileURLToPath(new URL('../../examples/torale-app', import.meta.url));

const text = (file: string): string => readFileSync(join(CONTAINERS, file), 'utf8');

function document(file: string): unknown {
  const documents = parseAllDocuments(text(file), { strict: true, uniqueKeys: true });
  expect(documents).toHaveLength(1);
  expect(documents[0]?.errors).toEqual([]);
  return parse(text(file));
}

interface EnvironmentVariable {
  name: string;
  value?: string;
  valueFrom?: { secretKeyRef: { name: string; key: string } };
}

interface Container {
  name: string;
  command: string[];
  args: string[];
  env: EnvironmentVariable[];
  securityContext: object;
  resources?: { requests: object; limits: object };
}

interface PodSpec {
  restartPolicy?: string;
  terminationGracePeriodSeconds: number;
  securityContext: object;
  initContainers?: Container[];
  containers: Container[];
}

interface Workload {
  apiVersion: string;
  kind: string;
  metadata: { name: string; annotations?: Record<string, string> };
  spec: {
    backoffLimit: number;
    activeDeadlineSeconds: number;
    ttlSecondsAfterFinished: number;
    podFailurePolicy: {
      rules: {
        action: string;
        onExitCodes?: { containerName: string; operator: string; values: number[] };
        onPodConditions?: { type: string }[];
      }[];
    };
    template: { spec: PodSpec };
  };
}

interface Compose {
  services: Record<
    string,
    {
      entrypoint?: string[];
      command?: string[];
      environment: Record<string, string>;
      depends_on?: string[] | Record<string, { condition: string }>;
      secrets?: string[];
      read_only?: boolean;
    }
  >;
  secrets: Record<string, object>;
}

/** A Dockerfile's instructions, in order. */
const instructions = text('Dockerfile')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => ({ name: line.split(' ', 1)[0]!, rest: line.slice(line.indexOf(' ') + 1) }));
const last = (name: string): string => instructions.findLast((instruction) => instruction.name === name)?.rest ?? '';

const compose = document('compose.yaml') as Compose;
const workloads = Object.fromEntries(
  ['kubernetes/job.yaml', 'kubernetes/deployment-init.yaml', 'helm/migrate-job.yaml'].map((file) => [
    file,
    document(file) as Workload,
  ]),
);
const podOf = ({ spec }: Workload): PodSpec => spec.template.spec;
const migrateOf = (workload: Workload): Container =>
  [...(podOf(workload).initContainers ?? []), ...podOf(workload).containers].find(({ name }) => name === 'migrate')!;
const jobs = Object.entries(workloads).filter(([, { kind }]) => kind === 'Job');

/** Every way to start the migration here, as the process gets it. */
const commands: Record<string, string[]> = {
  Dockerfile: [...(JSON.parse(last('ENTRYPOINT')) as string[]), ...(JSON.parse(last('CMD')) as string[])],
  'compose.yaml': [...compose.services['migrate']!.entrypoint!, ...compose.services['migrate']!.command!],
  ...Object.fromEntries(
    Object.entries(workloads).map(([file, workload]) => {
      const { command, args } = migrateOf(workload);
      return [file, [...command, ...args]];
    }),
  ),
};

describe('examples/containers', () => {
  test.each(Object.entries(commands))('%s runs torale itself, without a shell', (_, argv) => {
    expect(argv).toEqual(['torale', 'upgrade', 'head', '--wait', '60s']);
  });

  test('the image has two stages, production packages and a user with a number', () => {
    const from = instructions.filter(({ name }) => name === 'FROM').map(({ rest }) => rest);
    expect(from).toEqual(['node:24-slim AS dependencies', 'node:24-slim']);
    expect(instructions.filter(({ name }) => name === 'RUN')).toEqual([{ name: 'RUN', rest: 'npm ci --omit=dev' }]);
    expect(last('USER')).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    expect(last('ENV')).toContain('PATH=/app/node_modules/.bin:$PATH');
  });

  test('Compose starts the application when the migration has succeeded', () => {
    const { app, migrate } = compose.services;
    expect(app?.depends_on).toEqual({ migrate: { condition: 'service_completed_successfully' } });
    expect(migrate).toMatchObject({ depends_on: ['db'], restart: 'no', read_only: true, cap_drop: ['ALL'] });
    for (const { secrets = [] } of Object.values(compose.services)) {
      for (const secret of secrets) expect(compose.secrets).toHaveProperty(secret);
    }
  });

  test.each(Object.entries(workloads))('%s needs no rights and no file system', (_, workload) => {
    const { securityContext, resources, env } = migrateOf(workload);
    expect(podOf(workload).securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 });
    expect(securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(resources).toMatchObject({
      requests: { memory: expect.any(String) },
      limits: { memory: expect.any(String) },
    });
    expect(podOf(workload).terminationGracePeriodSeconds).toBeGreaterThanOrEqual(60);
    const url = { name: 'DATABASE_URL', valueFrom: { secretKeyRef: { name: 'database-owner', key: 'url' } } };
    expect(env).toEqual([url]);
  });

  test.each(jobs)('%s gives up at once where a second try cannot help', (_, workload) => {
    const { apiVersion, spec } = workload;
    expect(apiVersion).toBe('batch/v1');
    const { usage, failed, unresolved, history, refused, denied } = EXIT_CODES;
    const [fatal, disruption] = spec.podFailurePolicy.rules;
    expect(fatal).toEqual({
      action: 'FailJob',
      onExitCodes: {
        containerName: 'migrate',
        operator: 'In',
        values: [usage, failed, unresolved, history, refused, denied],
      },
    });
    expect(disruption).toEqual({ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] });
    // Kubernetes takes a podFailurePolicy with this policy only.
    expect(podOf(workload).restartPolicy).toBe('Never');
    expect(spec.backoffLimit).toBeGreaterThan(0);
    expect(spec.activeDeadlineSeconds).toBeGreaterThan(600);
    expect(spec.ttlSecondsAfterFinished).toBeGreaterThan(0);
  });

  test('the Helm hook runs before install and upgrade, and is valid as it stands', () => {
    const { metadata } = workloads['helm/migrate-job.yaml']!;
    expect(metadata.annotations).toMatchObject({
      'helm.sh/hook': 'pre-install,pre-upgrade',
      'helm.sh/hook-delete-policy': 'before-hook-creation',
    });
    expect(Number(metadata.annotations?.['helm.sh/hook-weight'])).toBeLessThan(0);
    // Helm reads braces in comments as well; each pair stands in a quoted value.
    for (const line of text('helm/migrate-job.yaml').split('\n')) {
      if (line.includes('{{')) expect(line).toMatch(/^ *\w+: '[^']*\{\{ [.\w]+ \}\}[^']*'$/);
    }
  });

  test('the README names files and exit codes that there are', () => {
    const readme = text('README.md');
    for (const [, file] of readme.matchAll(/\]\(([\w./-]+)\)/g)) expect(text(file!)).not.toBe('');
    for (const [, snippet] of readme.matchAll(/```yaml\n(.*?)```/gs))
      expect(() => parse(snippet!) as unknown).not.toThrow();
    const rows = [...readme.matchAll(/^\| (\d[\d, ]*?) *\|.*\| ([\w ,]+?) *\|$/gm)];
    const fatal = rows
      .filter(([, , job]) => job!.startsWith('fails'))
      .flatMap(([, codes]) => codes!.split(', ').map(Number));
    const [rule] = workloads['kubernetes/job.yaml']!.spec.podFailurePolicy.rules;
    expect(fatal.toSorted((a, b) => a - b)).toEqual(rule?.onExitCodes?.values);
    const known: number[] = Object.values(EXIT_CODES);
    for (const [, codes] of rows) expect(known).toEqual(expect.arrayContaining(codes!.split(', ').map(Number)));
  });
});

describeOn(['postgres'], 'the commands of examples/containers', () => {
  /** The process as the container starts it, with the database of this test. */
  const start = (file: string, db: TestDatabase, env: Record<string, string> = {}) =>
    torale(commands[file]!.slice(1), { cwd: IMAGE, env: { ...env, DATABASE_URL: db.url } });

  test.each(Object.keys(commands))('%s migrates', async (file) => {
    const db = await freshDatabase('postgres');
    expect(await start(file, db)).toMatchObject({ code: 0 });
    expect(await db.query('SELECT count(*)::int AS tasks FROM tasks')).toEqual([{ tasks: 0 }]);
  });

  test('three replicas at once apply each revision once', async () => {
    const db = await freshDatabase('postgres');
    const replicas = [1, 2, 3].map(() => start('kubernetes/deployment-init.yaml', db));
    expect((await Promise.all(replicas)).map(({ code }) => code)).toEqual([0, 0, 0]);
    const twice = 'SELECT revision FROM torale_history GROUP BY revision HAVING count(*) > 1';
    expect(await db.query(twice)).toEqual([]);
  });

  test('the password comes from a file, as Compose hands it over', async () => {
    const db = await freshDatabase('postgres');
    const { environment } = compose.services['migrate']!;
    expect(environment).toEqual({
      DATABASE_URL: expect.stringMatching(/^postgres:\/\/app@/),
      TORALE_PASSWORD_FILE: '/run/secrets/db_password',
    });
    const url = new URL(db.url);
    const file = join(temporaryFolder(), 'db_password');
    writeFileSync(file, `${decodeURIComponent(url.password) || 'not asked for'}\n`);
    url.password = '';
    const result = await start('compose.yaml', { ...db, url: url.href }, { TORALE_PASSWORD_FILE: file });
    expect(result).toMatchObject({ code: 0 });
  });

  test('a container without a database URL fails for good', async () => {
    const { code, stderr } = await torale(commands['Dockerfile']!.slice(1), { cwd: IMAGE });
    expect(code).toBe(EXIT_CODES.usage);
    expect(stderr).toContain('DATABASE_URL');
  });
});
