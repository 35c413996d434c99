import type { EventListener, PlannedStep, ToraleEvent } from '../events.ts';
import { count, formatDuration, type Output } from './output.ts';
import { clip, pad } from './width.ts';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** Tells on stderr how a run goes: rewritten lines on a terminal, one line per event anywhere else. */
export function progress(output: Output): EventListener {
  return output.isTerminal ? onTerminal(output) : inLog(output);
}

function named({ revision, message }: PlannedStep): string {
  return message === '' ? revision : `${revision} ${message}`;
}

/** How often a log is told of an operation that goes on. */
const LOG_EVERY_MS = 10_000;

function inLog(output: Output): EventListener {
  const isDue = throttle();
  return (event) => {
    const text = eventText(event);
    if (text !== null && isDue(event)) output.note(`torale: ${text}`);
  };
}

/** Lets an operation that goes on through every so often only, and its end always. */
export function throttle(): (event: ToraleEvent) => boolean {
  let told = -Infinity;
  return (event) => {
    if (event.type !== 'batch') return true;
    if (!event.done && performance.now() - told < LOG_EVERY_MS) return false;
    told = event.done ? -Infinity : performance.now();
    return true;
  };
}

/** What a log says of an event, in one line; `null` for those that it need not tell. */
export function eventText(event: ToraleEvent): string | null {
  const text = inWords(event);
  if (text !== null) return text;
  if (event.type === 'plan' && event.steps.length > 0) {
    const from = event.heads.join(', ') || '(base)';
    return `${count(event.steps.length, 'revision')} to apply, ${from} → ${event.steps.at(-1)!.revision}`;
  }
  if (event.type === 'batch') return `${event.revision}: ${rowsSoFar(event)}`;
  if (event.type === 'revision-started' && event.resumed) return `going on with ${named(event.step)}`;
  if (event.type !== 'revision-applied') return null;
  return `applied ${named(event.step)} (${formatDuration(event.durationMs)})`;
}

/** Where durations stand, so that they are one below the other. */
const RIGHT = 70;

function onTerminal(output: Output): EventListener {
  const { styleNote } = output;
  let timer: NodeJS.Timeout | undefined;
  let detail = '';
  let left = 0;
  const say = (text: string): void => {
    if (timer !== undefined) output.rewrite('');
    output.note(text);
  };
  const line = (mark: string, { revision, message }: PlannedStep, right: string): string => {
    const text = clip(`${revision}  ${message}`.trimEnd(), Math.max(20, output.noteColumns - 20));
    return `  ${mark} ${right === '' ? text : `${pad(text, Math.min(RIGHT, output.noteColumns - 12) - 4)} ${styleNote('dim', right)}`}`;
  };
  const run = (step: PlannedStep, resumed: boolean): void => {
    const started = performance.now();
    let frame = 0;
    detail = '';
    const draw = (): void => {
      const elapsed = performance.now() - started;
      const right = detail || (elapsed > 1000 ? formatDuration(elapsed) : resumed ? 'going on' : '');
      output.rewrite(line(FRAMES[frame++ % FRAMES.length]!, step, right));
    };
    draw();
    timer = setInterval(draw, 80);
    timer.unref();
  };
  const end = (text: string): void => {
    clearInterval(timer);
    say(text);
    timer = undefined;
  };
  return (event) => {
    const text = inWords(event);
    if (text !== null) say(event.type === 'warning' ? styleNote('yellow', text) : text);
    else if (event.type === 'plan' && event.steps.length > 0) {
      left = event.steps.length;
      output.note(`${event.database}: ${count(left, 'revision')} to apply\n`);
    } else if (event.type === 'revision-started') run(event.step, event.resumed);
    else if (event.type === 'batch') detail = event.done ? '' : rowsSoFar(event);
    else if (event.type === 'revision-applied') {
      end(line(styleNote('green', '✓'), event.step, formatDuration(event.durationMs)));
      if (--left === 0) output.note('');
    } else if (event.type === 'revision-failed') end(`${line(styleNote('red', '✗'), event.step, '')}\n`);
  };
}

/** Events that read the same everywhere; `null` for those that are told otherwise. */
function inWords(event: ToraleEvent): string | null {
  switch (event.type) {
    case 'waiting-for-server':
      return `${event.reason.replace(/\.$/, '')}, ${formatDuration(event.elapsedMs)} of ${formatDuration(event.limitMs)}`;
    case 'waiting-for-head':
      return `waiting for another run: ${event.heads.join(', ') || 'no revision'} is applied, ${event.pending} to go; ${formatDuration(event.elapsedMs)} of ${formatDuration(event.limitMs)}`;
    case 'waiting-for-lock':
      return `waiting${event.elapsedMs < 1000 ? '' : ` ${formatDuration(event.elapsedMs)}`} for the migration lock, held by ${event.holder ?? 'another connection'}`;
    case 'ahead':
      return (
        `the database is ahead: it has ${event.unknown.join(', ')}, which this image does not know; ` +
        `its own head${event.codeHeads.length === 1 ? '' : 's'} ${event.codeHeads.join(', ')} ${event.codeHeads.length === 1 ? 'is' : 'are'} applied. Nothing to do.`
      );
    case 'up-to-date':
      return event.waited ? 'nothing to do: another run got there' : null;
    case 'statement-settled':
      return settled(event);
    case 'blocked':
      return `${event.revision} waits for ${event.blockers.join('; ')}`;
    case 'lock-retry':
      return `${event.revision}: no lock for statement ${event.statement} within ${formatDuration(event.lockTimeoutMs)}, try ${event.attempt}; again in ${formatDuration(event.restMs)}`;
    case 'log':
      return `${event.revision}: ${event.message}`;
    case 'warning':
      return `warning: ${event.message}${event.hint === undefined ? '' : ` ${event.hint}`}`;
    case 'plan':
    case 'revision-started':
    case 'revision-applied':
    case 'revision-failed':
    case 'statement':
    case 'batch':
      return null;
  }
}

/** `12000 rows, 3400 a second` */
function rowsSoFar({ rows, ratePerSecond }: Extract<ToraleEvent, { type: 'batch' }>): string {
  return `${count(rows, 'row')}${ratePerSecond > 0 ? `, ${ratePerSecond} a second` : ''}`;
}

/** An ambiguous one ends the run, with an error that tells more. */
function settled({ revision, statement, verdict }: Extract<ToraleEvent, { type: 'statement-settled' }>): string | null {
  if (verdict === 'ambiguous') return null;
  const what = `${revision}: statement ${statement}, in which an earlier run was cut off,`;
  return verdict === 'applied'
    ? `${what} was applied and is not run again`
    : `${what} was not applied and is run again`;
}
