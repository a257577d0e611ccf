// Where a picture is shown from (ADR 0030). An <img> asks with the cookie of its page and nothing else; where somebody reads a document as
// a guest or by a link, the page fetches its pictures with what shows that, and holds them as blobs while they are shown.

import * as words from '@weft/words/pictures';
import { type AssetAddress, readAssetAddress } from './asset-address.js';

/** `elsewhere`: at an address that no page here loads pictures from. `offline`: it may come later. `absent`: it is not there, or not for us. */
export type Lack = 'elsewhere' | 'offline' | 'absent';

export type Source = { readonly url: string } | { readonly lack: Lack };

interface Held {
  readonly url: Promise<string>;
  users: number;
}

/** What is shown to the server for a document besides cookies, as headers. */
export type ProofsFor = (document: string) => Proofs | Promise<Proofs>;
type Proofs = Readonly<Record<string, string>>;

export class PictureSources {
  readonly #server: string;
  readonly #proofsFor: ProofsFor;
  /** By path. */
  readonly #held = new Map<string, Held>();

  /** @param server  its origin */
  constructor(server: string, proofsFor: ProofsFor) {
    this.#server = server;
    this.#proofsFor = proofsFor;
  }

  /** What was sent from here need not be fetched. */
  keep(src: string, file: Blob): void {
    const address = readAssetAddress(src, this.#server);
    // Until it is first shown nobody uses it.
    if (address && !this.#held.has(address.path)) {
      this.#held.set(address.path, { url: Promise.resolve(URL.createObjectURL(file)), users: 0 });
    }
  }

  /** To be given back with `release` once it is not shown any more. */
  async take(src: string): Promise<Source> {
    const address = readAssetAddress(src, this.#server);
    // Nor from other addresses here: what is asked for to show a picture is a file, and does nothing else.
    if (!address) return { lack: 'elsewhere' };
    // Held from now on: whoever shows it, too, may give it back before this one has it.
    const held = this.#held.get(address.path) ?? this.#hold(address);
    held.users++;
    try {
      return { url: await held.url };
    } catch (error) {
      if (this.#held.get(address.path) === held) this.#held.delete(address.path);
      return { lack: error instanceof NotForUs ? 'absent' : 'offline' };
    }
  }

  #hold({ document, path, url }: AssetAddress): Held {
    const ask = async (): Promise<string> => {
      const proofs = await this.#proofsFor(document);
      // A page of another origin is given no picture for an <img>.
      if (Object.keys(proofs).length > 0 || url !== path) return fetchAsBlob(url, proofs);
      // The browser loads it, and has it for others as well.
      if (this.#held.get(path) === held) this.#held.delete(path);
      return url;
    };
    const held: Held = { url: ask(), users: 0 };
    this.#held.set(path, held);
    return held;
  }

  release(src: string): void {
    const path = readAssetAddress(src, this.#server)?.path ?? '';
    const held = this.#held.get(path);
    if (!held || --held.users > 0) return;
    this.#held.delete(path);
    held.url.then(URL.revokeObjectURL, () => {});
  }

  close(): void {
    for (const { url } of this.#held.values()) url.then(URL.revokeObjectURL, () => {});
    this.#held.clear();
  }
}

class NotForUs extends Error {}

async function fetchAsBlob(url: string, headers: Proofs): Promise<string> {
  const answer = await fetch(url, { headers });
  if (answer.status === 404) throw new NotForUs();
  if (!answer.ok) throw new Error(words.failed(answer.status));
  return URL.createObjectURL(await answer.blob());
}

/** A file of a document as it is on the server. @throws Error with a sentence */
export async function fetchAsset(
  url: string,
  headers: Proofs,
): Promise<{ readonly bytes: Blob; readonly name: string }> {
  const answer = await fetch(url, { headers }).catch(() => null);
  if (answer === null) throw new Error(words.noAnswer);
  if (!answer.ok) throw new Error(words.fileNotThere);
  const [, encoded = ''] = /filename\*=UTF-8''(\S+)/.exec(answer.headers.get('content-disposition') ?? '') ?? [];
  return { bytes: await answer.blob(), name: decodeURIComponent(encoded) };
}
