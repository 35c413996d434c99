import { Scanner, unescape } from './scan.ts';

/** What a literal says; `unreadable` where it is no literal. */
export type Value =
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'list'; readonly value: readonly string[] }
  | { readonly kind: 'null' }
  | { readonly kind: 'undefined' }
  | { readonly kind: 'reference'; readonly name: string }
  | { readonly kind: 'unreadable' };

export interface Found {
  readonly value: Value;
  /** Where it stands in the text. */
  readonly start: number;
}

export interface ModuleExports {
  /** By exported name; references to top-level variables are followed. */
  readonly exported: ReadonlyMap<string, Found>;
  /** Top-level variables, exported or not. */
  readonly locals: ReadonlyMap<string, Found>;
  /** Names given more than one value. */
  readonly twice: ReadonlySet<string>;
  /** `esm` where an `import` or `export` statement was met, `cjs` where `exports` or `module.exports`. */
  readonly syntax: 'esm' | 'cjs' | undefined;
  /** The first doc comment that stands before all code. */
  readonly doc: string | undefined;
}

const UNREADABLE: Value = { kind: 'unreadable' };

/** What carries a statement on, though it stands at the start of a line. */
const CONTINUES = new Set('+ - * / % . ( [ ? | & ^ = < > == => ! ${'.split(' '));

/**
 * The exports of a module and their literal values, read without running it.
 *
 * @param text the source: TypeScript, JavaScript, or what tsc and esbuild make of it
 * @param wanted groups of spellings; reading ends as soon as one name of each group was read as a literal
 */
export function readExports(text: string, wanted: readonly (readonly string[])[]): ModuleExports {
  return new ExportReader(text).read(wanted);
}

class ExportReader {
  readonly #scanner: Scanner;
  readonly #exported = new Map<string, Found>();
  readonly #locals = new Map<string, Found>();
  readonly #twice = new Set<string>();
  #syntax: 'esm' | 'cjs' | undefined;

  constructor(text: string) {
    this.#scanner = new Scanner(text);
  }

