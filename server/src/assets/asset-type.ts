// What a file is, by its first bytes. Five kinds of pictures are shown in pages; everything else is only ever saved to a disk.
// SVG is none of the five: it is a document that can run scripts.

export const PICTURE_TYPES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif'] as const;
export type PictureType = (typeof PICTURE_TYPES)[number];
export const ASSET_TYPES = [...PICTURE_TYPES, 'application/pdf', 'application/octet-stream'] as const;
export type AssetType = (typeof ASSET_TYPES)[number];

export const isPicture = (type: AssetType): type is PictureType => (PICTURE_TYPES as readonly string[]).includes(type);

/** As much of the beginning as `typeOf` looks at. */
export const TYPE_BYTES = 64;

/** @param start the first `TYPE_BYTES` bytes, or all there are */
export function typeOf(start: Uint8Array): AssetType {
  const text = Buffer.from(start.buffer, start.byteOffset, Math.min(start.length, TYPE_BYTES)).toString('latin1');
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (text.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (/^GIF8[79]a/.test(text)) return 'image/gif';
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WEBP') return 'image/webp';
  if (text.slice(4, 8) === 'ftyp' && hasBrand(text, 'avif', 'avis')) return 'image/avif';
  return text.startsWith('%PDF-') ? 'application/pdf' : 'application/octet-stream';
}

/** The brand of an ISO media file, and those it is compatible with, which follow after its version. */
function hasBrand(text: string, ...wanted: readonly string[]): boolean {
  const length = Buffer.from(text.slice(0, 4), 'latin1').readUInt32BE();
  for (let at = 8; at + 4 <= Math.min(length, text.length); at += 4) {
    if (at !== 12 && wanted.includes(text.slice(at, at + 4))) return true;
  }
  return false;
}
