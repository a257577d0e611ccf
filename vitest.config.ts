import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

// Tests read the sources of our packages, never a stale build.
const conditions = ['weft:source', 'module', 'node', 'development|production'];

/** Those that start servers take the longest: whichever began last would be waited for alone. */
class ServersFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const startsServers = ({ moduleId }: TestSpecification): boolean => moduleId.includes('/e2e/');
    const sorted = await super.sort(files);
    return [...sorted.filter(startsServers), ...sorted.filter((file) => !startsServers(file))];
  }
}

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    setupFiles: ['e2e/fixed-seed.ts'],
    include: ['{packages/*,server,web,bench}/src/**/*.test.ts', 'e2e/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // More than there are cores: many tests wait for a disk, a server or a clock, and use half of one.
    maxWorkers: Math.ceil(availableParallelism() * 1.5),
    sequence: { sequencer: ServersFirst },
  },
});
