// `weft trash` and `weft untrash`: a document goes to the trash, and comes back with everything.

import { documentNamed } from './named-document.js';
import type { AdminContext, Operation } from './operation.js';
import { readObject, readText } from './read-args.js';

export interface TrashArgs {
  readonly name: string;
}

export interface TrashResult {
  readonly name: string;
}

const operation = (
  name: string,
  act: (trash: AdminContext['trash'], ...about: Parameters<AdminContext['trash']['takeOut']>) => Promise<unknown>,
): Operation<TrashArgs, TrashResult> => ({
  name,
  readArgs: (input) => ({ name: readText(readObject(input), 'name') }),
  run: async (args, context) => {
    const { name: document } = await documentNamed(args.name, context);
    await act(context.trash, document, { person: 'admin' });
    return { name: document };
  },
});

export const trashDocument = operation('trash', (trash, ...about) => trash.put(...about));
export const untrashDocument = operation('untrash', (trash, ...about) => trash.takeOut(...about));
