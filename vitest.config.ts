import { defineConfig } from 'vitest/config';

// Tests read the sources of our packages, never a stale build.
const conditions = ['weft:source', 'module', 'node', 'development|production'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['{packages/*,server,web,bench}/src/**/*.test.ts', 'e2e/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
