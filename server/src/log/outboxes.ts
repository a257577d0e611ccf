// Which outboxes a channel remembers: those used last, in the order of use, each with its newest clientSeq (S1).

import type { NewEntry } from './document-log.js';

/** Per channel. What a forgotten one sends again has no effect (J2). */
const MAX_OUTBOXES = 1000;

/** Notes that an outbox was used. Entries of stock clients have none. */
export function noteOutbox(
  outboxes: Map<string, number>,
  { outboxId, clientSeq }: Pick<NewEntry, 'outboxId' | 'clientSeq'>,
): void {
  if (outboxId === '') return;
  outboxes.delete(outboxId);
  outboxes.set(outboxId, clientSeq);
  if (outboxes.size > MAX_OUTBOXES) outboxes.delete(outboxes.keys().next().value!);
}
