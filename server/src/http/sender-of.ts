// Whose work is counted together.

import { lineOf } from '../access/doorkeeper.js';
import type { Identity } from '../access/identity.js';

/** Anybody has as many guest identities as they ask for, but one line. */
export const senderOf = ({ kind, person }: Identity, address: string): string =>
  kind === 'user' || kind === 'admin' ? person : `address ${lineOf(address)}`;
