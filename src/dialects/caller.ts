import { hostname } from 'node:os';
import { version } from '../version.ts';

/** How a server shows this process to whoever waits for its lock. */
export interface Caller {
  /** `torale/0.1.0` */
  readonly program: string;
  readonly host: string;
  readonly pid: number;
}

export function caller(): Caller {
  return { program: `torale/${version}`, host: hostname(), pid: process.pid };
}

/** `torale 0.1.0 on api-7f9 (pid 7)` */
export function callerText({ program, host, pid }: { program: string; host: string; pid: number | string }): string {
  return `${program.replace('/', ' ')} on ${host} (pid ${pid})`;
}

/** PostgreSQL cuts application_name at 63 bytes; the time the lock was taken still has to fit behind it. */
export const NAME_LENGTH = 50;

/** `torale/0.1.0 api-7f9:7`; of a long host name the beginning. */
export function applicationName(): string {
  const { program, host, pid } = caller();
  const end = `:${pid}`;
  return `${program} ${host.slice(0, NAME_LENGTH - program.length - 1 - end.length)}${end}`;
}
