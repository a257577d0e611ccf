import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { clientSchema, PROTOCOL_VERSION, serverSchema } from './schema.js';

/** JSON with the messages in the order of their tags; fields stand in the order in which they are written. */
function canonicalJson(): string {
  const side = (schema: Record<string, { tag: number; fields: Record<string, string> }>) =>
    Object.entries(schema)
      .map(([type, { tag, fields }]) => [tag, type, Object.entries(fields)] as const)
      .sort(([a], [b]) => a - b);
  return JSON.stringify({ version: PROTOCOL_VERSION, client: side(clientSchema), server: side(serverSchema) });
}

test('the wire has not changed without its version', () => {
  // If this fails, the wire has changed: raise PROTOCOL_VERSION, say so in PROTOCOL.md, and only then pin the new hash.
  expect(createHash('sha256').update(canonicalJson()).digest('hex')).toBe(
    'a4feaee817faf84c2c11d82d3b4d36129b6b9d18df66fc125c37b735e02c9f99',
  );
});

test('tags are below 128, one byte each; clients use 1 to 63, servers 64 to 127, none twice', () => {
  const clientTags = Object.values(clientSchema).map(({ tag }) => tag as number);
  const serverTags = Object.values(serverSchema).map(({ tag }) => tag as number);
  for (const tag of clientTags) expect(tag > 0 && tag < 64).toBe(true);
  for (const tag of serverTags) expect(tag >= 64 && tag < 128).toBe(true);
  expect(new Set([...clientTags, ...serverTags]).size).toBe(clientTags.length + serverTags.length);
});