  read(wanted: readonly (readonly string[])[]): ModuleExports {
    const scanner = this.#scanner;
    scanner.advance();
    while (scanner.kind === 'string') {
      scanner.advance();
      if (scanner.is(';')) scanner.advance();
    }
    const { doc } = scanner;
    let before = '';
    let known = 0;
    while (!scanner.ended()) {
      const { value } = scanner;
      const word = scanner.kind === 'name' && scanner.depth === 0 && before !== '.' ? value : '';
      if (word === 'export') this.#export();
      else if (word === 'const' || word === 'let' || word === 'var') this.#variables(false);
      else if (word === 'exports' || word === 'module') this.#commonjs();
      else if (word === '__export' || word === '_export') this.#getters();
      else {
        scanner.advance();
        if (word === 'import' && !scanner.is('(')) this.#syntax = 'esm';
      }
      before = value;
      if (this.#exported.size === known) continue;
      known = this.#exported.size;
      if (wanted.every((names) => names.some((name) => this.#isLiteral(name)))) break;
    }
    const exported = new Map<string, Found>();
    for (const [name, found] of this.#exported) exported.set(name, this.#followed(found));
    return { exported, locals: this.#locals, twice: this.#twice, syntax: this.#syntax, doc };
  }

  #followed(found: Found): Found {
    const { value, start } = found;
    return value.kind === 'reference' ? (this.#locals.get(value.name) ?? { value: UNREADABLE, start }) : found;
  }

  #isLiteral(name: string): boolean {
    const found = this.#exported.get(name);
    const kind = found && this.#followed(found).value.kind;
    return kind === 'string' || kind === 'list' || kind === 'null';
  }

  #set(name: string, value: Value, start: number): void {
    const earlier = this.#exported.get(name)?.value.kind;
    // tsc first sets all to `void 0`.
    if (earlier !== undefined && earlier !== 'undefined') this.#twice.add(name);
    this.#exported.set(name, { value, start });
  }

  #take(value: string): boolean {
    if (!this.#scanner.is(value)) return false;
    this.#scanner.advance();
    return true;
  }

  #export(): void {
    const scanner = this.#scanner;
    this.#syntax = 'esm';
    scanner.advance();
    const word = scanner.value;
    if (word === 'const' || word === 'let' || word === 'var') this.#variables(true);
    else if (scanner.is('{')) this.#exportList();
    else if (word === 'async' || word === 'function' || word === 'class') {
      while (scanner.is('async') || scanner.is('function') || scanner.is('class') || scanner.is('*')) scanner.advance();
      if (scanner.kind === 'name') this.#set(scanner.value, UNREADABLE, scanner.start);
    }
  }

  /** `{ a, b as c, type D } [from '…']` */
  #exportList(): void {
    const scanner = this.#scanner;
    const names: [local: string, exported: string, start: number][] = [];
    scanner.advance();
    while (!scanner.ended() && !scanner.is('}')) {
      const { start } = scanner;
      let local = scanner.value;
      scanner.advance();
      const typeOnly = local === 'type' && scanner.kind === 'name' && !scanner.is('as');
      if (typeOnly) {
        local = scanner.value;
        scanner.advance();
      }
      let exported = local;
      if (this.#take('as')) {
        exported = scanner.value;
        scanner.advance();
      }
      if (!typeOnly) names.push([local, exported, start]);
      if (!this.#take(',') && !scanner.is('}')) return;
    }
    this.#take('}');
    const elsewhere = scanner.is('from');
    for (const [local, exported, start] of names) {
      this.#set(exported, elsewhere ? UNREADABLE : { kind: 'reference', name: local }, start);
    }
  }

  /** `const a: T = 'x' as const, b = null;` */
  #variables(exported: boolean): void {
    const scanner = this.#scanner;
    do {
      scanner.advance();
      const { value: name, start } = scanner;
      if (scanner.kind !== 'name' || name === 'enum') return;
      scanner.advance();
      this.#take('!');
      if (scanner.is(':')) this.#skipType('=');
      let value: Value = { kind: 'undefined' };
      if (this.#take('=')) value = this.#value(0);
      if (exported) this.#set(name, value, start);
      this.#locals.set(name, { value, start });
      if (value.kind === 'unreadable') return;
    } while (scanner.is(',') && scanner.depth === 0);
  }

  /** `exports.a = exports.b = 'x'`, `exports['a'] = …`, `module.exports.a = …`, `module.exports = { … }` */
  #commonjs(): void {
    const scanner = this.#scanner;
    const names: [name: string, start: number][] = [];
    while (scanner.is('exports') || scanner.is('module')) {
      const isModule = scanner.is('module');
      scanner.advance();
      if (isModule && !(this.#take('.') && this.#take('exports'))) return;
      if (isModule && this.#take('=')) {
        if (names.length === 0 && scanner.is('{') && scanner.depth === 0) this.#object();
        this.#syntax ??= 'cjs';
        return;
      }
      const bracket = scanner.is('[');
      if (!bracket && !scanner.is('.')) return;
      scanner.advance();
      const { value: name, start } = scanner;
      scanner.advance();
      if (bracket && !this.#take(']')) return;
      if (!this.#take('=')) return;
      names.push([name, start]);
    }
    if (names.length === 0) return;
    this.#syntax ??= 'cjs';
    const value = this.#value(0);
    for (const [name, start] of names) this.#set(name, value, start);
  }

  /** The entries of the `{ … }` at hand become exports. */
  #object(): void {
    const scanner = this.#scanner;
    const inside = scanner.depth + 1;
    scanner.advance();
    while (!scanner.ended() && !scanner.is('}')) {
      const { value: name, start, kind } = scanner;
      scanner.advance();
      let value: Value = UNREADABLE;
      if (this.#take(':')) value = this.#value(inside);
      else if (scanner.is(',') || scanner.is('}')) value = { kind: 'reference', name };
      if (kind === 'name' || kind === 'string') this.#set(name, value, start);
      while (!scanner.ended() && !(scanner.is(',') && scanner.depth === inside)) {
        if (scanner.is('}') && scanner.depth < inside) return;
        scanner.advance();
      }
      this.#take(',');
    }
  }

  /** esbuild: `__export(name, { revision: () => revision })`, swc: `_export(exports, { get revision() { return revision; } })` */
  #getters(): void {
    const scanner = this.#scanner;
    scanner.advance();
    if (!this.#take('(') || scanner.kind !== 'name') return;
    scanner.advance();
    if (!this.#take(',') || !scanner.is('{')) return;
    const inside = scanner.depth + 1;
    scanner.advance();
    while (scanner.kind === 'name' || scanner.kind === 'string') {
      this.#take('get');
      const { value: name, start } = scanner;
      let reference = name;
      while (scanner.depth >= inside && !(scanner.is(',') && scanner.depth === inside)) {
        if (scanner.kind === 'name') reference = scanner.value;
        scanner.advance();
        if (scanner.ended()) return;
      }
      this.#set(name, { kind: 'reference', name: reference }, start);
      this.#take(',');
    }
    this.#syntax ??= 'cjs';
  }

  #value(inside: number): Value {
    const value = this.#literal();
    return this.#endsHere(inside) ? value : UNREADABLE;
  }

  #literal(): Value {
    const scanner = this.#scanner;
    const { kind, value: raw } = scanner;
    if (kind === 'string' || kind === 'template') {
      scanner.advance();
      return { kind: 'string', value: unescape(kind === 'template' ? raw.replaceAll(/\r\n?/g, '\n') : raw) };
    }
    if (kind === 'name') {
      scanner.advance();
      if (raw === 'null') return { kind: 'null' };
      if (raw === 'undefined') return { kind: 'undefined' };
      if (raw !== 'void') return { kind: 'reference', name: raw };
      scanner.advance();
      return { kind: 'undefined' };
    }
    return scanner.is('[') ? this.#list() : UNREADABLE;
  }

  #list(): Value {
    const scanner = this.#scanner;
    const value: string[] = [];
    scanner.advance();
    while (!scanner.is(']')) {
      const item = this.#literal();
      if (item.kind !== 'string') return UNREADABLE;
      value.push(item.value);
      if (!this.#take(',') && !scanner.is(']')) return UNREADABLE;
    }
    scanner.advance();
    return { kind: 'list', value };
  }

  /** Whether the expression ends at the token at hand, after `as const`, `satisfies T` or the like. */
  #endsHere(inside: number): boolean {
    const scanner = this.#scanner;
    if (scanner.is('as') || scanner.is('satisfies')) this.#skipType(undefined);
    if (scanner.ended() || scanner.is(';') || scanner.is(',')) return true;
    if (scanner.is('}')) return inside > 0;
    if (!scanner.newline) return false;
    return scanner.kind === 'name' ? !scanner.is('in') && !scanner.is('instanceof') : !this.#continues();
  }

  #continues(): boolean {
    const { kind, value } = this.#scanner;
    return kind === 'template' || (kind === 'punctuator' && CONTINUES.has(value));
  }

  /** Skips a type: up to `until`, `;` or `,` outside brackets, or the line that starts the next statement. */
  #skipType(until: '=' | undefined): void {
    const scanner = this.#scanner;
    const { depth } = scanner;
    let angles = 0;
    let first = true;
    for (scanner.advance(); !scanner.ended(); scanner.advance()) {
      if (scanner.is('<')) angles++;
      else if (scanner.is('>')) angles--;
      else if (scanner.depth < depth) return;
      else if (scanner.depth === depth && angles <= 0) {
        if (scanner.is(';') || scanner.is(',') || (until !== undefined && scanner.is(until))) return;
        const statement = scanner.kind === 'name' && until === undefined && scanner.newline && !first;
        if (statement) return;
      }
      first = first && (scanner.is('|') || scanner.is('&'));
    }
  }
}
