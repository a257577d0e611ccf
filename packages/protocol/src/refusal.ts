// Why a server refuses an update. The code is stable and branched on; the sentence is for people.

export const refusalSentences = {
  malformed: 'This change could not be read.',
  'too-large': 'This change is larger than the server accepts at once.',
  'cannot-merge': 'This change builds on text the server does not have.',
  'read-only': 'This document can be read here, but not changed.',
} as const;

export type RefusalCode = keyof typeof refusalSentences;
