// PROTOCOL.md and the code cannot drift apart: its tables name every message, field, limit, code and refusal, and its
// examples are decoded.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CloseCode } from './close-codes.js';
import { clientCodec, serverCodec } from './codec.js';
import * as limits from './limits.js';
import { CarrierHeader, CarrierPath } from './over-http.js';
import { refusalSentences } from './refusal.js';
import { mayWrite, ROLES, roleToWire } from './roles.js';
import { clientSchema, PROTOCOL_VERSION, serverSchema } from './schema.js';
import { parseStorageCode, storageSentences } from './storage.js';

const page = readFileSync(new URL('../PROTOCOL.md', import.meta.url), 'utf8');

/** The text below a heading, up to the next one. */
function section(heading: string): string {
  const parts = page.split(/^#+ /m).filter((part) => part.startsWith(`${heading}\n`));
  if (parts.length !== 1) throw new Error(`${parts.length} sections are called "${heading}"`);
  return parts[0]!;
}

/** The cells of a section's table, without its two head lines. */
function rows(heading: string): string[][] {
  const lines = section(heading)
    .split('\n')
    .filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

test.each([
  ['From client to server', clientSchema],
  ['From server to client', serverSchema],
])('the table "%s" has every message, its tag and its fields in order', (heading, schema) => {
  const told = rows(heading).map(([type, tag, fields]) => [type, Number(tag), fields]);
  const real = Object.entries(schema).map(([type, { tag, fields }]) => [
    type,
    tag,
    Object.entries(fields)
      .map(([name, field]) => `${name} \`${field}\``)
      .join(', '),
  ]);
  expect(told).toEqual(real);
});

test('every message says what it means', () => {
  for (const heading of ['From client to server', 'From server to client']) {
    for (const [, , , meaning] of rows(heading)) expect(meaning).toMatch(/^[A-Z0-9].*\.$/);
  }
});

test('every close code is there with a sentence', () => {
  const told = rows('Closing');
  expect(told.map(([code, name]) => [name, Number(code)])).toEqual(Object.entries(CloseCode));
  for (const [, , sentence] of told) expect(sentence).toMatch(/^[A-Z].*\.$/);
});

test('every refusal is there with its sentence', () => {
  expect(rows('Refusals')).toEqual(Object.entries(refusalSentences));
});

test('every trouble of the storage is there with its sentence', () => {
  expect(rows('Storage')).toEqual(Object.entries(storageSentences));
});

test('every role is there with its number and what it may write', () => {
  const kinds = ['content', 'discussion'] as const;
  const real = ROLES.map((role) => [role, roleToWire(role), kinds.filter((kind) => mayWrite(role, kind)).join(', ')]);
  expect(rows('Roles').map(([role, number, kinds]) => [role, Number(number), kinds])).toEqual(real);
});

test('every limit is there with its value', () => {
  expect(rows('Limits').map(([name, value]) => [name, Number(value)])).toEqual(Object.entries(limits));
});

test('every path and header of a session over HTTP is there', () => {
  const cells = rows('Over HTTP').map(([name]) => name!.replaceAll('`', ''));
  const names = cells.filter((name) => /^[/w]/.test(name));
  expect(names).toEqual([...Object.values(CarrierPath), ...Object.values(CarrierHeader)]);
});

test('a trouble of the storage that is not known is a trouble, too', () => {
  expect(['', 'disk-full', 'disk-failing', 'store-silent', 'disk-eaten', 'toString'].map(parseStorageCode)).toEqual([
    null,
    'disk-full',
    'disk-failing',
    'store-silent',
    'disk-failing',
    'disk-failing',
  ]);
});

test('every kind of field has its encoding', () => {
  const told = rows('Frames').map(([type]) => type);
  const schemas = [...Object.values(clientSchema), ...Object.values(serverSchema)];
  const used = new Set(schemas.flatMap(({ fields }) => Object.values(fields) as string[]));
  expect(told.map((type) => type!.replaceAll('`', '')).sort()).toEqual([...used].sort());
});

test('the page is about the version this code speaks', () => {
  expect(page).toMatch(new RegExp(`^# The weft protocol, version ${PROTOCOL_VERSION}\n`));
});

test('each example means what is said below it', () => {
  const examples = [...page.matchAll(/```hex\n([^`]*)```\n\n```json\n([^`]*)```/g)];
  expect(examples).toHaveLength(5);
  for (const [, hex, json] of examples) {
    const frame = Uint8Array.from(hex!.split(/\s+/).filter(Boolean), (byte) => Number.parseInt(byte, 16));
    const codec = frame[0]! < 64 ? clientCodec : serverCodec;
    const messages: unknown = JSON.parse(
      JSON.stringify(codec.decode(frame), (_, value: unknown) =>
        value instanceof Uint8Array ? Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('') : value,
      ),
    );
    expect(messages).toEqual(JSON.parse(json!));
  }
});
