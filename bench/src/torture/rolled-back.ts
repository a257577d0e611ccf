// Torture by a folder set back: while people have the newest text on their screens, the whole data folder becomes what it was
// some time ago, as after a backup of the volume was brought back. No check inside the folder can tell; those who come back can.

import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as prng from 'lib0/prng';
import { comeBack } from './coming-back.js';
import type { Kind } from './driver.js';
import { copyFiles } from './file-keeper.js';

const WRITING_MS = { min: 50, max: 800 };
const UNSENT_MS = 50;

export const rolledBack: Kind = {
  promise: 'a data folder set back is noticed when people come back, and their text kept as drafts',
  summary: 'the data folder is set back to an earlier copy while people hold newer text',
  rounds: 5,
  async run(torture, rounds) {
    const sum = { robbed: 0, noticed: 0, drafts: 0 };
    await torture.start();
    for (let round = 0; round < rounds; round++) {
      torture.beginRound();
      await torture.beginGeneration();
      const earlier = join(torture.options.folder, 'earlier');
      const writingMs = () => prng.uint32(torture.plans, WRITING_MS.min, WRITING_MS.max);
      torture.letWritersIn();
      await torture.writeFor(writingMs());
      await torture.settle();
      await torture.kill();
      copyFiles(torture.dataFolder, earlier);

      await torture.start();
      torture.letWritersIn();
      await torture.writeFor(writingMs());
      await torture.settle();
      await torture.kill();
      await torture.writeFor(UNSENT_MS);
      rmSync(torture.dataFolder, { recursive: true });
      renameSync(earlier, torture.dataFolder);

      await torture.start();
      const { robbed, noticed, drafts } = await comeBack(torture);
      if (robbed === 0) torture.fault('nothing was lost, so that nothing could be noticed');
      sum.robbed += robbed;
      sum.noticed += noticed;
      sum.drafts += drafts;
      torture.endRound('.');
    }
    await torture.stop();
    return [`documents set back ${sum.robbed}`, `of them noticed ${sum.noticed}`, `drafts ${sum.drafts}`];
  },
};
