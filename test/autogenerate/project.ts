import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRun } from '../../src/apply/project.ts';
import { applyUpgrade } from '../../src/apply/upgrade.ts';
import {
  autogenerate,
  type AutogenerateReport,
  type AutogenerateRequest,
} from '../../src/autogenerate/autogenerate.ts';
import { libraryConfig } from '../../src/config/library.ts';
import type { ToraleEvent } from '../../src/events.ts';
import type { TestDatabase } from '../support/databases.ts';
import { temporaryFolder } from '../support/revisions.ts';

/** A project of one test: a database, a folder of revisions and a target. */
export class Project {
  readonly folder = temporaryFolder();
  readonly versions = join(this.folder, 'versions');
  readonly db: TestDatabase;
  readonly events: ToraleEvent[] = [];

  constructor(db: TestDatabase) {
    this.db = db;
  }

  run(settings: object = {}) {
    const config = { ...libraryConfig({ url: this.db.url, versions: this.versions }), ...settings };
    return createRun(config, { onEvent: (event) => void this.events.push(event) });
  }

  /** Drafts a revision for this SQL; nothing is applied. */
  async draft(
    target: string,
    request: Partial<AutogenerateRequest> = {},
    settings: object = {},
  ): Promise<AutogenerateReport> {
    const file = join(this.folder, 'schema.sql');
    writeFileSync(file, target);
    return autogenerate(this.run(settings), {
      message: 'drafted',
      target: file,
      renames: undefined,
      fills: [],
      allowEmpty: false,
      unproven: false,
      assertions: true,
      ...request,
    });
  }

  async upgrade(): Promise<void> {
    await applyUpgrade(this.run(), { target: 'head', singleTransaction: false, backup: undefined } as never);
  }

  /** The text of the newest draft. */
  textOf({ written }: AutogenerateReport): string {
    return readFileSync(written!.file, 'utf8');
  }

  files(): string[] {
    try {
      return readdirSync(this.versions).filter((name) => name.endsWith('.ts'));
    } catch {
      return [];
    }
  }
}
