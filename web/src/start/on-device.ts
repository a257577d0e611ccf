// What this browser keeps of documents, as the start page tells of it: which can be opened without a connection, how many texts
// are kept, the list where the server cannot be reached, and forgetting one.

import { titleOf } from '@weft/element/reading/title';
import { announce } from '@weft/element/ui/announce';
import { firstLines } from '@weft/model';
import type { IndexedDbStore } from '@weft/provider/indexeddb';
import * as words from '@weft/words/device';
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { DocumentSummary } from '../document/documents-api.js';
import { mayForget } from '../kept/forget-copy.js';
import type { KeptTexts } from '../kept/kept-texts.js';

/** Documents whose titles are read when the server cannot be reached. */
const MAX_LISTED = 100;
const EXCERPT_LENGTH = 200;
const MAX_TITLE_LENGTH = 80;

interface Page extends ReactiveControllerHost {
  readonly store: IndexedDbStore | null;
  readonly texts: KeptTexts | null;
}

export class OnDevice implements ReactiveController {
  readonly #page: Page;
  #names: ReadonlySet<string> = new Set();
  #keptCount = 0;

  constructor(page: Page) {
    this.#page = page;
    page.addController(this);
  }

  hostConnected(): void {}

  /** Texts that are kept for whoever is here. */
  get keptCount(): number {
    return this.#keptCount;
  }

  /** It can be opened without a connection. */
  has(name: string): boolean {
    return this.#names.has(name);
  }

  async look(): Promise<void> {
    const { store, texts } = this.#page;
    const [copies, kept] = await Promise.all([store?.copies().catch(() => []) ?? [], texts?.list() ?? []]);
    this.#names = new Set(copies.filter(({ kind }) => kind === 'content').map(({ document }) => document));
    this.#keptCount = kept.length;
    this.#page.requestUpdate();
  }

  /** As the server would list them, as far as this browser knows. */
  async list(): Promise<readonly DocumentSummary[]> {
    const documents: DocumentSummary[] = [];
    for (const name of [...this.#names].slice(0, MAX_LISTED)) {
      const doc = await this.#page.store?.text({ kind: 'content', document: name }).catch(() => null);
      if (!doc) continue;
      const lines = firstLines(doc, EXCERPT_LENGTH);
      documents.push({
        name,
        title: titleOf(doc).trim() || lines.split('\n', 1)[0]!.slice(0, MAX_TITLE_LENGTH),
        excerpt: lines.replace(/\s+/g, ' ').trim(),
        characters: lines.length,
        updatedAtMs: null,
        role: null,
      });
    }
    return documents;
  }

  /** Asks first. @returns whether it may be gone */
  async forget({ name, title }: DocumentSummary): Promise<boolean> {
    const { store } = this.#page;
    const place = { kind: 'content', document: name } as const;
    const unfinished = (await store?.unfinished().catch(() => [])) ?? [];
    const hasUnsaved = unfinished.some(({ kind, document }) => kind === place.kind && document === name);
    if (!(await mayForget(title || words.untitled, hasUnsaved))) return false;
    try {
      await store?.forget(place);
      announce(words.forgotten);
    } catch {
      announce(words.notForgotten);
    }
    return true;
  }
}
