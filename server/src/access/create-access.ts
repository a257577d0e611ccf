// Puts access together, from what the configuration says and what the store holds.

import { randomBytes } from 'node:crypto';
import type { DocumentName } from '@weft/protocol';
import type { AccessSettings } from '../access-settings.js';
import type { RecordStore, Table, WrittenRecord } from '../log/document-log.js';
import { messageOf, SyncError } from '../sync-error.js';
import type { Access } from './access.js';
import { AdminToken } from './admin-token.js';
import { Aliases } from './aliases.js';
import type { Audit } from './audit.js';
import { ConfiguredAccess } from './configured-access.js';
import { GUEST_KEY_BYTES, GUEST_LIFETIME_MS, Guests } from './guests.js';
import type { Identity } from './identity.js';
import { OpenAccess } from './open-access.js';
import { Refusals } from './refusals.js';
import { Revocations } from './revocations.js';
import { ShareActions } from './share-actions.js';
import { SharedTickets } from './shared-tickets.js';
import { Sharings } from './sharings.js';
import { type TicketDesk, Tickets } from './tickets.js';
import { Tokens } from './tokens.js';
import { Trash, type Trasher } from './trash.js';

/** What the parts of the server need of access, each a part of it. */
export interface AccessParts {
  readonly access: Access;
  /** With which this server signs what browsers keep: guest identities, sessions. Each says in its type what it is for. */
  readonly signingKey: Uint8Array;
  readonly guests: Guests;
  readonly tickets: TicketDesk;
  readonly sharing: ShareActions;
  readonly trash: Trash;
  /** Somebody who may only do with the trash what is theirs; where nobody owns anything, everybody may. */
  trasher(identity: Identity, document: DocumentName, address: string): Trasher;
  readonly revocations: Revocations;
  readonly adminToken: AdminToken;
  readonly refusals: Refusals;
  /** To be told once a document was erased or put in the place of another. */
  forget(document: DocumentName): Promise<void>;
  /** How many watches there are, over all documents. */
  watched(): number;
  /** Stops its timers. */
  close(): void;
}

export interface CreateAccessOptions {
  /** null: the server is open. */
  readonly settings: AccessSettings | null;
  readonly records: RecordStore;
  /** Whether other servers have it, too. */
  readonly isShared?: boolean;
  readonly audit: Audit;
  readonly documentExists: (document: DocumentName) => Promise<boolean>;
  /** Takes a sentence for whoever runs the server. */
  readonly complain: (sentence: string) => void;
  readonly now?: () => number;
}

const SIGNING_KEY = 'signing-key';

/** @throws SyncError when the store cannot be read or written */
export async function createAccess(options: CreateAccessOptions): Promise<AccessParts> {
  const { settings, records, audit, documentExists, complain, isShared = false, now = Date.now } = options;
  const signingKey = await loadSigningKey(records);
  const guests = new Guests(signingKey, now);
  const own = new Tickets(now);
  const tickets = isShared ? new SharedTickets(own, records, now) : own;
  const aliases = await Aliases.load(records, complain);
  const longestMs = Math.max(GUEST_LIFETIME_MS, settings?.longestTokenMs ?? 0);
  const revocations = await Revocations.load({ records, longestMs, canonical: aliases.canonical, now });
  const adminToken = await AdminToken.load(records, (isHit, reason) => revocations.announce(isHit, reason));

  const refusals = new Refusals(audit, now);
  const sharings: Sharings = new Sharings(
    records,
    documentExists,
    (document, sharing) => access.sharingChanged(document, sharing),
    (document) => access.isWatched(document),
  );
  const configured =
    settings &&
    new ConfiguredAccess({
      settings,
      tokens: new Tokens({ issuers: settings.issuers, longestTokenMs: settings.longestTokenMs, complain, now }),
      guests,
      tickets,
      adminToken,
      aliases,
      revocations,
      sharings,
      refusals,
      audit,
      documentExists,
      now,
    });
  const access = configured ?? new OpenAccess({ guests, tickets, sharings, now });
  const unreadable = (error: unknown): void =>
    complain(`What another server says of access cannot be read: ${messageOf(error)}`);
  const unsubscribe = records.onWritten((written) =>
    heard({ written, aliases, revocations, adminToken, sharings, configured, access, unreadable }),
  );
  return {
    access,
    signingKey,
    guests,
    tickets,
    // On an open server nobody is more than an editor: there is nothing to share.
    sharing: new ShareActions({ sharings, audit, isOwner: configured?.isOwner ?? (() => false), now }),
    trash: new Trash({ sharings, records, audit, now }),
    trasher: (identity, document, address) => ({
      person: identity.person,
      address,
      may: (sharing) => configured?.mayTrash(identity, document, sharing) ?? true,
    }),
    revocations,
    adminToken,
    forget: (document) => sharings.forget(document),
    refusals,
    watched: () => access.watched,
    close: () => {
      unsubscribe();
      access.close();
    },
  };
}

/**
 * Another server wrote something that is held in memory here, or this one did; null: it may be anything. What is damaged, or fails for
 * another reason that stays, is told of, and keeps nothing else from being heard.
 * @throws where the store does not answer: it is to be heard again
 */
async function heard({
  written,
  aliases,
  revocations,
  adminToken,
  sharings,
  configured,
  access,
  unreadable,
}: {
  readonly written: WrittenRecord | null;
  readonly aliases: Aliases;
  readonly revocations: Revocations;
  readonly adminToken: AdminToken;
  readonly sharings: Sharings;
  readonly configured: ConfiguredAccess | null;
  readonly access: ConfiguredAccess | OpenAccess;
  readonly unreadable: (error: unknown) => void;
}): Promise<void> {
  let again: unknown = null;
  const failed = (error: unknown): void => {
    if (isSilence(error)) again = error;
    else unreadable(error);
  };
  const key = written?.key ?? null;
  const hear: Partial<Record<Table, () => Promise<void>>> = {
    alias: () => aliases.written(key, (joined) => configured?.joined(joined)),
    revoked: () => revocations.written(key, unreadable),
    setting: () => adminToken.written(),
    access: () =>
      key === null ? sharings.anyWritten(access.watchedDocuments, failed) : sharings.written(key as DocumentName),
  };
  for (const read of written === null ? Object.values(hear) : [hear[written.table]]) {
    await read?.().catch(failed);
  }
  if (again !== null) throw again;
}

/** Whether the store does not answer, or takes no more questions: it says nothing of what is in it. */
const isSilence = (error: unknown): boolean =>
  error instanceof SyncError && ['STORE_SILENT', 'LOG_FAILED', 'LOG_CLOSED'].includes(error.code);

/** Made at the first start. */
async function loadSigningKey(records: RecordStore): Promise<Uint8Array> {
  const kept = await records.get('setting', SIGNING_KEY);
  if (kept !== null) return kept;
  const made = Uint8Array.from(randomBytes(GUEST_KEY_BYTES));
  const record = { table: 'setting', key: SIGNING_KEY } as const;
  const isFirst = await records.writeIf([{ ...record, value: null }], [{ ...record, value: made.slice() }]);
  return isFirst ? made : (await records.get('setting', SIGNING_KEY))!;
}
