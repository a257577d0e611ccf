// Who the peers are: some nobody in particular, some with an account of their own, some with the same one, of whom one has
// been a guest before. The server is told by whoever carries a peer's connection, as a proxy that knows its people would.

import type { Access } from '../../server/src/access/access.js';
import { NOBODY } from '../../server/src/access/identity.js';
import type { ProcessName } from './virtual-clock.js';

const SHARED = 'u-shared';
const SHARED_AS_GUEST = 'g-shared';
const VANDALS = 'u-vandal';

export const isVandal = (peer: ProcessName): boolean => peer.startsWith('vandal');

/** As the server says it to the others. Tabs of one browser, `tab 7.1` and `tab 7.2`, are of one person. */
export function personOf(peer: ProcessName): string {
  if (isVandal(peer)) return VANDALS;
  const [browser = ''] = peer.split('.');
  switch (Number(browser.replace(/^\D*/, '')) % 5) {
    case 0:
      return '';
    case 1:
      return SHARED;
    case 2:
      return SHARED_AS_GUEST;
    default:
      return `u-${browser}`;
  }
}

export const isVandalsName = (person: string): boolean => person === VANDALS;

export const samePerson = (a: string, b: string): boolean =>
  a === b || [a, b].every((person) => person === SHARED || person === SHARED_AS_GUEST);

/** For the connections of one peer: everybody may write everything. */
export function accessOf(peer: ProcessName): Access {
  const person = personOf(peer);
  const kind = person === '' ? 'nobody' : person.startsWith('g-') ? 'guest' : 'user';
  return {
    isOpen: true,
    identify: async () => ({ ...NOBODY, person, kind }),
    watch: async () => ({ role: 'editor', trashedRole: null, end: () => undefined }),
    isSame: samePerson,
    mayCreate: () => true,
    onRevoked: () => () => undefined,
  };
}
