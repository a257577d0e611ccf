import { expect, test } from 'vitest';
import { Ledger, tokensIn, tokenText } from './ledger.js';

const fine = { lost: [], duplicated: [], returned: [], strayUnits: 0 };
const text = (...names: string[]) => names.map((name) => tokenText(name)).join('');

test('what was only written may be there or not, once', () => {
  const ledger = new Ledger();
  ledger.wrote({ adds: 'w1.1', removes: null });
  expect(ledger.check('')).toEqual(fine);
  expect(ledger.check(text('w1.1'))).toEqual(fine);
  expect(ledger.check(text('w1.1', 'w1.1'))).toEqual({ ...fine, duplicated: ['w1.1'] });
});

test('what was acknowledged, or seen by others, has to be there', () => {
  const ledger = new Ledger();
  for (const adds of ['w1.1', 'w1.2']) ledger.wrote({ adds, removes: null });
  ledger.acknowledge({ adds: 'w1.1', removes: null });
  ledger.seen('w1.2');
  expect(ledger.check(text('w1.2'))).toEqual({ ...fine, lost: ['w1.1'] });
  expect(ledger.check(text('w1.1'))).toEqual({ ...fine, lost: ['w1.2'] });
  expect([ledger.written, ledger.acknowledged]).toEqual([2, 1]);
});

test('what is being removed may be there or not, and no longer once that was acknowledged', () => {
  const ledger = new Ledger();
  const paste = { adds: 'w1.1', removes: null };
  const next = { adds: 'w1.2', removes: 'w1.1' };
  ledger.wrote(paste);
  ledger.acknowledge(paste);
  ledger.wrote(next);
  expect(ledger.check(text('w1.1'))).toEqual(fine);
  expect(ledger.check(text('w1.2'))).toEqual(fine);
  ledger.acknowledge(next);
  expect(ledger.check(text('w1.1', 'w1.2'))).toEqual({ ...fine, returned: ['w1.1'] });
});

test('of a text as it was at a moment, only what was promised by then counts', () => {
  const ledger = new Ledger();
  const paste = { adds: 'w1.1', removes: null };
  const next = { adds: 'w1.2', removes: 'w1.1' };
  ledger.wrote(paste);
  const before = performance.now() - 1;
  ledger.acknowledge(paste);
  expect(ledger.check('', before)).toEqual(fine);
  const between = performance.now();
  while (performance.now() === between);
  ledger.wrote(next);
  ledger.acknowledge(next);
  expect(ledger.check('', between)).toEqual({ ...fine, lost: ['w1.1'] });
  expect(ledger.check(text('w1.1'), between)).toEqual(fine);
});

test('what nobody wrote is stray, half a token too', () => {
  const ledger = new Ledger();
  ledger.wrote({ adds: 'w1.1', removes: null });
  expect(ledger.check(`${tokenText('w1.1', 'abc')}<w1.`)).toEqual({ ...fine, strayUnits: 4 });
  expect(ledger.check(text('w9.9')).strayUnits).toBe(6);
});

test('tokens are found again in a text', () => {
  expect(tokensIn(`${tokenText('w1.1')}x${tokenText('y12.34', 'f-_1')}<w1.`)).toEqual(['w1.1', 'y12.34']);
});
