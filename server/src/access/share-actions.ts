// What an owner does with who may do what: the operations behind the share dialog. Whether somebody may is looked at in the
// turn in which it is done, so that of two owners who remove each other one comes first.

import { randomBytes } from 'node:crypto';
import type { DocumentName } from '@weft/protocol';
import { noAccess } from './access-errors.js';
import type { Audit, AuditNote } from './audit.js';
import type { Identity } from './identity.js';
import { hashSecret, makeSecret } from './secrets.js';
import {
  addLink,
  type Grantee,
  giveOwnership,
  grant,
  type NewLink,
  remove,
  removeLink,
  type SharedRole,
  type ShareLink,
  type Sharing,
  setEveryone,
} from './sharing-record.js';
import type { Sharings } from './sharings.js';

export interface ShareActionsOptions {
  readonly sharings: Sharings;
  readonly audit: Audit;
  /** Whether somebody is owner of a document, or more. */
  readonly isOwner: (identity: Identity, document: DocumentName, sharing: Sharing) => boolean;
  readonly now: () => number;
}

/**
 * Each resolves with what holds once that is on disk, and sessions know of it by then.
 * @throws SyncError `NO_ACCESS` unless who asks is owner or admin, `BAD_SHARING` for what makes no sense
 */
export class ShareActions {
  readonly #options: ShareActionsOptions;

  constructor(options: ShareActionsOptions) {
    this.#options = options;
  }

  async read(who: Identity, document: DocumentName): Promise<Sharing> {
    const sharing = await this.#options.sharings.read(document);
    if (!this.#options.isOwner(who, document, sharing)) throw noAccess();
    return sharing;
  }

  /** For a document that is about to be made: whoever makes it owns it. Somebody without identity owns nothing. */
  async own({ person, kind }: Identity, document: DocumentName): Promise<void> {
    if (kind === 'nobody') return;
    await this.#options.sharings.change(document, (sharing) => {
      if (sharing.owner === null) return { ...sharing, owner: person };
      if (sharing.owner === person) return sharing;
      throw noAccess();
    });
  }

  grant(who: Identity, document: DocumentName, to: Grantee, role: SharedRole): Promise<Sharing> {
    const note = { action: 'person-granted', detail: { ...to, role } } as const;
    return this.#change(who, document, note, (sharing) => grant(sharing, to, role, this.#signed(who)));
  }

  remove(who: Identity, document: DocumentName, from: Grantee): Promise<Sharing> {
    const note = { action: 'person-removed', detail: { ...from } } as const;
    return this.#change(who, document, note, (sharing) => remove(sharing, from));
  }

  /** @param role null: signed-in people have none by that alone */
  setEveryone(who: Identity, document: DocumentName, role: SharedRole | null): Promise<Sharing> {
    const note = { action: 'everyone-changed', detail: { role: role ?? 'none' } } as const;
    return this.#change(who, document, note, (sharing) => setEveryone(sharing, role));
  }

  /** @returns the secret too, which nobody can be told again */
  async makeLink(
    who: Identity,
    document: DocumentName,
    link: NewLink,
  ): Promise<{ readonly sharing: Sharing; readonly link: ShareLink; readonly secret: string }> {
    const secret = makeSecret('wl');
    const id = randomBytes(9).toString('base64url');
    const note = { action: 'link-made', detail: { link: id, role: link.role } } as const;
    const sharing = await this.#change(who, document, note, (before) =>
      addLink(before, link, { id, hash: hashSecret(secret) }, this.#signed(who)),
    );
    return { sharing, link: sharing.links.at(-1)!, secret };
  }

  revokeLink(who: Identity, document: DocumentName, id: string): Promise<Sharing> {
    const note = { action: 'link-revoked', detail: { link: id } } as const;
    return this.#change(who, document, note, (sharing) => removeLink(sharing, id));
  }

  giveOwnership(who: Identity, document: DocumentName, person: string): Promise<Sharing> {
    const note = { action: 'ownership-given', detail: { person } } as const;
    return this.#change(who, document, note, (sharing) => giveOwnership(sharing, person, this.#signed(who)));
  }

  async #change(
    who: Identity,
    document: DocumentName,
    note: Pick<AuditNote, 'action' | 'detail'>,
    change: (sharing: Sharing) => Sharing,
  ): Promise<Sharing> {
    const { sharings, audit, isOwner } = this.#options;
    const changed = await sharings.change(document, (sharing) => {
      if (!isOwner(who, document, sharing)) throw noAccess();
      return change(sharing);
    });
    audit.note({ ...note, person: who.person, document });
    return changed;
  }

  #signed(who: Identity): { by: string; atMs: number } {
    return { by: who.person, atMs: this.#options.now() };
  }
}
