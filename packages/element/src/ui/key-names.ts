// Keys as people know them, and the keys that a document's page listens to itself, wherever the caret is.

import * as words from '@weft/words/keys';

const isApple = typeof navigator === 'object' && /Mac|iPhone|iPad/.test(navigator.platform);

export const pageKeys = {
  find: 'Mod-f',
  focus: 'Mod-Shift-f',
  shortcuts: 'Mod-/',
  block: 'Alt-Enter',
  selection: 'Alt-F10',
} as const;

const arrows: Readonly<Record<string, string>> = { ArrowUp: '↑', ArrowDown: '↓' };

/** "Mod-Shift-x": "⌘⇧X" on a Mac, else "Ctrl+Shift+X". */
export function keysInWords(keys: string, onApple: boolean = isApple): string {
  const parts = keys.split('-').map((part) => arrows[part] ?? (part.length === 1 ? part.toUpperCase() : part));
  if (!onApple) return parts.map((part) => words.names[part] ?? part).join('+');
  return parts.join('').replace('Mod', '⌘').replace('Shift', '⇧').replace('Alt', '⌥');
}

type Press = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>;

/** Which of the page's keys were pressed; null for any other. */
export function pageKeyOf(press: Press, onApple: boolean = isApple): keyof typeof pageKeys | null {
  const [mod, other] = onApple ? [press.metaKey, press.ctrlKey] : [press.ctrlKey, press.metaKey];
  if (!mod || other || press.altKey) return null;
  const key = latinOf(press);
  // With Shift a letter is another key; a sign is the same, for many keyboards have it only there.
  const pressed = press.shiftKey && /[a-z]/.test(key) ? `Mod-Shift-${key}` : `Mod-${key}`;
  const names = Object.keys(pageKeys) as (keyof typeof pageKeys)[];
  return names.find((name) => pageKeys[name] === pressed) ?? null;
}

/** Where letters of another script are written: what the same key has on the Latin layout beside it. */
function latinOf({ key, code }: Press): string {
  if (/^[\x20-\x7e]/.test(key)) return key.toLowerCase();
  return code === 'Slash' ? '/' : code.replace(/^Key/, '').toLowerCase();
}
