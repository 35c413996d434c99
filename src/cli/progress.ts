import type { EventListener, PlannedStep, ToraleEvent } from '../events.ts';
import { formatDuration, type Output } from './output.ts';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** Tells on stderr how a run goes: rewritten lines on a terminal, one line per event anywhere else. */
export function progress(output: Output): EventListener {
  return output.isTerminal ? onTerminal(output) : inLog(output);
}

function named({ revision, message }: PlannedStep): string {
  return message === '' ? revision : `${revision} ${message}`;
}

function count(steps: readonly PlannedStep[]): string {
  return `${steps.length} revision${steps.length === 1 ? '' : 's'} to apply`;
}

function inLog(output: Output): EventListener {
  const say = (text: string): void => output.note(`torale: ${text}`);
  return (event) => {
    switch (event.type) {
      case 'plan':
        if (event.steps.length > 0) {
          say(`${count(event.steps)}, ${event.heads.join(', ') || '(base)'} → ${event.steps.at(-1)!.revision}`);
        }
        return;
      case 'revision-started':
        if (event.resumed) say(`going on with ${named(event.step)}`);
        return;
      case 'revision-applied':
        say(`applied ${named(event.step)} (${formatDuration(event.durationMs)})`);
        return;
      default: {
        const text = inWords(event);
        if (text !== null) say(text);
      }
    }
  };
}

function onTerminal(output: Output): EventListener {
  let timer: NodeJS.Timeout | undefined;
  let running = false;
  const stopLine = (): void => {
    clearInterval(timer);
    if (running) output.rewrite('');
    running = false;
  };
  const line = (mark: string, step: PlannedStep, right: string): string => {
    const left = `  ${mark} ${step.revision}  ${step.message}`;
    return right === '' ? left : `${left.padEnd(70)} ${right}`;
  };
  return (event) => {
    switch (event.type) {
      case 'plan':
        if (event.steps.length > 0) output.note(`${event.database}: ${count(event.steps)}\n`);
        return;
      case 'revision-started': {
        let frame = 0;
        const draw = (): void => output.rewrite(line(FRAMES[frame++ % FRAMES.length]!, event.step, event.resumed ? 'going on' : ''));
        draw();
        running = true;
        timer = setInterval(draw, 80);
        timer.unref();
        return;
      }
      case 'revision-applied':
        stopLine();
        output.note(line(output.styleNote('green', '✓'), event.step, output.styleNote('dim', formatDuration(event.durationMs))));
        return;
      case 'revision-failed':
        stopLine();
        output.note(`${line(output.styleNote('red', '✗'), event.step, '')}\n`);
        return;
      default: {
        const text = inWords(event);
        if (text === null) return;
        stopLine();
        output.note(event.type === 'warning' ? output.styleNote('yellow', text) : text);
      }
    }
  };
}

/** Events that read the same everywhere; `null` for those that are told otherwise. */
function inWords(event: ToraleEvent): string | null {
  switch (event.type) {
    case 'waiting-for-server':
      return `${event.reason.replace(/\.$/, '')}, ${formatDuration(event.elapsedMs)} of ${formatDuration(event.limitMs)}`;
    case 'waiting-for-lock':
      return `waiting for the migration lock, held by ${event.holder ?? 'another connection'}, for ${formatDuration(event.elapsedMs)}`;
    case 'ahead':
      return (
        `the database is ahead: it has ${event.unknown.join(', ')}, which this image does not know; ` +
        `its own head${event.codeHeads.length === 1 ? '' : 's'} ${event.codeHeads.join(', ')} ${event.codeHeads.length === 1 ? 'is' : 'are'} applied. Nothing to do.`
      );
    case 'log':
      return `${event.revision}: ${event.message}`;
    case 'warning':
      return `warning: ${event.message}${event.hint === undefined ? '' : ` ${event.hint}`}`;
    default:
      return null;
  }
}
