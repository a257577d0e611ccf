// Whose structs an update holds, known or not.

import { noLimits } from './gate-limits.js';
import { KnownState } from './known-state.js';
import { UpdateReader } from './update-reader.js';

/** The client ids of its structs. @throws MalformedError */
export function writersIn(update: Uint8Array): number[] {
  const reader = new UpdateReader(update, new KnownState(), noLimits, () => true, true);
  return reader.readSections().map(({ client }) => client);
}
