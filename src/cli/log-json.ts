import { ToraleError } from '../errors.ts';
import type { EventListener, PlannedStep, ToraleEvent } from '../events.ts';
import { displayPath } from '../paths.ts';
import { redact, redactValue } from '../redact.ts';
import { words } from './arguments.ts';
import { eventText, throttle } from './progress.ts';

export const LOG_FORMATS = ['text', 'json'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

const FLAG = '--log-format';
const VARIABLE = 'TORALE_LOG_FORMAT';

/**
 * How stderr is written, read before anything else is: a wrong flag is to be told in this form too.
 *
 * @returns `text` for what is no format; {@link checkLogFormat} complains of it
 */
export function logFormat(argv: readonly string[], env: NodeJS.ProcessEnv = process.env): LogFormat {
  const before = words(argv);
  const at = before.findLastIndex((word) => word === FLAG || word.startsWith(`${FLAG}=`));
  const said = at === -1 ? env[VARIABLE] : before[at] === FLAG ? before[at + 1] : before[at]!.slice(FLAG.length + 1);
  return said === 'json' ? 'json' : 'text';
}

/** @throws ToraleError USAGE; oclif looks at the flag itself */
export function checkLogFormat(env: NodeJS.ProcessEnv = process.env): void {
  const said = env[VARIABLE];
  if (said === undefined || said === '' || LOG_FORMATS.some((format) => format === said)) return;
  throw new ToraleError('USAGE', `${VARIABLE} is neither ${LOG_FORMATS.join(' nor ')}.`);
}

type Level = 'debug' | 'info' | 'warning' | 'error';

const LEVELS: Partial<Record<ToraleEvent['type'], Level>> = {
  statement: 'debug',
  blocked: 'warning',
  'lock-retry': 'warning',
  warning: 'warning',
  'revision-failed': 'error',
};

export type LogFields = Readonly<Record<string, unknown>>;

/** One line of the log: one JSON object, whatever its texts hold. */
export function logLine(level: Level, event: string, fields: LogFields, secrets: readonly string[]): string {
  const own = { ts: new Date().toISOString(), level, event };
  const values = Object.entries(redactValue(fields, secrets)).map(([key, value]) => [key, rounded(key, value)]);
  return escaped(JSON.stringify({ ...own, ...(Object.fromEntries(values) as object), ...own }));
}

/** Milliseconds that were measured are fractions of them. */
function rounded(key: string, value: unknown): unknown {
  return typeof value === 'number' && key.endsWith('Ms') ? Math.round(value) : value;
}

/** What JSON leaves as it is and a terminal does not: control characters, and those that turn the direction of reading. */
function escaped(json: string): string {
  return json.replaceAll(
    /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Writes each event as one line of JSON. */
export function jsonProgress(write: (line: string) => void, secrets: () => readonly string[]): EventListener {
  const isDue = throttle();
  return (event) => {
    if (!isDue(event)) return;
    const { type, ...facts } = event;
    const message = eventText(event);
    write(logLine(LEVELS[type] ?? 'info', type, { ...flat(facts), ...(message && { message }) }, secrets()));
  };
}

/** The revision of a step stands where each event has it; its message is a `title`, since the line has a message. */
function flat(facts: object): LogFields {
  const { step, steps, ...rest } = facts as { step?: PlannedStep; steps?: readonly PlannedStep[] } & LogFields;
  return {
    ...(step && inLine(step)),
    ...rest,
    ...(steps && { revisions: steps.map(({ revision }) => revision) }),
  };
}

function inLine({ revision, message, file }: PlannedStep): LogFields {
  return { revision, title: message, file: file === null ? null : displayPath(file) };
}

/** The last line of a run that failed. */
export function errorLine({ code, exitCode, message, hint, data, stack }: ToraleError, debug: boolean): string {
  const own = { code, exitCode, message, hint, ...(debug ? { stack: redact(stack ?? '', []) } : {}) };
  return logLine('error', 'error', { ...own, ...data, ...own }, []);
}

/** Node prints its warnings as text. */
export function logNodeWarnings(write: (line: string) => void, secrets: () => readonly string[]): void {
  process.removeAllListeners('warning');
  process.on('warning', ({ name, message }) => {
    write(logLine('warning', 'node-warning', { code: name, message }, secrets()));
  });
}
