// `weft compact`: the same in less room.

import { compactData } from '../admin/compact.js';
import { ExitCode } from '../exit.js';
import type { Command } from './command.js';
import { sizeOf } from './table.js';

export const compactCommand: Command = {
  name: 'compact',
  summary: 'bring the data to where it takes the least room',
  details: `Everything stays: every document with its whole history. Entries that came in one by one are put together and
compressed, and the room of what was deleted is given back to the disk. The server goes on meanwhile; it does most of
this by itself, later. Ended half-way, it keeps what it has done.`,
  arguments: [],
  options: [],
  run: async ({ perform, print }) => {
    const result = await perform(compactData, null);
    const { bytesBefore, bytesAfter } = result;
    print(result, () => `The data takes ${sizeOf(bytesAfter)}; before it took ${sizeOf(bytesBefore)}.\n`);
    return ExitCode.Ok;
  },
};
