import type { DatabaseUrl } from './dialects/url.ts';

/** What stands in the place of a secret. */
export const MASK = '***';

/**
 * The secrets that these URLs hold. A password that equals the user, the database, the host or the scheme stands
 * in the URL's public part anyhow; to mask it would only make each message unreadable (`***://***@localhost/***`).
 */
export function secretsOf(...urls: readonly (DatabaseUrl | null | undefined)[]): string[] {
  const secrets = new Set<string>();
  for (const url of urls) {
    if (url === null || url === undefined || url.dialect === 'sqlite') continue;
    const hosts = url.dialect === 'postgres' ? url.hosts.map(({ host }) => host) : [url.host];
    const plain = new Set([url.user, url.database, ...hosts, url.dialect, 'postgresql', 'mariadb']);
    if (url.password !== undefined && !plain.has(url.password)) secrets.add(url.password);
    if (url.dialect === 'postgres' && url.sslPassword !== undefined) secrets.add(url.sslPassword);
  }
  return [...secrets];
}

const SINGLE_QUOTED = String.raw`'(?:[^'\\]|''|\\[^])*'?`;
const DOUBLE_QUOTED = String.raw`"(?:[^"\\]|""|\\[^])*"?`;
const DOLLAR_QUOTED = String.raw`\$(?<tag>\w*)\$[^]*?(?:\$\k<tag>\$|$)`;
/** `IDENTIFIED BY`, `SET PASSWORD =`, `PASSWORD(`: what follows is a text, in MySQL in double quotes too. */
const BEFORE_TEXT = String.raw`PASSWORD(?:\s+FOR\s+\S+)?\s*[=(]\s*|IDENTIFIED\s+(?:(?:WITH|VIA)\s+\S+\s+)?(?:BY|AS|USING)\s+(?:PASSWORD\s+)?`;

/** Where a secret stands that nobody told us of: in a URL, in SQL, in JSON, in a connection string. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // Up to the last @ before the path; with a bare / or ? in the password, up to the first @.
  // Also where a slash or the scheme was lost on the way: a path that was normalised, a range cut at its colon.
  [/((?:[a-z][a-z0-9+.-]{0,30}:\/{1,2}|\/\/)[^\s:/?#@"']*:)(?:[^\s"/?]*|[^\s"]*?)@/gi, `$1${MASK}@`],
  [new RegExp(`\\b(${BEFORE_TEXT})(?:[en]?${SINGLE_QUOTED}|${DOUBLE_QUOTED})`, 'gi'), `$1'${MASK}'`],
  [new RegExp(`\\b(PASSWORD\\s+)(?:e?${SINGLE_QUOTED}|${DOLLAR_QUOTED})`, 'gi'), `$1'${MASK}'`],
  [/("[\w-]{0,40}(?:password|passwd)"\s*:\s*)"(?:[^"\\]|\\[^])*"?/gi, `$1"${MASK}"`],
  [/([\w-]{0,40}(?:password|passwd|pwd)=)(?:'(?:[^'\\]|\\[^])*'?|"(?:[^"\\]|\\[^])*"?|[^\s&"',;)]+)/gi, `$1${MASK}`],
];

/** What each of the patterns needs: a run says thousands of things that have none of it. */
const HINT = /@|passw|pwd|identified/i;

/**
 * Takes the secrets out of a text that goes to people, logs or JSON: the values given, in whatever form they were
 * escaped, and what stands where passwords stand.
 */
export function redact(text: string, secrets: readonly string[]): string {
  let redacted = redactKnown(text, secrets);
  if (!HINT.test(redacted)) return redacted;
  for (const [pattern, replacement] of PATTERNS) redacted = redacted.replace(pattern, replacement);
  return redacted;
}

/**
 * The values given alone: for JSON whose strings went through {@link redactValue}. The patterns see no more in the whole
 * text, and take 2 s for 20 MB once there is a column `password`.
 */
