// Who may do what in a document, over HTTP: read by its owner, changed by commands, asked for by those who may not.

import type { DocumentName, Role } from '@weft/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Access } from '../access/access.js';
import type { AccessRequests } from '../access/access-requests.js';
import type { Identity } from '../access/identity.js';
import type { Persons } from '../access/persons.js';
import { isAtLeast } from '../access/role-patterns.js';
import type { SharingCommand } from '../access/share-actions.js';
import type { DocumentLog } from '../log/document-log.js';
import type { StorageHealth } from '../log/storage-health.js';
import { fail, nameIn, notFound } from './answers.js';
import type { IdentityOf } from './identity-of.js';
import { linkOf, roleIn } from './role-in.js';
import { readSharingCommand } from './sharing-command.js';
import { unlessInTrouble } from './storage-trouble.js';

/** The sharing of a document, as it is shown. */
export interface DocumentSharing {
  readonly owner: string | null;
  /** By person, or by the verified email of somebody who may not have been here yet. */
  readonly people: readonly { readonly person: string | null; readonly email: string | null; readonly role: Role }[];
  readonly everyone: Role | null;
  readonly links: readonly SharedLink[];
}

export interface SharedLink {
  readonly id: string;
  readonly role: Role;
  readonly label: string;
  readonly createdBy: string;
  readonly createdAtMs: number;
  /** Null: until it is revoked. */
  readonly expiresAtMs: number | null;
}

/** Keeps the sharing of documents. Those who are in one hear of a change in the turn it is on disk. */
export interface SharingKeeper {
  /** Gives a new document its owner. */
  create(document: DocumentName, owner: Identity): Promise<void>;
  read(document: DocumentName): Promise<DocumentSharing>;
  /**
   * @returns the secret of a link that was made, else null
   * @throws SyncError `BAD_SHARING`; `NO_ACCESS` when who asks is no owner any more
   */
  change(
    document: DocumentName,
    command: SharingCommand,
    by: { readonly identity: Identity; readonly address: string },
  ): Promise<string | null>;
}

export interface SharingOptions {
  readonly log: DocumentLog;
  readonly storage: StorageHealth;
  readonly access: Access;
  readonly persons: Persons;
  readonly identityOf: IdentityOf;
  readonly requests: AccessRequests;
  /** Null where nobody owns anything: everybody may do everything. */
  readonly sharing: SharingKeeper | null;
}

type NamedRequest = FastifyRequest<{ Params: { '*': string }; Body: unknown }>;

export function serveSharing(app: FastifyInstance, options: SharingOptions): void {
  const { log, storage, access, identityOf, requests, sharing } = options;

  app.get<{ Params: { '*': string } }>('/api/v1/access/*', async (request, reply) => {
    const owned = await ownedDocument(request as NamedRequest, reply);
    return owned === null ? reply : show(owned.document, owned.sharing, options);
  });

  app.post<{ Params: { '*': string }; Body: unknown }>('/api/v1/access/*', async (request, reply) => {
    const owned = await ownedDocument(request, reply);
    if (owned === null) return reply;
    const command = readSharingCommand(request.body, Date.now());
    if (typeof command === 'string') return fail(reply, 400, 'BAD_REQUEST', command);
    const by = { identity: owned.identity, address: request.ip };
    const secret = await unlessInTrouble(storage, async () => {
      const made = command.do === 'decline' ? null : await owned.sharing.change(owned.document, command, by);
      if ((command.do === 'grant' || command.do === 'decline') && command.person !== null) {
        await requests.remove(owned.document, command.person);
      }
      return made;
    });
    const state = await show(owned.document, owned.sharing, options);
    return secret === null ? state : { ...state, secret };
  });

  // The answer is the same whatever there is, and does not wait for what is written.
  app.post<{ Params: { '*': string } }>('/api/v1/access-requests/*', async (request, reply) => {
    const document = nameIn(request.params['*'], reply);
    if (document === null) return reply;
    const identity = await identityOf(request);
    const role = await roleIn(access, identity, document);
    if (sharing !== null) requests.add(document, identity, role === null);
    return reply.code(202).send({});
  });

  /** What there is to change, or null once it was refused. */
  async function ownedDocument(request: NamedRequest, reply: FastifyReply) {
    const document = nameIn(request.params['*'], reply);
    if (document === null) return null;
    const identity = await identityOf(request);
    const role = await roleIn(access, identity, document, linkOf(request));
    // To find one takes longer than to find none: for those without a role nobody looks.
    const info = role === null ? null : await log.document(document);
    if (role === null || info === null) notFound(reply);
    else if (sharing === null) {
      fail(reply, 409, 'NOT_SHARED', 'This server lets everybody do everything: there is nothing to share.');
    } else if (!isAtLeast(role, 'owner')) {
      fail(reply, 403, 'OWNERS_ONLY', 'Only the owner of a document sees and changes who may do what with it.');
    } else return { document, identity, sharing };
    return null;
  }
}

async function show(document: DocumentName, keeper: SharingKeeper, { persons, requests }: SharingOptions) {
  const [{ owner, people, everyone, links }, pending] = await Promise.all([
    keeper.read(document),
    requests.list(document),
  ]);
  const ids = [owner, ...people.map(({ person }) => person), ...pending.map(({ person }) => person)];
  const known = await persons.lookUp(ids.filter((id) => id !== null));
  const named = (person: string | null) => ({
    person,
    name: (person !== null && known.get(person)?.name) || null,
    email: (person !== null && known.get(person)?.email) || null,
  });
  return {
    owner: owner === null ? null : named(owner),
    people: people.map(({ person, email, role }) => ({
      ...named(person),
      ...(email !== null && { email }),
      role,
    })),
    everyone,
    links: links.map(({ id, role, label, createdBy, createdAtMs, expiresAtMs }) => ({
      id,
      role,
      label,
      createdBy,
      createdAtMs,
      expiresAtMs,
    })),
    requests: pending.map(({ person, atMs }) => ({ ...named(person), atMs })),
  };
}
