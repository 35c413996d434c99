/** When an event was made and last changed, by the clock of its own time zone: `2026-11-21 20:24:14`. */
export interface EventTimes {
  readonly created: string;
  readonly altered: string;
}

const HOUR_S = 3600;
/** Hardly anybody says another time of the clock, and an event may well be made on the hour. */
const FULL_HOUR = ':00:00';
const TIME = / (AT|STARTS|ENDS) '(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?:\.\d+)?'/g;

/**
 * What SHOW CREATE EVENT prints behind the name, with times as they were meant. `STARTS` that was not said, and times that
 * were said as so many hours from then on, are kept as the time that this was when the event was made: two databases made of
 * one text would never agree. What is whole hours away from that moment, to the second, is taken for said so.
 */
export function eventText(printed: string, { created, altered }: EventTimes): string {
  const at = printed.indexOf(' ON COMPLETION ');
  const schedule = printed.slice(0, at).replaceAll(TIME, (said: string, word: string, time: string) => {
    const away = [created, altered].map((moment) => secondsBetween(moment, time)).find(isWholeHours);
    if (away === undefined) return said;
    const hours = Math.round(away / HOUR_S);
    if (hours === 0) return word === 'STARTS' ? '' : ` ${word} CURRENT_TIMESTAMP`;
    if (time.endsWith(FULL_HOUR)) return said;
    return ` ${word} CURRENT_TIMESTAMP + INTERVAL ${hours} HOUR`;
  });
  return schedule + printed.slice(at);
}

function isWholeHours(seconds: number): boolean {
  return seconds >= -1 && Math.abs(seconds - Math.round(seconds / HOUR_S) * HOUR_S) <= 1;
}

function secondsBetween(from: string, to: string): number {
  const [start, end] = [from, to].map((time) => Date.parse(`${time.slice(0, 19).replace(' ', 'T')}Z`));
  return (end! - start!) / 1000;
}

/** Whether a time of the clock is left in it, which then is one of some time zone. */
export function namesTime(text: string): boolean {
  return / (?:AT|STARTS|ENDS) '/.test(text.slice(0, text.indexOf(' ON COMPLETION ')));
}
