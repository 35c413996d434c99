import type { Reporter, TestModule } from 'vitest/node';
import { WAY_OUT } from './servers.ts';
import type { ServerDialect } from './servers.ts';

const NAME: Record<ServerDialect, string> = { postgres: 'PostgreSQL', mysql: 'MySQL/MariaDB' };

/** Says once, at the very end, which tests had no server: a skipped count alone is easily overlooked. */
export class SkippedServers implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const skipped = new Map<ServerDialect, number>();
    const others = new Map<string, number>();
    for (const module of modules) {
      for (const suite of module.children.allSuites()) {
        const dialect = suite.meta().needsServer;
        const count = [...suite.children.allTests()].length;
        const { needs } = suite.meta();
        if (needs !== undefined) others.set(needs, (others.get(needs) ?? 0) + count);
        if (dialect === undefined) continue;
        skipped.set(dialect, (skipped.get(dialect) ?? 0) + count);
      }
    }
    for (const [needs, count] of others) {
      process.stderr.write(`SKIPPED: ${count} test${count === 1 ? '' : 's'}: ${needs}\n`);
    }
    for (const [dialect, count] of skipped) {
      process.stderr.write(
        `SKIPPED: ${count} test${count === 1 ? '' : 's'} on ${NAME[dialect]}: no server. ${WAY_OUT[dialect]}\n`,
      );
    }
  }
}
