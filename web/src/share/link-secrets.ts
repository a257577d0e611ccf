// Secrets of share links. They come in the fragment of an address, which browsers send nowhere; here they are taken out of
// it, so that they are not copied, shown or kept in the history with it, and kept for their document in this browser,
// until the link is of no use any more or somebody signs out.

type Storage = Pick<globalThis.Storage, 'getItem' | 'setItem' | 'removeItem'>;

const storageKey = 'weft.links';
/** The newest ones. */
const MAX_KEPT = 200;
/** 256 bits as base64url, and room for other lengths to come. */
const secretPattern = /^[\w-]{16,128}$/;

/** @param fragment  with or without its `#` @returns null when it holds no secret of a link */
export function secretIn(fragment: string): string | null {
  const secret = new URLSearchParams(fragment.replace(/^#/, '')).get('link');
  return secret !== null && secretPattern.test(secret) ? secret : null;
}

export class LinkSecrets {
  readonly #storage: Storage;
  /** By document, the newest last. */
  #secrets: Map<string, string>;

  constructor(storage: Storage) {
    this.#storage = storage;
    this.#secrets = read(storage);
  }

  keep(document: string, secret: string): void {
    this.forget(document);
    this.#secrets = new Map([...this.#secrets, [document, secret] as const].slice(-MAX_KEPT));
    this.#write();
  }

  /** Empty when one came without a link. */
  of(document: string): string {
    return this.#secrets.get(document) ?? '';
  }

  forget(document: string): void {
    if (this.#secrets.delete(document)) this.#write();
  }

  forgetAll(): void {
    this.#secrets.clear();
    this.#write();
  }

  #write(): void {
    try {
      if (this.#secrets.size === 0) this.#storage.removeItem(storageKey);
      else this.#storage.setItem(storageKey, JSON.stringify([...this.#secrets]));
    } catch {
      // A browser that keeps nothing: it lasts until the page is loaded again.
    }
  }
}

function read(storage: Storage): Map<string, string> {
  try {
    const kept: unknown = JSON.parse(storage.getItem(storageKey) ?? '[]');
    const pairs = Array.isArray(kept) ? kept.filter(Array.isArray) : [];
    return new Map(pairs.map(([name, secret]) => [String(name), String(secret)] as const).filter(hasSecret));
  } catch {
    return new Map();
  }
}

const hasSecret = ([, secret]: readonly [string, string]): boolean => secretPattern.test(secret);
