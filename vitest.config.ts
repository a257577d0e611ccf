import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

// Tests read the sources of our packages, never a stale build.
const conditions = ['weft:source', 'module', 'node', 'development|production'];

const FOLDERS = ['packages', 'web/src', 'bench/src'];
/** Of modules or of what is global: nobody else may get the stand-in, nor have loaded the real one before. */
const REPLACES = /\bvi\.(?:mock|doMock|stubGlobal)\(/;

/**
 * Tests of what runs in a page or a tool follow each other in one process, which loads the sources once: loading them anew was
 * much of what they cost. Those that start processes, or replace what others load, have a process of their own.
 */
const inOneProcess = FOLDERS.flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`),
)
  .filter((file) => file.endsWith('.test.ts') && !/\/(?:node_modules|dist)\//.test(file))
  .filter((file) => !REPLACES.test(readFileSync(file, 'utf8')));

/** Those that start servers take the longest: whichever began last would be waited for alone. */
class ServersFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const startsServers = ({ moduleId }: TestSpecification): boolean => moduleId.includes('/e2e/');
    const follows = ({ project }: TestSpecification): boolean => project.name === 'one process';
    const rank = (file: TestSpecification): number => (startsServers(file) ? 0 : follows(file) ? 2 : 1);
    const sorted = await super.sort(files);
    return sorted.sort((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    setupFiles: ['e2e/fixed-seed.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // More than there are cores: many tests wait for a disk, a server or a clock, and use half of one.
    maxWorkers: Math.ceil(availableParallelism() * 1.5),
    sequence: { sequencer: ServersFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'own process',
          include: ['{packages/*,server,web,bench}/src/**/*.test.ts', 'e2e/**/*.test.ts'],
          exclude: ['**/node_modules/**', ...inOneProcess],
        },
      },
      { extends: true, test: { name: 'one process', include: inOneProcess, isolate: false } },
    ],
  },
});
