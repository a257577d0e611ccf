// What somebody's network lets through: WebSockets or not, event streams or not, and how proxies on the way treat requests.

import type { Chance } from './chance.js';

export interface Passage {
  /** `silent`: it opens, or hangs, and nothing comes through. */
  readonly websocket: 'through' | 'refused' | 'silent';
  /** `held back`: gathered until there is a lot of it, or it ends. */
  readonly events: 'through' | 'refused' | 'held back';
  /** Requests are now and then lost, late, made twice, answered by a proxy, or their answers are cut. */
  readonly isRough: boolean;
}

export const OPEN_PASSAGE: Passage = { websocket: 'through', events: 'through', isRough: false };

export function choosePassage(chance: Chance): Passage {
  return {
    websocket: chance.weighted({ through: 3, refused: 4, silent: 2 }),
    events: chance.weighted({ through: 4, refused: 2, 'held back': 2 }),
    isRough: chance.happens(0.5),
  };
}

/** What becomes of one request. */
export type Fate = keyof typeof ROUGH;

const ROUGH = {
  well: 80,
  /** It never arrives, and nobody says so. */
  lost: 3,
  /** It arrives when its sender has given it up. */
  late: 2,
  /** It arrives once more, later. */
  twice: 5,
  /** A proxy answers, and it never arrives. */
  'turned away': 3,
  /** It arrives, and a proxy answers. */
  'answer replaced': 3,
  /** Of the answer a beginning comes, to any byte. */
  'answer cut': 5,
} as const;

export const fateOf = ({ isRough }: Passage, chance: Chance): Fate => (isRough ? chance.weighted(ROUGH) : 'well');
