/**
 * A text that a regular expression matches, as far as it is made of the common parts: classes, groups, choices and counts.
 * Undefined for anything else.
 */
export function instanceOfPattern(pattern: string, extra = 0): string | undefined {
  try {
    const reader = new PatternReader(pattern.replace(/^\(\?[a-z]+\)/, '').replace(/^\*\*\*[:=]/, ''), extra);
    const text = reader.choice();
    return reader.isAtEnd ? text : undefined;
  } catch {
    return undefined;
  }
}

/** A text that a LIKE or SIMILAR TO pattern matches. */
export function instanceOfLike(pattern: string): string {
  return pattern.replaceAll(/\\(.)|[%_]/gs, (_, escaped: string | undefined) => escaped ?? 'a');
}

const CLASSES: Readonly<Record<string, string>> = { d: '1', w: 'a', s: ' ', D: 'a', W: '-', S: 'a', n: '\n', t: '\t' };
const NAMED: Readonly<Record<string, string>> = {
  alpha: 'a',
  alnum: 'a',
  digit: '1',
  lower: 'a',
  upper: 'A',
  space: ' ',
  punct: '.',
  xdigit: 'a',
  word: 'a',
};

class PatternReader {
  readonly #pattern: string;
  /** Added to each open count, for another instance. */
  readonly #extra: number;
  #at = 0;

  constructor(pattern: string, extra: number) {
    this.#pattern = pattern;
    this.#extra = extra;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#pattern.length;
  }

  /** The first of the branches; the others are read as well. */
  choice(): string {
    const first = this.#branch();
    while (this.#take('|')) this.#branch();
    return first;
  }

  #take(text: string): boolean {
    if (!this.#pattern.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #branch(): string {
    let text = '';
    while (!this.isAtEnd && !'|)'.includes(this.#pattern[this.#at]!)) {
      const item = this.#item();
      text += item.repeat(this.#count());
    }
    return text;
  }

  #item(): string {
    if (this.#take('^') || this.#take('$')) return '';
    if (this.#take('(?=') || this.#take('(?!') || this.#take('(?<')) throw new Error('a look around');
    if (this.#take('(?:') || this.#take('(')) {
      const text = this.choice();
      if (!this.#take(')')) throw new Error('an open group');
      return text;
    }
    if (this.#take('[')) return this.#set();
    const [next = ''] = this.#pattern.slice(this.#at);
    this.#at += next.length;
    if (next === '.') return 'a';
    if (next !== '\\') return next;
    const [escaped = ''] = this.#pattern.slice(this.#at);
    this.#at += escaped.length;
    if (/[AZmMyY]/.test(escaped)) return '';
    return CLASSES[escaped] ?? escaped;
  }

  #set(): string {
    const isNegated = this.#take('^');
    const found: string[] = [];
    const start = this.#at;
    while (this.#at === start || !this.#take(']')) {
      if (this.isAtEnd) throw new Error('an open class');
      const named = /^\[:(\w+):\]/.exec(this.#pattern.slice(this.#at));
      if (named !== null) {
        this.#at += named[0].length;
        found.push(NAMED[named[1]!] ?? 'a');
        continue;
      }
      const [next = ''] = this.#pattern.slice(this.#at);
      this.#at += next.length;
      if (next === '\\') {
        const escaped = this.#pattern[this.#at++] ?? '';
        found.push(CLASSES[escaped] ?? escaped);
      } else found.push(next);
    }
    if (!isNegated) return found.find((text) => text !== '-') ?? '-';
    return ['a', '1', 'A', ' ', '_', '.'].find((text) => !found.includes(text)) ?? '~';
  }

  #count(): number {
    if (this.#take('*')) return this.#lazily(this.#extra);
    if (this.#take('+')) return this.#lazily(1 + this.#extra);
    if (this.#take('?')) return this.#lazily(Math.min(this.#extra, 1));
    const counted = /^\{(\d+)(,?)(\d*)\}/.exec(this.#pattern.slice(this.#at));
    if (counted === null) return 1;
    this.#at += counted[0].length;
    const [, least, comma, most] = counted;
    const wanted = Number(least) + (comma === '' ? 0 : this.#extra);
    return this.#lazily(most === '' ? wanted : Math.min(wanted, Number(most)));
  }

  #lazily(count: number): number {
    this.#take('?');
    return count;
  }
}
