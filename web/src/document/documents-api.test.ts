import { afterEach, expect, test, vi } from 'vitest';
import { ServerUnreachable } from '../shell/api.js';
import { excerptLine, listDocuments } from './documents-api.js';

const { signal } = new AbortController();
const answer = (response: () => Promise<Response>) => vi.stubGlobal('fetch', response);
afterEach(() => vi.unstubAllGlobals());

test('only a document without a character has nothing written in it', async () => {
  const listed = [
    { name: 'empty', title: 'Plan', excerpt: '', characters: 0, updatedAtMs: 1 },
    { name: 'all title', title: 'One line', excerpt: '', characters: 8, updatedAtMs: 1 },
    { name: 'long', title: 'First', excerpt: 'Second', characters: 11, updatedAtMs: 1 },
    { name: 'unknown', title: 'First' },
  ];
  answer(async () => Response.json({ documents: listed }));
  const { documents } = await listDocuments(null, signal);
  expect(documents.map(excerptLine)).toEqual(['Nothing written yet', null, 'Second', null]);
});

test('a server that does not answer is told apart from one that answers with an error', async () => {
  answer(() => Promise.reject(new TypeError('Failed to fetch')));
  await expect(listDocuments(null, signal)).rejects.toBeInstanceOf(ServerUnreachable);
  answer(async () => Response.json({ error: { message: 'The disk is full.' } }, { status: 500 }));
  const error: unknown = await listDocuments(null, signal).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ message: 'The disk is full.', status: 500 });
  expect(error).not.toBeInstanceOf(ServerUnreachable);
});
