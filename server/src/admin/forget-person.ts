// `weft forget-person`: takes the name and the e-mail address of somebody out of the one record that has them (L5). What they wrote
// stays, as that of somebody who is not known.

import type { PersonRecord } from '../access/persons.js';
import type { StoredValue } from '../log/document-log.js';
import { SyncError } from '../sync-error.js';
import { type KnownBackup, knownBackups } from './backup.js';
import type { Operation } from './operation.js';
import { readObject, readText } from './read-args.js';

export interface ForgetPersonArgs {
  /** Id or e-mail address. */
  readonly person: string;
}

export interface ForgetPersonResult {
  readonly id: string;
  /** All that are known: what they hold is not erased. */
  readonly backups: readonly KnownBackup[];
}

export const forgetPerson: Operation<ForgetPersonArgs, ForgetPersonResult> = {
  name: 'forget-person',
  readArgs: (input) => ({ person: readText(readObject(input), 'person') }),
  run: async ({ person }, { audit, dataFolder, log, persons }) => {
    const ids = (await log.records.list('person', { damaged: () => undefined })).filter(
      (record) => record.key === person || emailOf(record) === person.toLowerCase(),
    );
    const [only, ...others] = ids.map(({ key }) => key);
    if (only === undefined) {
      throw new SyncError(
        'BAD_USAGE',
        `Nobody here has the id or the e-mail address "${person}". weft audit shows ids.`,
      );
    }
    if (others.length > 0) {
      const several = [only, ...others].join(', ');
      throw new SyncError('BAD_USAGE', `Several people have that address: say which by an id: ${several}.`);
    }
    // Asked for first: should the list be unreadable, nothing has happened yet.
    const backups = await knownBackups(dataFolder);
    await persons.forget(only, () => log.eraseRecord('person', only));
    audit.note({ action: 'person-forgotten', person: 'admin', detail: { id: only } });
    return { id: only, backups };
  },
};

function emailOf({ value }: StoredValue): string | null {
  try {
    return (JSON.parse(new TextDecoder().decode(value)) as Pick<PersonRecord, 'email'>).email;
  } catch {
    return null;
  }
}
