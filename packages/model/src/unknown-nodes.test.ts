import { expect, test } from 'vitest';
import { schema } from './schema.js';
import { readUnknown } from './unknown-nodes.js';

const nested = (depth: number): string => `${'['.repeat(depth)}1${']'.repeat(depth)}`;
const attribute = (value: string): string => `{"name":"chart","attrs":{"points":${value}},"children":[]}`;
const inserted = (value: string): string => `{"delta":[{"insert":{"chart":${value}}}]}`;
const formatted = (value: string): string => `{"delta":[{"insert":"x","attributes":{"look":${value}}}]}`;

test('what is deeper than a server takes is no placeholder: it would be refused with all that is written after it', () => {
  for (const write of [attribute, formatted]) {
    expect(readUnknown(write(nested(32)))).not.toBe(null);
    expect(readUnknown(write(nested(33)))).toBe(null);
    expect(readUnknown(write(nested(100_000)))).toBe(null);
  }
  expect(readUnknown(inserted(nested(31)))).not.toBe(null);
  expect(readUnknown(inserted(nested(32)))).toBe(null);
  const child = (depth: number): string =>
    depth === 0 ? attribute('1') : `{"name":"box","attrs":{},"children":[${child(depth - 1)}]}`;
  expect(readUnknown(child(40))).not.toBe(null);
  expect(readUnknown(child(41))).toBe(null);
});

test('looks of text in a placeholder are an object', () => {
  expect(readUnknown('{"delta":[{"insert":"x","attributes":["bold"]}]}')).toBe(null);
  expect(readUnknown('{"delta":[{"insert":"x","attributes":null}]}')).toBe(null);
  expect(readUnknown('{"delta":[{"insert":"x"}]}')).not.toBe(null);
});

test('the value of a mark that nobody knows is as deep as a server takes', () => {
  const [rule] = schema.marks.unknown_mark.spec.parseDOM!;
  const read = (value: string): unknown => {
    const attributes: Record<string, string> = { 'data-weft-mark': 'look', 'data-weft-value': value };
    const dom = { getAttribute: (name: string) => attributes[name] ?? null };
    return (rule as { getAttrs(dom: unknown): unknown }).getAttrs(dom);
  };
  expect(read(nested(32))).toMatchObject({ key: 'look' });
  expect(read(nested(33))).toBe(false);
});
