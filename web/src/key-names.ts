// Keys as people know them, and the keys that a document's page listens to itself, wherever the caret is.

const isApple = typeof navigator === 'object' && /Mac|iPhone|iPad/.test(navigator.platform);

export const pageKeys = { find: 'Mod-f', shortcuts: 'Mod-/' } as const;

/** "Mod-Shift-x": "⌘⇧X" on a Mac, else "Ctrl+Shift+X". */
export function keysInWords(keys: string, onApple: boolean = isApple): string {
  const parts = keys.split('-').map((part) => (part.length === 1 ? part.toUpperCase() : part));
  if (!onApple) return parts.join('+').replace('Mod', 'Ctrl');
  return parts.join('').replace('Mod', '⌘').replace('Shift', '⇧').replace('Alt', '⌥');
}

type Press = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>;

/** Which of the page's keys were pressed; null for any other. */
export function pageKeyOf(press: Press, onApple: boolean = isApple): keyof typeof pageKeys | null {
  const [mod, other] = onApple ? [press.metaKey, press.ctrlKey] : [press.ctrlKey, press.metaKey];
  if (!mod || other || press.shiftKey || press.altKey) return null;
  const names = Object.keys(pageKeys) as (keyof typeof pageKeys)[];
  return names.find((name) => pageKeys[name] === `Mod-${press.key.toLowerCase()}`) ?? null;
}
