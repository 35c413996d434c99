import type { Dag } from './dag.ts';

/** How lines go on between two rows: everything in column `from` continues in column `to`. */
export interface Link {
  readonly from: number;
  readonly to: number;
}

/** One row of the drawing. */
export interface DrawnRow {
  /** `| *`, `|/`: the characters of this row, without blanks at its end. */
  readonly text: string;
  /** The revision that stands in this row; undefined for a row that only joins and splits lines. */
  readonly revision?: string;
  /** The column of its `*`; column n is character 2n. */
  readonly column?: number;
  /** For a row of lines: where each goes. In a row with a revision all lines go straight down. */
  readonly links?: readonly Link[];
  /** Parents and dependencies of this revision whose line found no free column; to be named beside it. */
  readonly elsewhere?: readonly string[];
}

export interface Drawing {
  readonly rows: readonly DrawnRow[];
  /** The length of the longest text. */
  readonly width: number;
}

export interface DrawOptions {
  /** The most columns lines may take; what finds none is told in `elsewhere`. */
  readonly columns?: number | undefined;
}

/** A line on its way down to the revision it leads to. */
interface Line {
  readonly to: number;
  readonly dependency: boolean;
}

const COLUMNS = 20;

class Canvas {
  readonly rows: DrawnRow[] = [];
  readonly #dag: Dag;
  readonly #limit: number;
  #lines: (Line | undefined)[] = [];
  /** The column of the revision just drawn, where no line goes on from it. */
  #ended: number | undefined;
  #width = 0;

  constructor(dag: Dag, limit: number) {
    this.#dag = dag;
    this.#limit = limit;
  }

  get drawing(): Drawing {
    return { rows: this.rows, width: this.#width };
  }

  /** Draws one revision, with the lines to `parents` starting from it. */
  place(node: number, parents: readonly Line[]): void {
    const column = this.#arrive(node);
    const lines = [...this.#lines];
    lines[column] = undefined;
    const links: Link[] = [];
    const elsewhere: string[] = [];
    let free = column < this.#limit;
    let unseen = false;
    for (const parent of parents) {
      const there = this.#find(parent);
      if (there === undefined) {
        const place = free ? column : this.#freeColumn(lines, column);
        if (place === undefined) {
          elsewhere.push(this.#dag.id(parent.to));
          continue;
        }
        lines[place] = parent;
        links.push({ from: column, to: place });
        if (place === column) free = false;
        unseen ||= parent.dependency;
      } else if (free && there > column) {
        lines[column] = this.#lines[there];
        lines[there] = undefined;
        links.push({ from: column, to: column }, { from: there, to: column });
        free = false;
      } else {
        links.push({ from: column, to: there });
      }
    }
    const here = { revision: this.#dag.id(node), column };
    this.#write(this.#nodeText(column), elsewhere.length === 0 ? here : { ...here, elsewhere });
    for (const [at, line] of this.#lines.entries()) {
      if (at !== column && line !== undefined && lines[at] !== undefined) links.push({ from: at, to: at });
    }
    if (links.some(({ from, to }) => from !== to)) this.#connect(lines, links);
    this.#settle(lines);
    // Right above its end, or as a slant only, a dependency would look like a parent.
    if (unseen) this.#goOn();
    this.#ended = this.#lines[column] === undefined ? column : undefined;
  }

  /** The column where the lines to a revision end; two kinds of line to it are joined first. */
  #arrive(node: number): number {
    const ends: number[] = [];
    for (const [at, line] of this.#lines.entries()) if (line?.to === node) ends.push(at);
    if (ends.length === 0) {
      const column = this.#freeColumn(this.#lines, -1) ?? this.#limit;
      // Right below a revision without parents, it would look like one.
      if (column === this.#ended) this.#goOn();
      return column;
    }
    const column = ends[0]!;
    if (ends.length === 1) return column;
    // A line that has not gone straight yet would be taken for one of the other kind as it slants into that.
    const above = this.rows.at(-1)!.text;
    if (ends.slice(1).some((at) => above[at * 2] !== '|' && above[at * 2] !== ':')) this.#goOn();
    const lines = this.#lines.map((line, at) => (at !== column && line?.to === node ? undefined : line));
    const links: Link[] = [];
    for (const [at, line] of this.#lines.entries()) {
      if (line !== undefined) links.push({ from: at, to: lines[at] === undefined ? column : at });
    }
    this.#connect(lines, links);
    this.#settle(lines);
    return column;
  }

  /** A row in which every line goes straight on. */
  #goOn(): void {
    const links: Link[] = [];
    for (const [at, line] of this.#lines.entries()) if (line !== undefined) links.push({ from: at, to: at });
    this.#connect(this.#lines, links);
  }

  #find(wanted: Line): number | undefined {
    const at = this.#lines.findIndex((line) => line?.to === wanted.to && line.dependency === wanted.dependency);
    return at === -1 ? undefined : at;
  }

  /** The nearest column that no line takes before or after this row, to the right of `after` where there is one. */
  #freeColumn(lines: readonly (Line | undefined)[], after: number): number | undefined {
    let left: number | undefined;
    for (let at = 0; at < this.#limit; at++) {
      if (at === after || lines[at] !== undefined || this.#lines[at] !== undefined) continue;
      if (at > after) return at;
      left ??= at;
    }
    return left;
  }

  #settle(lines: (Line | undefined)[]): void {
    while (lines.length > 0 && lines.at(-1) === undefined) lines.pop();
    this.#lines = lines;
  }

  #nodeText(column: number): string[] {
    const text: string[] = [];
    for (const [at, line] of this.#lines.entries()) if (line !== undefined) text[at * 2] = line.dependency ? ':' : '|';
    text[column * 2] = '*';
    return text;
  }

  /** A row of lines: straight ones first, then the slanting ones around them. */
  #connect(lines: readonly (Line | undefined)[], links: readonly Link[]): void {
    const text: string[] = [];
    for (const { from, to } of links) {
      if (from === to) text[to * 2] = lines[to]!.dependency ? ':' : '|';
    }
    for (const { from, to } of links) {
      if (to > from) text[to * 2 - 1] = '\\';
      if (to < from) text[from * 2 - 1] = '/';
    }
    for (const { from, to } of links) {
      for (let at = from * 2 + 1; at < to * 2 - 1; at++) text[at] ??= '-';
      for (let at = to * 2 + 1; at < from * 2 - 1; at++) text[at] ??= '_';
    }
    this.#write(text, { links: [...links] });
  }

  #write(text: readonly (string | undefined)[], row: Omit<DrawnRow, 'text'>): void {
    const line = Array.from(text, (character) => character ?? ' ').join('');
    this.#width = Math.max(this.#width, line.length);
    this.rows.push({ text: line, ...row });
  }
}

/**
 * Draws revisions as `git log --graph` does, in the order given (children before parents). Every link between two of
 * them is a line: `|` to a parent, `:` to a dependency. A line keeps its column until it joins another that leads to
 * the same revision, so the width is that of the branches open at one time, and never more than `columns`.
 */
export function draw(dag: Dag, nodes: readonly number[], { columns = COLUMNS }: DrawOptions = {}): Drawing {
  const drawn = new Uint8Array(dag.size);
  for (const node of nodes) drawn[node] = 1;
  const canvas = new Canvas(dag, columns);
  for (const node of nodes) {
    const lines: Line[] = [];
    for (const to of dag.parents.of(node)) {
      if (drawn[to] === 1) lines.push({ to, dependency: !dag.down.of(node).includes(to) });
    }
    canvas.place(node, lines);
  }
  return canvas.drawing;
}
