// Properties are tried with the same cases at every run, so that the test command says of a commit what it said before; other
// cases are looked for with another seed, see CONTRIBUTING.

import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env.WEFT_SEED ?? 1) });
