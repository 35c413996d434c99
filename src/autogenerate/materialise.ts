import type { Dialect } from '../dialects/dialect.ts';
import { inspectConnected, type InspectedSide, type SideContext } from './open-side.ts';
import { replay } from './replay.ts';
import { withScratch, type Scratch } from './scratch.ts';
import type { Side } from './side.ts';
import { runSqlFiles, runSqlText } from './target-sql.ts';

/** Builds a side in a scratch database of its own and reads it there. */
export function materialise(context: SideContext, side: Side): Promise<InspectedSide> {
  return inScratch(context, async (scratch) => {
    await buildSide(context, scratch, side);
    return inspectScratch(context, scratch, side.said);
  });
}

/** Calls `work` with a scratch database of what this context compares. */
export function inScratch<T>(context: SideContext, work: (scratch: Scratch) => Promise<T>): Promise<T> {
  const { dialect, host, run } = context;
  const { config, signal, onEvent } = run;
  return withScratch({ dialect, host, config, signal, onEvent }, (scratch) => {
    run.onInspect?.('built');
    return work(scratch);
  });
}

/** What a scratch database holds, without Torale's own. */
export function inspectScratch(context: SideContext, scratch: Scratch, said: string): Promise<InspectedSide> {
  const connected: { dialect: Dialect; session: Scratch['session'] } = scratch;
  return inspectConnected(connected, context.run, said, context.pool);
}

/** Makes an empty scratch database what the side says. The session is left as it began. */
export async function buildSide({ run }: SideContext, scratch: Scratch, side: Side): Promise<void> {
  switch (side.type) {
    case 'empty':
    case 'database':
      return;
    case 'revisions':
      return replay(run, scratch, side.target);
    case 'sql':
      return runSqlFiles(scratch, side.files, run.signal);
    case 'module': {
      const { runSchemaModule } = await import('./target-module.ts');
      return runSchemaModule(scratch, side.file, run.signal);
    }
    case 'command': {
      const { outputOf } = await import('./target-command.ts');
      const { text, said } = await outputOf(side.command, side.said, run.signal);
      return runSqlText(scratch, text, said, run.signal);
    }
  }
}
