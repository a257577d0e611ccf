// `weft forget-person`: somebody's name and address are gone from what is kept, once a person has typed who.

import { forgetPerson } from '../admin/forget-person.js';
import { ExitCode } from '../exit.js';
import type { Command } from './command.js';
import { confirm } from './confirm.js';
import { backupName, places, printable, UNTIL_NEXT } from './table.js';

export const forgetPersonCommand: Command = {
  name: 'forget-person',
  summary: 'remove the name of somebody for good',
  details: `Name and e-mail address are gone from the one record that has them, and from the files of the store; in histories and lists
they are somebody whose name is not known. What they wrote stays, and so do their id, their rights, and an address that an owner
of a document gave access to. Who comes back is known by name again. Backups hold it until the next weft backup into them.
It asks for the person once more. This cannot be undone.`,
  arguments: [{ name: 'PERSON', summary: 'their id, as weft audit shows it, or their e-mail address' }],
  options: [{ name: 'yes', summary: 'do not ask' }],
  run: async (context) => {
    const { args, perform, print } = context;
    const person = args.PERSON!;
    const isMeant = await confirm(context, {
      about: `This removes the name and the e-mail address of "${printable(person)}", for good.\n`,
      asks: 'who it is once more',
      word: person,
      does: 'forgets',
      wrong: 'That is somebody else. Nobody was forgotten.',
    });
    if (!isMeant) return ExitCode.Failed;
    const result = await perform(forgetPerson, { person });
    print(result, () => {
      const lines = [
        `The name of ${printable(result.id)} is gone.`,
        ...places(UNTIL_NEXT, result.backups.map(backupName)),
      ];
      return `${lines.join('\n')}\n`;
    });
    return ExitCode.Ok;
  },
};
