// What pages of this site keep in the browser. Where that is refused (cookies blocked, some frames) even asking for
// `localStorage` throws: then it lasts as long as the page, and nobody is kept from writing.

type PageStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** @param ofBrowser  throws where nothing may be kept */
export function pageStorage(ofBrowser: () => PageStorage | null): PageStorage {
  try {
    // Some say so with null.
    return ofBrowser() ?? ofThisPage();
  } catch {
    return ofThisPage();
  }
}

function ofThisPage(): PageStorage {
  const kept = new Map<string, string>();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
}
