// `weft forget-person`: somebody's name and address are gone from what is kept, once a person has typed who.

import { forgetPerson } from '../admin/forget-person.js';
import { ExitCode } from '../exit.js';
import { SyncError } from '../sync-error.js';
import type { Command } from './command.js';
import { dayAndTime, printable } from './table.js';

export const forgetPersonCommand: Command = {
  name: 'forget-person',
  summary: 'remove the name of somebody for good',
  details: `Name and e-mail address are gone from the one record that has them, and from the files of the store; in histories and lists
they are somebody whose name is not known. What they wrote stays, and so do their id, their rights, and an address that an owner
of a document gave access to. Who comes back is known by name again. Backups hold it until the next weft backup into them.
It asks for the person once more. This cannot be undone.`,
  arguments: [{ name: 'PERSON', summary: 'their id, as weft audit shows it, or their e-mail address' }],
  options: [{ name: 'yes', summary: 'do not ask' }],
  run: async ({ args, switches, terminal, perform, print, complain }) => {
    const person = args.PERSON!;
    if (!switches.has('yes')) {
      const question = `This removes the name and the e-mail address of "${printable(person)}", for good.\nType who it is once more to go on: `;
      const answer = switches.has('json') ? null : await terminal.ask(question);
      if (answer === null) {
        throw new SyncError('BAD_USAGE', 'Nobody can be asked here. With --yes it forgets without asking.');
      }
      if (answer.trim() !== person) {
        if (answer === '') terminal.remark('\n');
        complain('That is somebody else. Nobody was forgotten.');
        return ExitCode.Failed;
      }
    }
    const result = await perform(forgetPerson, { person });
    print(result, () => {
      const lines = [`The name of ${printable(result.id)} is gone.`];
      if (result.backups.length > 0) lines.push('These backups hold it until weft backup runs into them again:');
      for (const { folder, lastMs } of result.backups) lines.push(`  ${printable(folder)} (of ${dayAndTime(lastMs)})`);
      return `${lines.join('\n')}\n`;
    });
    return ExitCode.Ok;
  },
};
