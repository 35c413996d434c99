import type { SchemaDialect } from '../dialects/schema-dialect.ts';
import { resolveRename } from '../diff/rename-requests.ts';
import type { RenameCandidate } from '../diff/renames.ts';
import type { Statement } from '../diff/rules.ts';
import { isToraleError } from '../errors.ts';
import { nameOf, type ObjectId, type Path } from '../schema/object.ts';
import type { Schema } from '../schema/schema.ts';
import { parseFills, refuseUnusedFills } from './fill.ts';
import type { AskRename, RenameWish } from './renaming.ts';

export interface AnswersRequest {
  readonly renames: RenameWish;
  readonly fills: readonly string[];
  readonly ask?: AskRename | undefined;
}

/**
 * What the flags and a person at the terminal say, for all dialects: a question is asked once, and a flag that says nothing
 * in one dialect may say something in another.
 */
export class Answers {
  readonly #request: AnswersRequest;
  /** Absent where nobody can be asked. */
  readonly ask: AskRename | undefined;
  /** What the flags that found nothing so far came up against. */
  readonly #unheard = new Map<string, unknown>();
  readonly #heard = new Set<string>();
  readonly #fills = new Map<ObjectId, string>();
  readonly #isShared: boolean;

  /** @param isShared several dialects are asked in turn */
  constructor(request: AnswersRequest, isShared: boolean) {
    this.#request = request;
    this.#isShared = isShared;
    const { ask } = request;
    this.ask = ask === undefined || !isShared ? ask : askOnce(ask);
  }

  /** The flags that mean something between these two. */
  renamesIn({ kinds }: SchemaDialect, from: Schema, to: Schema): RenameWish {
    const { renames } = this.#request;
    if (!this.#isShared || renames === undefined || renames === 'none') return renames;
    return renames.flatMap((text) => {
      const spellings = [text, withoutDefaultSchema(text)];
      const found = this.#heardAs(text, spellings, (spelling) => resolveRename(spelling, from, to, kinds));
      return found === null ? [] : [found];
    });
  }

  fillsIn(to: Schema): ReadonlyMap<ObjectId, string> {
    const { fills } = this.#request;
    const sound = this.#isShared
      ? fills.filter((text) => this.#heardAs(text, [text], () => parseFills([text], to)) !== null)
      : fills;
    const parsed = parseFills(sound, to);
    for (const [id, expression] of parsed) this.#fills.set(id, expression);
    return parsed;
  }

  /**
   * Once all dialects were asked.
   *
   * @throws ToraleError USAGE for a flag that means nothing in any of them
   */
  refuseUnused(statements: readonly Statement[]): void {
    for (const [text, error] of this.#unheard) if (!this.#heard.has(text)) throw error;
    refuseUnusedFills(this.#fills, statements);
  }

  /** The first spelling that says something; null where none does. */
  #heardAs(text: string, spellings: readonly string[], read: (spelling: string) => unknown): string | null {
    for (const spelling of spellings) {
      try {
        read(spelling);
        this.#heard.add(text);
        return spelling;
      } catch (error) {
        if (!isToraleError(error) || error.code !== 'USAGE') throw error;
        if (!this.#unheard.has(text)) this.#unheard.set(text, error);
      }
    }
    return null;
  }
}

function askOnce(ask: AskRename): AskRename {
  const answers = new Map<string, boolean>();
  return async (question) => {
    const key = sameEverywhere(question.candidate);
    const answer = answers.get(key) ?? (await ask(question));
    answers.set(key, answer);
    return answer;
  };
}

/** What PostgreSQL calls `public.users` is `users` elsewhere. */
const DEFAULT_SCHEMA = 'public';

function sameEverywhere({ from, to, member }: RenameCandidate): string {
  const plain = (path: Path): string => nameOf(path[0] === DEFAULT_SCHEMA ? path.slice(1) : path);
  return [from.kind, plain(from.path), plain(to.path), ...(member ?? [])].join(' ');
}

function withoutDefaultSchema(text: string): string {
  return text.replaceAll(new RegExp(`(^|:)${DEFAULT_SCHEMA}\\.`, 'g'), '$1');
}