export function redactKnown(text: string, secrets: readonly string[]): string {
  const known = knownForms(secrets);
  return known === undefined ? text : text.replace(known.exactly, MASK);
}

/**
 * Whether {@link redactValue} leaves a value as it is, told by its JSON: a scan of the text takes a tenth of the time that a
 * walk through a schema of 5,000 tables does.
 */
export function isPlainJson(json: string, secrets: readonly string[]): boolean {
  return !HINT.test(json) && knownForms(secrets)?.inJson.test(json) !== true;
}

/** `redact` for every string in a JSON value; a string under a key such as `password` goes as a whole. */
export function redactValue<T>(value: T, secrets: readonly string[]): T {
  return redactDeep(value, secrets) as T;
}

/** What holds no secret is itself: a copy of a schema of 5,000 tables takes as long as to read it from the server. */
function redactDeep(value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === 'string') return redact(value, secrets);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => redactDeep(item, secrets));
    return items.some((item, at) => item !== value[at]) ? items : (value as unknown[]);
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  const fields = value as Record<string, unknown>;
  let copy: Record<string, unknown> | undefined;
  for (const key of Object.keys(fields)) {
    const item = fields[key];
    const redacted = typeof item === 'string' && /(?:password|passwd)$/i.test(key) ? MASK : redactDeep(item, secrets);
    if (redacted === item) continue;
    copy ??= { ...fields };
    copy[key] = redacted;
  }
  return copy ?? value;
}

interface Known {
  /** Every form of every secret, the longest first, so that no secret's tail survives another. */
  readonly exactly: RegExp;
  /** Finds them, and perhaps more, in the JSON of a text: there a word may stand behind the letter of an escaped line end. */
  readonly inJson: RegExp;
}

function knownForms(secrets: readonly string[]): Known | undefined {
  if (secrets.length === 0) return undefined;
  const key = secrets.join('\0');
  if (key !== latest?.key) latest = { key, known: anyFormOf(secrets) };
  return latest.known;
}

/** One run says everything under the same secrets. */
let latest: { readonly key: string; readonly known: Known | undefined } | undefined;

function anyFormOf(secrets: readonly string[]): Known | undefined {
  const forms = new Map<string, boolean>();
  for (const secret of secrets) {
    // Shorter ones would riddle every text; in a URL the pattern catches them.
    if (secret.length < 3) continue;
    // A short word may be a part of other words: `app` is no secret in `application`.
    const wordOnly = secret.length < 8 && /^\w+$/.test(secret);
    for (const form of formsOf(secret)) forms.set(form, wordOnly);
  }
  if (forms.size === 0) return undefined;
  const sources = [...forms]
    .toSorted(([a], [b]) => b.length - a.length)
    .map(([form, wordOnly]) => (wordOnly ? `(?:(?<!\\w)|(?<=%[0-9a-f]{2}))${escape(form)}(?!\\w)` : escape(form)));
  const escaped = [...forms.keys()].map((form) => escape(JSON.stringify(form).slice(1, -1)));
  return { exactly: new RegExp(sources.join('|'), 'gi'), inJson: new RegExp(escaped.join('|'), 'i') };
}

function formsOf(secret: string): Set<string> {
  const component = encode(encodeURIComponent, secret);
  const forms = [
    secret,
    component,
    // RFC 3986 reserves these too; other encoders escape them.
    component.replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`),
    encode(encodeURI, secret),
    component.replaceAll('%20', '+'),
    JSON.stringify(secret).slice(1, -1),
    secret.replaceAll("'", "''"),
    secret.replaceAll('\\', '\\\\').replaceAll("'", "\\'"),
  ];
  return new Set(forms.flatMap((form) => [form, JSON.stringify(form).slice(1, -1)]));
}

/** A lone surrogate cannot be percent-encoded: such a text has no such form. */
function encode(encoder: (text: string) => string, text: string): string {
  try {
    return encoder(text);
  } catch {
    return text;
  }
}

function escape(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}
