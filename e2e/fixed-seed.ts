// Properties are tried with the same cases at every run, so that the test command says of a commit what it said before; other
// cases are looked for with another seed, see CONTRIBUTING.

import fc from 'fast-check';
import { afterAll, vi } from 'vitest';

fc.configureGlobal({ seed: Number(process.env.WEFT_SEED ?? 1) });

// Files that follow in the same process find the clock going, whatever a failed test left.
afterAll(() => void vi.useRealTimers());
