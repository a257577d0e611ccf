import { expect, test } from 'vitest';
import { LinkSecrets, secretIn } from './link-secrets.js';

const secret = 'q'.repeat(43);

function memory(): Storage {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  } as unknown as Storage;
}

test('a secret is read from a fragment, and nothing else is taken for one', () => {
  expect(secretIn(`#link=${secret}`)).toBe(secret);
  expect(secretIn(`#a=1&link=${secret}`)).toBe(secret);
  for (const other of [
    '',
    '#',
    '#heading',
    '#link=',
    '#link=short',
    '#link=<script>alert(1)</script>',
    `#link=${secret.repeat(4)}`,
  ]) {
    expect(secretIn(other), other).toBeNull();
  }
});

test('a secret is for its document alone, and lasts over a reload', () => {
  const storage = memory();
  new LinkSecrets(storage).keep('notes/a', secret);
  const links = new LinkSecrets(storage);
  expect([links.of('notes/a'), links.of('notes/b')]).toEqual([secret, '']);
  links.forgetAll();
  expect(new LinkSecrets(storage).of('notes/a')).toBe('');
});

test('the newest secret of a document counts, and the oldest of many documents go', () => {
  const links = new LinkSecrets(memory());
  links.keep('a', secret);
  links.keep('a', 'r'.repeat(43));
  expect(links.of('a')).toBe('r'.repeat(43));
  for (let n = 0; n < 200; n++) links.keep(`n${n}`, secret);
  expect([links.of('a'), links.of('n0'), links.of('n199')]).toEqual(['', secret, secret]);
});

test('what somebody else has written there, and a browser that keeps nothing, are no reason to fail', () => {
  const storage = memory();
  for (const junk of ['{', '7', '[["a"]]', '[["a", 3]]', '{"a":"b"}']) {
    storage.setItem('weft.links', junk);
    expect(new LinkSecrets(storage).of('a')).toBe('');
  }
  const refusing = () => {
    throw new Error('quota');
  };
  const links = new LinkSecrets({ getItem: refusing, setItem: refusing, removeItem: refusing });
  links.keep('a', secret);
  expect(links.of('a')).toBe(secret);
});
