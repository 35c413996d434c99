import { defineConfig } from 'torale';

// The database comes from DATABASE_URL.
export default defineConfig({
  versions: 'versions',
  // What Drizzle would make of schema.ts, as DDL on stdout.
  target: { print: 'npx --no-install drizzle-kit export --config drizzle.config.ts' },
});
