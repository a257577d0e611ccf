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
  type Sharing,
  setEveryone,
} from './sharing-record.js';
import type { Sharings } from './sharings.js';

export type SharingCommand =
  | ({ readonly do: 'grant'; readonly role: SharedRole } & Grantee)
  | ({ readonly do: 'remove' } & Grantee)
  /** What signed-in people may do, all of them; null: nothing by that alone. */
  | { readonly do: 'everyone'; readonly role: SharedRole | null }
  | ({ readonly do: 'make-link' } & NewLink)
  | { readonly do: 'revoke-link'; readonly id: string }
  | { readonly do: 'give-ownership'; readonly person: string };

export interface ShareActionsOptions {
  readonly sharings: Sharings;
  readonly audit: Audit;
  /** Whether somebody is owner of a document, or more. */
  readonly isOwner: (identity: Identity, document: DocumentName, sharing: Sharing) => boolean;
  readonly now: () => number;
}

export class ShareActions {
  readonly #options: ShareActionsOptions;

  constructor(options: ShareActionsOptions) {
    this.#options = options;
  }

  /** Asks nobody who wants to know. @throws SyncError `STORE_UNREADABLE` */
  read(document: DocumentName): Promise<Sharing> {
    return this.#options.sharings.read(document);
  }

  /**
   * Gives a new document its owner: whoever makes it. Somebody without identity owns nothing.
   * @throws SyncError `NO_ACCESS` when it is somebody else's
   */
  async create(document: DocumentName, { person, kind }: Identity): Promise<void> {
    if (kind === 'nobody') return;
    await this.#options.sharings.change(document, (sharing) => {
      if (sharing.owner === null) return { ...sharing, owner: person };
      if (sharing.owner === person) return sharing;
      throw noAccess();
    });
  }

  /**
   * Resolves once the change is on disk; those who have the document open know of it by then.
   *
   * @returns the secret of a link that was made, which nobody can be told again; else null
   * @throws SyncError `NO_ACCESS` unless it is by an owner or admin, `BAD_SHARING` for what makes no sense
   */
  async change(
    document: DocumentName,
    command: SharingCommand,
    by: { readonly identity: Identity; readonly address: string },
  ): Promise<string | null> {
    const { sharings, audit, isOwner, now } = this.#options;
    const { person } = by.identity;
    const link = { id: randomBytes(9).toString('base64url'), secret: makeSecret('wl') };
    await sharings.change(document, (sharing) => {
      if (!isOwner(by.identity, document, sharing)) throw noAccess();
      return changed(sharing, command, { by: person, atMs: now() }, link);
    });
    audit.note({ ...noteOf(command, link.id), person, document, address: by.address });
    return command.do === 'make-link' ? link.secret : null;
  }
}

function changed(
  sharing: Sharing,
  command: SharingCommand,
  signed: { readonly by: string; readonly atMs: number },
  link: { readonly id: string; readonly secret: string },
): Sharing {
  switch (command.do) {
    case 'grant':
      return grant(sharing, command, command.role, signed);
    case 'remove':
      return remove(sharing, command);
    case 'everyone':
      return setEveryone(sharing, command.role);
    case 'make-link':
      return addLink(sharing, command, { id: link.id, hash: hashSecret(link.secret) }, signed);
    case 'revoke-link':
      return removeLink(sharing, command.id);
    case 'give-ownership':
      return giveOwnership(sharing, command.person, signed);
  }
}

/** With nothing secret in it. */
function noteOf(command: SharingCommand, linkId: string): Pick<AuditNote, 'action' | 'detail'> {
  switch (command.do) {
    case 'grant':
      return { action: 'person-granted', detail: { whom: whom(command), role: command.role } };
    case 'remove':
      return { action: 'person-removed', detail: { whom: whom(command) } };
    case 'everyone':
      return { action: 'everyone-changed', detail: { role: command.role ?? 'none' } };
    case 'make-link':
      return { action: 'link-made', detail: { link: linkId, role: command.role } };
    case 'revoke-link':
      return { action: 'link-revoked', detail: { link: command.id } };
    case 'give-ownership':
      return { action: 'ownership-given', detail: { whom: command.person } };
  }
}

const whom = ({ person, email }: Grantee): string => person ?? email ?? '';
