// What is told of a storage that takes nothing, to those who asked for something to be kept: at once, not when it is over.

import type { StorageHealth, StorageState } from '../log/storage-health.js';

/** Why nothing can be saved now, for people. */
export const troubles: Readonly<Record<StorageState, string | null>> = {
  ok: null,
  full: 'The disk of the server is full: nothing can be saved until there is room again.',
  failing: 'The server cannot write to its disk: nothing can be saved until it can again.',
  silent: 'The database of the server does not answer: nothing can be saved until it does again.',
};

/** Nothing can be saved now; the message says why. */
export class NotSaved extends Error {}

/**
 * What `write` resolves to. Whoever asked is not kept waiting for a storage in trouble: what was begun may still be done when
 * that is over, unless `write` asks in time whether it is still waited for.
 * @throws NotSaved as soon as nothing can be saved
 */
export async function unlessInTrouble<T>(
  storage: StorageHealth,
  write: (isAwaited: () => boolean) => Promise<T>,
): Promise<T> {
  const before = troubles[storage.state];
  if (before !== null) throw notSaved(before);
  let isAwaited = true;
  let unsubscribe = (): void => {};
  const trouble = new Promise<never>((_, reject) => {
    unsubscribe = storage.subscribe((state) => {
      const reason = troubles[state];
      if (reason === null) return;
      isAwaited = false;
      reject(notSaved(reason));
    });
  });
  const written = write(() => isAwaited);
  written.catch(() => undefined);
  try {
    return await Promise.race([written, trouble]);
  } finally {
    unsubscribe();
  }
}

const notSaved = (reason: string): NotSaved => new NotSaved(`${reason} Try again later.`);
