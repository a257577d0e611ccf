import { expect, test } from 'vitest';
import { socketUrl } from './socket-url.js';

const at = (pathname: string) => socketUrl({ origin: 'https://weft.test', pathname });

test('however the address of a page is written, a document is named in one way, which no balancer cuts', () => {
  for (const path of ['R&D', 'R%26D', '%52%26%44'])
    expect([at(`/d/${path}`), at(`/history/${path}`)]).toEqual(Array(2).fill('wss://weft.test/weft?document=R%26D'));
  expect(at('/d/notes%2Ftoday')).toBe('wss://weft.test/weft?document=notes/today');
  expect(at('/d/b%C3%BCro+1')).toBe('wss://weft.test/weft?document=b%C3%BCro%2B1');
});

test('what is no page of a document, or has no name, names none', () => {
  for (const path of ['/', '/kept', '/d/', '/d/%', '/d/a//b']) expect(at(path)).toBe('wss://weft.test/weft');
});
