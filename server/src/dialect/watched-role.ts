// One's role in one document, as it is at this moment. It changes while it is watched, and anew under another identity.

import type { DocumentName, Role } from '@weft/protocol';
import type { Access, Watch } from '../access/access.js';
import { IN_TRASH } from '../access/access-errors.js';
import type { Identity } from '../access/identity.js';

/** Said whether there is such a document or not, and nothing else is done then. */
const NO_ACCESS = 'There is no such document, or you may not open it. Ask whoever sent you here, or sign in.';

/** Who is told that a role is another one. */
export interface RoleWatcher {
  roleChanged(reason: string): void;
}

export class WatchedRole {
  /** null until somebody goes by it. */
  watcher: RoleWatcher | null = null;
  readonly #access: Access;
  readonly #document: DocumentName;
  readonly #link: string;
  #role: Role | null = null;
  #watch: Watch | null = null;
  /** Of the watches begun, and of the one in force: a later one counts, whichever is there first. */
  #begun = 0;
  #inForce = 0;
  #isEnded = false;

  constructor(access: Access, document: DocumentName, link: string) {
    this.#access = access;
    this.#document = document;
    this.#link = link;
  }

  /** null: none, and the document is to be treated as if it were not there. */
  get role(): Role | null {
    return this.#role;
  }

  /** What is said to whom the document is not opened. */
  get refusal(): string {
    return (this.#watch?.trashedRole ?? null) === null ? NO_ACCESS : IN_TRASH;
  }

  /** From now on it is the role of this identity. Until that is known, the one before holds. */
  async begin(identity: Identity): Promise<void> {
    this.#begun += 1;
    const turn = this.#begun;
    // What changes before this function goes on is not lost.
    let news: { readonly role: Role | null; readonly reason: string } | null = null;
    const watch = await this.#access.watch(identity, this.#document, this.#link, (role, reason) => {
      if (this.#inForce === turn) this.#become(role, reason);
      else news = { role, reason };
    });
    if (this.#isEnded || turn < this.#inForce) {
      watch.end();
      return;
    }
    this.#watch?.end();
    this.#watch = watch;
    this.#inForce = turn;
    const { role, reason } = news ?? { role: watch.role, reason: '' };
    this.#become(role, reason);
  }

  end(): void {
    this.#isEnded = true;
    this.#watch?.end();
    this.#watch = null;
  }

  #become(role: Role | null, reason: string): void {
    if (this.#isEnded || role === this.#role) return;
    this.#role = role;
    this.watcher?.roleChanged(reason);
  }
}
