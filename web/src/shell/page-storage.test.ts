import { expect, test } from 'vitest';
import { pageStorage } from './page-storage.js';

const refuse = (): Storage => {
  throw new DOMException('Access is denied for this document.', 'SecurityError');
};

test('where the browser refuses its storage, things last as long as the page', () => {
  for (const refused of [refuse, () => null]) {
    const storage = pageStorage(refused);
    expect(storage.getItem('name')).toBeNull();
    storage.setItem('name', 'Noor');
    expect(storage.getItem('name')).toBe('Noor');
    storage.removeItem('name');
    expect(storage.getItem('name')).toBeNull();
  }
});

test('else it is the browser’s', () => {
  const ofBrowser = pageStorage(() => null);
  expect(pageStorage(() => ofBrowser)).toBe(ofBrowser);
});
