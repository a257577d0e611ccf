import { expect, test } from 'vitest';
import { assetName } from './asset-name.js';
import type { AssetType } from './asset-type.js';

test.each<[string, AssetType, string]>([
  ['Lamp room.png', 'image/png', 'Lamp room.png'],
  ['IMG_1.JPEG', 'image/jpeg', 'IMG_1.JPEG'],
  ['évidence.pdf', 'application/pdf', 'évidence.pdf'],
  // The ending says what it is, not what somebody says.
  ['invoice.html', 'image/png', 'invoice.html.png'],
  ['notes.pdf.exe', 'application/pdf', 'notes.pdf.exe.pdf'],
  ['notes.txt', 'application/octet-stream', 'notes.txt'],
  // Nothing leads to another folder, or hides its ending.
  ['../../etc/passwd', 'application/octet-stream', 'passwd'],
  ['C:\\Users\\ann\\lamp.png', 'image/png', 'lamp.png'],
  ['..', 'application/octet-stream', 'file'],
  ['.bashrc', 'application/octet-stream', 'bashrc'],
  ['photo\u202egnp.exe', 'application/octet-stream', 'photognp.exe'],
  ['a"b\r\nSet-Cookie: x\0.png', 'image/png', 'abSet-Cookie x.png'],
  ['\ud800.png', 'image/png', '\ufffd.png'],
  ['', 'image/webp', 'picture.webp'],
  ['   ', 'application/pdf', 'file.pdf'],
  ['.png', 'image/png', 'png.png'],
])('%j of type %s is saved as %j', (said, type, name) => {
  expect(assetName(said, type)).toBe(name);
});

test('a long name keeps its ending, and splits no character', () => {
  const name = assetName(`${'🧵'.repeat(100)}.png`, 'image/png');
  expect(name).toBe(`${'🧵'.repeat(36)}.png`);
});
