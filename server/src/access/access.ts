// What the rest of the server knows of access: who somebody is, what they may do in a document now, and to be told as soon
// as that changes. With nothing configured everybody may write everything (open-access.ts); else see configured-access.ts.

import type { DocumentName, Role } from '@weft/protocol';
import type { Identity } from './identity.js';

/** What a client shows; '' for nothing. */
export interface Credentials {
  /** A token of the host (a JWT), a ticket, or the admin token. */
  readonly token: string;
  /** A guest identity that this server signed. With a token as well it says: this guest is me now (G7). */
  readonly guest: string;
  /** From where, for the audit log; left out where it is not known. */
  readonly address?: string;
}

export interface Access {
  /** Nothing is configured: everybody is an editor of every document. */
  readonly isOpen: boolean;

  /** @throws SyncError `UNAUTHORIZED`, in one sentence for every reason */
  identify(credentials: Credentials): Promise<Identity>;

  /**
   * What somebody may do in a document, which needs not exist, from now until `end`.
   *
   * @param link secret of a share link, or ''
   * @param changed called within the same turn in which the sharing, a link or a revocation changes the role, with a sentence
   *                for whom it concerns. It may come in the moment in which the promise resolves, before the caller goes on:
   *                `role` says the same then. Never after `end`.
   */
  watch(
    identity: Identity,
    document: DocumentName,
    link: string,
    changed: (role: Role | null, reason: string) => void,
  ): Promise<Watch>;

  /** Whether two ids stand for one person: a guest who signed in is both. */
  isSame(personA: string, personB: string): boolean;

  /** @param name the wanted one; null when the server chooses */
  mayCreate(identity: Identity, name: DocumentName | null): boolean;

  /**
   * Has somebody told of each revocation: what was shown by those for whom `isHit` holds counts no longer.
   * @returns ends it
   */
  onRevoked(listener: (isHit: (identity: Identity) => boolean, reason: string) => void): () => void;
}

export interface Watch {
  /** null: none, and the document is to be treated as if it were not there. */
  readonly role: Role | null;
  /** What the role would be were the document not in the trash, where nobody has one; null where it is not there. */
  readonly trashedRole: Role | null;
  /** May be called twice. */
  end(): void;
}
