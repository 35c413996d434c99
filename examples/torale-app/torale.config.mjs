import { defineConfig } from 'torale';

// The database comes from DATABASE_URL.
export default defineConfig({
  versions: 'versions',
  dialects: 'postgres',
  lockTimeout: '5m',
});
