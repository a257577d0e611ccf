// `weft forget-person`: somebody's name and address are gone from what is kept.

import { forgetPerson } from '../admin/forget-person.js';
import { ExitCode } from '../exit.js';
import type { Command } from './command.js';
import { dayAndTime, printable } from './table.js';

export const forgetPersonCommand: Command = {
  name: 'forget-person',
  summary: 'remove the name of somebody for good',
  details: `Name and e-mail address are gone from the one record that has them, and from the files of the store; in histories and lists
they are somebody whose name is not known. What they wrote stays, and so do their id, their rights, and an address that an owner
of a document gave access to. Who comes back is known by name again. Backups hold it until the next weft backup into them.`,
  arguments: [{ name: 'PERSON', summary: 'their id, as weft audit shows it, or their e-mail address' }],
  options: [],
  run: async ({ args, perform, print }) => {
    const result = await perform(forgetPerson, { person: args.PERSON! });
    print(result, () => {
      const lines = [`The name of ${printable(result.id)} is gone.`];
      if (result.backups.length > 0) lines.push('These backups hold it until weft backup runs into them again:');
      for (const { folder, lastMs } of result.backups) lines.push(`  ${printable(folder)} (of ${dayAndTime(lastMs)})`);
      return `${lines.join('\n')}\n`;
    });
    return ExitCode.Ok;
  },
};
