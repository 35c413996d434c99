/** An identifier taken apart: `BRANCH@SYMBOL`, either of them optional. */
export interface Identifier {
  readonly branch: string | undefined;
  readonly symbol: string;
}

/** A relative identifier taken apart: `BRANCH@SYMBOL+STEPS`. */
export interface RelativeIdentifier {
  readonly branch: string | undefined;
  readonly symbol: string | undefined;
  readonly steps: number;
}

/** Splits at the first `@`. */
export function parseIdentifier(text: string): Identifier {
  const at = text.indexOf('@');
  return at === -1 ? { branch: undefined, symbol: text } : { branch: text.slice(0, at), symbol: text.slice(at + 1) };
}

/** `+2`, `REV+2`, `label@+2`, `head-1`: the whole text or nothing, so that `REV+2x` is never taken for `REV+2`. */
export function parseRelative(text: string): RelativeIdentifier | undefined {
  const found = /^(?:([^@]+)@)?([^@]*?)([+-]\d+)$/.exec(text);
  if (found === null) return undefined;
  return { branch: found[1], symbol: found[2] === '' ? undefined : found[2], steps: Number(found[3]) };
}
