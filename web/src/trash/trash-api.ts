// What an owner does with the trash: documents go there, come back, or are erased for good.

import { pathOf } from '../document/documents-api.js';
import { ask, isObject, ServerRefused, tell, textOr } from '../shell/api.js';

export interface TrashedDocument {
  readonly name: string;
  readonly title: string;
  readonly trashedAtMs: number;
  /** From when on the server erases it; null: never by itself. */
  readonly erasedAtMs: number | null;
  /** Whether one may erase it for good: where nobody owns anything, nobody may. */
  readonly mayErase: boolean;
}

/** Pages of the list: there are not many in the trash, and those there are not all looked at at once. */
const MOST_PAGES = 100;

/** All that one may bring back, the one that went there last first. @throws Error with a sentence for people */
export async function listTrash(): Promise<TrashedDocument[]> {
  const trashed: TrashedDocument[] = [];
  let after: string | null = null;
  for (let page = 0; page < MOST_PAGES; page++) {
    const query: string = after === null ? '' : `&after=${encodeURIComponent(after)}`;
    const answer = await ask(`/api/v1/documents?in=trash&limit=1000${query}`);
    for (const one of Array.isArray(answer.documents) ? answer.documents.filter(isObject) : []) {
      trashed.push({
        name: String(one.name),
        title: textOr(one.title, '').trim(),
        trashedAtMs: Number(one.trashedAtMs) || 0,
        erasedAtMs: typeof one.erasedAtMs === 'number' ? one.erasedAtMs : null,
        mayErase: one.role === 'owner' || one.role === 'admin',
      });
    }
    after = textOr(answer.next, null);
    if (after === null) break;
  }
  return trashed.sort((a, b) => b.trashedAtMs - a.trashedAtMs);
}

const tellTrash = (name: string, command: object): Promise<unknown> => tell(`/api/v1/trash/${pathOf(name)}`, command);

/** @throws Error with a sentence for people */
export const moveToTrash = (name: string): Promise<unknown> => tellTrash(name, { do: 'put' });
/** @throws Error with a sentence for people */
export const bringBack = (name: string): Promise<unknown> => tellTrash(name, { do: 'take-out' });
/** @throws Error with a sentence for people */
export const eraseForGood = (name: string): Promise<unknown> => tellTrash(name, { do: 'erase', confirm: name });

/**
 * Whether a document that cannot be opened is in the trash, as far as it is told.
 * @returns `own` where one may bring it back
 */
export async function trashOf(name: string): Promise<'none' | 'others' | 'own'> {
  try {
    await ask(`/api/v1/documents/${pathOf(name)}`);
    return 'none';
  } catch (error) {
    if (!(error instanceof ServerRefused) || error.code !== 'IN_TRASH') return 'none';
    return (await listTrash().catch(() => [])).some((one) => one.name === name) ? 'own' : 'others';
  }
}
