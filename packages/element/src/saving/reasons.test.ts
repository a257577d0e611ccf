import { CloseCode } from '@weft/protocol';
import { expect, test, vi } from 'vitest';
import { inOwnWords } from './reasons.js';

const german = vi.hoisted(() => ({ loads: 0 }));
vi.mock('@weft/words/why', () => {
  german.loads += 1;
  return vi.importActual('../../../words/src/de/why.js');
});

test('reasons are said in English until the words of the page are there, which are loaded with the first', async () => {
  const came = vi.fn();
  const end = { code: CloseCode.TooMuch, reason: 'Too much was sent at once.' };
  const refusal = { code: 'read-only', reason: 'You may not write here.' };
  expect(german.loads).toBe(0);
  expect(inOwnWords(end, came)).toBe(end.reason);
  await vi.waitFor(() => expect(came).toHaveBeenCalledOnce());
  expect(inOwnWords(end, came)).toBe('Das ist mehr, als der Server auf einmal annimmt.');
  expect(inOwnWords(refusal, came)).toBe('Dieses Dokument lässt sich nur lesen.');
  expect(german.loads).toBe(1);
});
