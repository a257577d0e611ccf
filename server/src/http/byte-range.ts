// What part of a file somebody asks for (RFC 9110 § 14): one range of bytes. Several at once are answered with the whole.

export interface ByteRange {
  readonly first: number;
  /** Of the last byte that belongs to it. */
  readonly last: number;
}

/**
 * @param header  `Range`, undefined when there is none
 * @returns null for all of it; 'none' when there is no such part
 */
export function byteRange(header: string | undefined, bytes: number): ByteRange | 'none' | null {
  const [, from = '', to = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/i.exec(header?.replace(/\s/g, '') ?? '') ?? [];
  if (from === '' && to === '') return null;
  if (from === '') {
    const length = Math.min(Number(to), bytes);
    return length === 0 ? 'none' : { first: bytes - length, last: bytes - 1 };
  }
  const first = Number(from);
  const last = to === '' ? bytes - 1 : Math.min(Number(to), bytes - 1);
  // Turned round it is no range at all, and is not looked at.
  if (to !== '' && Number(to) < first) return null;
  return first >= bytes ? 'none' : { first, last };
}
