// Why a server refuses an update. The code is stable and branched on; the sentence is for people.

export const refusalSentences = {
  malformed: 'This change could not be read.',
  'too-large': 'This change is larger than the server accepts at once.',
  'cannot-merge': 'This change builds on text the server does not have.',
  'read-only': 'This document can be read here, but not changed.',
  'client-id-taken':
    'This change was written under an id that belongs to somebody else. It is sent again under another.',
  tangled:
    'Too much was written at one place by people who did not see each other’s text: the document would open slowly for everybody.',
  'document-full': 'This document has reached its largest size and takes no more text.',
} as const;

export type RefusalCode = keyof typeof refusalSentences;
