// Why a server can save nothing for the moment, whatever it is sent. It is told to everybody, also to those who write nothing.

/** What the code of `Storage` means to whoever runs the server; '' is not in it: then everything is saved. */
export const storageSentences = {
  'disk-full': 'There is no room on the disk, or less than is to be kept free.',
  'disk-failing': 'The disk refuses writes.',
  'store-silent': 'The database that everything is kept in does not answer.',
} as const;

export type StorageTrouble = keyof typeof storageSentences;

/** What a code means to this version: one it does not know is trouble, too. Null when there is none. */
export function parseStorageCode(code: string): StorageTrouble | null {
  if (code === '') return null;
  return Object.hasOwn(storageSentences, code) ? (code as StorageTrouble) : 'disk-failing';
}
