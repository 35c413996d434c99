import type { Session } from '../../../session/session.ts';

/** Does some work under other settings of the session, given as expressions, and puts back what was there before. */
export async function withSettings<T>(
  session: Session,
  settings: Readonly<Record<string, string>>,
  work: () => Promise<T>,
): Promise<T> {
  const names = Object.keys(settings);
  const kept = names.map((name) => `@torale_rows_${name} = @@SESSION.${name}`);
  await session.query(`SET ${kept.join(', ')}`);
  await session.query(`SET ${names.map((name) => `SESSION ${name} = ${settings[name]!}`).join(', ')}`);
  try {
    return await work();
  } finally {
    await session.query(`SET ${names.map((name) => `SESSION ${name} = @torale_rows_${name}`).join(', ')}`);
  }
}
