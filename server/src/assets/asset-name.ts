// What a file is called when somebody saves it: a name of one file, on any system, that shows what it is.

import { type AssetType, isPicture } from './asset-type.js';

const MAX_NAME_BYTES = 150;
const endings: Readonly<Record<AssetType, readonly [string, ...string[]]>> = {
  'image/png': ['.png'],
  'image/jpeg': ['.jpg', '.jpeg', '.jfif'],
  'image/gif': ['.gif'],
  'image/webp': ['.webp'],
  'image/avif': ['.avif'],
  'application/pdf': ['.pdf'],
  'application/octet-stream': [''],
};

// What no name of a file may hold, what is not seen in one, and what turns the order of letters round so that it seems to end otherwise.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const unfit = /[\u0000-\u001f\u007f-\u009f"*/:<>?\\|\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** @param said whatever the sender calls it; '' for nothing */
export function assetName(said: string, type: AssetType): string {
  // By way of bytes: half a surrogate pair is in no name.
  const bare = Buffer.from(said).toString().normalize('NFC').split(/[/\\]/).at(-1)!;
  const fit = bare.replace(unfit, '').replace(/^[\s.]+|[\s.]+$/g, '');
  const [ending, ...others] = endings[type];
  const known = [ending, ...others].find((one) => one !== '' && fit.toLowerCase().endsWith(one));
  const stem = known === undefined ? fit : fit.slice(0, -known.length);
  const kept = known === undefined ? ending : fit.slice(-known.length);
  return (cut(stem, MAX_NAME_BYTES - kept.length) || (isPicture(type) ? 'picture' : 'file')) + kept;
}

/** The longest beginning of so many bytes that splits no character. */
function cut(text: string, maxBytes: number): string {
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > maxBytes) break;
    end += character.length;
  }
  return text.slice(0, end).trimEnd();
}
