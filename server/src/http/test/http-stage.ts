// The HTTP side over a log in memory, for tests: access as a test says it, and a way to ask as somebody.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Role } from '@weft/protocol';
import { onTestFinished } from 'vitest';
import type { Access } from '../../access/access.js';
import { unauthorized } from '../../access/access-errors.js';
import { AccessRequests, type AccessRequestsOptions } from '../../access/access-requests.js';
import { AuditLog } from '../../access/audit.js';
import type { AccessParts } from '../../access/create-access.js';
import { Doorkeeper } from '../../access/doorkeeper.js';
import { Guests } from '../../access/guests.js';
import { type Identity, NOBODY } from '../../access/identity.js';
import { Persons } from '../../access/persons.js';
import type { SharingCommand } from '../../access/share-actions.js';
import { Tickets } from '../../access/tickets.js';
import { trashOf } from '../../access/trash.js';
import { AssetFolder } from '../../assets/asset-folder.js';
import { AssetStore } from '../../assets/asset-store.js';
import { defaultDoor } from '../../door-settings.js';
import { defaultLimits } from '../../limits.js';
import type { DocumentLog } from '../../log/document-log.js';
import { openMemoryLog } from '../../log/memory-log.js';
import { MemoryStore } from '../../log/memory-store.js';
import { StorageReports } from '../../log/storage-health.js';
import { HttpMetrics } from '../../metrics/metrics.js';
import { createHttpServer, type HttpOptions } from '../http-server.js';
import type { DocumentSharing, SharingKeeper } from '../sharing.js';

export const user = (id: string): Identity => ({
  ...NOBODY,
  person: `u-${id}`,
  kind: 'user',
  name: id,
  email: `${id}@example.org`,
});
export const ADMIN: Identity = { ...NOBODY, person: 'admin', kind: 'admin', name: 'Admin' };

/** Whose token is their person. What they may do is looked up in `sharing`, as the configured access does. */
function testAccess(
  known: ReadonlyMap<string, Identity>,
  sharing: StoredSharing,
  mayCreate: Access['mayCreate'],
): Access {
  return {
    isOpen: false,
    identify: async ({ token }) => {
      const identity = known.get(token);
      if (!identity) throw unauthorized();
      return identity;
    },
    watch: async ({ person }, document, link, changed) => {
      const roleIn = ({ owner, people, links, everyone }: DocumentSharing): Role | null => {
        const own = person === owner ? ('owner' as const) : people.find((one) => one.person === person)?.role;
        const byLink = links.find(({ id }) => link === `secret of ${id}`)?.role;
        return person === 'admin' ? 'admin' : (own ?? byLink ?? everyone);
      };
      const end = sharing.onWrite((name, written) => {
        if (name === document) changed(roleIn(written), 'It was changed.');
      });
      return { role: roleIn(await sharing.read(document)), trashedRole: null, end };
    },
    isSame: (a, b) => a === b,
    mayCreate,
    onRevoked: () => () => undefined,
  };
}

const NOT_SHARED: DocumentSharing = { owner: null, people: [], everyone: null, links: [] };

/** One record for each document, read whenever it is asked for. */
class StoredSharing implements SharingKeeper {
  readonly commands: SharingCommand[] = [];
  readonly #records: HttpOptions['log']['records'];
  readonly #listeners = new Set<(document: string, sharing: DocumentSharing) => void>();

  constructor(records: HttpOptions['log']['records']) {
    this.#records = records;
  }

  async read(document: string): Promise<DocumentSharing> {
    const value = await this.#records.get('access', document);
    return value === null ? NOT_SHARED : JSON.parse(new TextDecoder().decode(value));
  }

  async create(document: string, { person }: Identity): Promise<void> {
    await this.write(document, { owner: person });
  }

  async change(document: string, command: SharingCommand): Promise<string | null> {
    this.commands.push(command);
    const sharing = await this.read(document);
    if (command.do === 'grant') {
      const { person, email, role } = command;
      await this.write(document, { people: [...sharing.people, { person, email, role }] });
    }
    if (command.do !== 'make-link') return null;
    const { role, label, expiresAtMs } = command;
    const link = { id: 'l1', hash: 'never shown', role, label, expiresAtMs, createdBy: 'u-ann', createdAtMs: 1 };
    await this.write(document, { links: [...sharing.links, link] });
    return 'secret of l1';
  }

  async write(document: string, change: Partial<DocumentSharing>): Promise<void> {
    const sharing = { ...(await this.read(document)), ...change };
    const value = new TextEncoder().encode(JSON.stringify(sharing));
    await this.#records.write([{ table: 'access', key: document, value }]);
    for (const listener of this.#listeners) listener(document, sharing);
  }

  onWrite(listener: (document: string, sharing: DocumentSharing) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}

export interface StageOptions {
  readonly requests?: Pick<AccessRequestsOptions, 'perPerson' | 'perDocument'>;
  readonly mayCreate?: Access['mayCreate'];
  readonly known?: readonly Identity[];
  readonly http?: Partial<HttpOptions>;
  /** What there is already. */
  readonly store?: CountingStore;
  /** Access as a server has it, but for who somebody is. */
  readonly configured?: (
    log: DocumentLog,
  ) => Promise<Pick<AccessParts, 'access' | 'sharing'> & Partial<Pick<AccessParts, 'trash' | 'trasher'>>>;
}

export async function httpStage({
  requests: limits,
  mayCreate = () => true,
  known = [],
  http = {},
  store = new CountingStore(),
  configured,
}: StageOptions = {}) {
  const log = await openMemoryLog(store);
  onTestFinished(() => log.close());
  const audit = await AuditLog.open(log.records);
  const sharing = new StoredSharing(log.records);
  const parts = await configured?.(log);
  const persons = new Persons(log.records);
  const requests = new AccessRequests({
    records: log.records,
    persons,
    documentExists: async (name) => (await log.document(name)) !== null,
    ...limits,
  });
  const everybody = [user('ann'), user('ben'), user('cleo'), ADMIN, ...known];
  const own = testAccess(new Map(everybody.map((one) => [one.person, one])), sharing, mayCreate);
  const complaints: string[] = [];
  const dataFolder = mkdtempSync(join(tmpdir(), 'weft-http-'));
  onTestFinished(() => rmSync(dataFolder, { recursive: true, force: true }));
  const complain = (sentence: string): void => void complaints.push(sentence);
  const assets = await AssetStore.open({ files: new AssetFolder(dataFolder), records: log.records, complain });
  const revoked: object[] = [];
  const app = await createHttpServer({
    doorkeeper: new Doorkeeper(defaultDoor, { isOpen: true }),
    limits: defaultLimits,
    tls: null,
    log,
    assets,
    audit,
    sharing: parts?.sharing ?? sharing,
    persons,
    requests,
    access: parts ? { ...own, watch: (...about) => parts.access.watch(...about) } : own,
    sessions: { list: () => [], kick: () => false },
    metrics: { page: { render: async () => 'weft_rooms 1\n' }, token: null, http: new HttpMetrics() },
    storage: new StorageReports(),
    guests: new Guests(new Uint8Array(32)),
    tickets: new Tickets(),
    revocations: { revoke: async (target) => void revoked.push(target) },
    signIn: null,
    trash: {
      bin: parts?.trash ?? trashOf(log, audit),
      trasher: parts?.trasher ?? (({ person }, _document, address) => ({ person, address })),
      eraseForGood: (name) => log.eraseDocument(name),
      erasedAtMs: (trashedAtMs) => trashedAtMs + 30 * 24 * 60 * 60 * 1000,
    },
    past: noPast,
    trims: {
      extent: async () => ({ entries: 0, sinceMs: null }),
      plan: () => Promise.reject(new Error('nothing is trimmed')),
      carryOut: async () => undefined,
    },
    deleted: { plan: () => Promise.reject(new Error('nothing is erased')), erase: async () => undefined },
    keeping: {
      of: async () => ({ ofDocument: null, versions: 'thinned', ofServer: null }),
      keep: async () => undefined,
    },
    eraseUnfinished: async (name) => void (await log.eraseDocument(name)),
    webRoot: null,
    isReady: () => true,
    alarms: () => 0,
    complain,
    ...http,
  });
  onTestFinished(() => app.close());

  /** @param person '' for nobody */
  const ask = async (
    person: string,
    method: 'GET' | 'POST' | 'DELETE',
    url: string,
    payload?: object,
    headers = {},
  ) => {
    const answer = await app.inject({
      method,
      url,
      headers: { ...(person !== '' && { authorization: `Bearer ${person}` }), ...headers },
      ...(payload && { payload }),
    });
    return { status: answer.statusCode, headers: answer.headers, text: answer.body, body: JSON.parse(answer.body) };
  };
  return { app, ask, assets, audit, complaints, dataFolder, revoked, log, persons, requests, sharing, store };
}

export const noPast: HttpOptions['past'] = {
  versions: {
    list: async () => ({ versions: [], unreadable: [], next: null }),
    name: () => Promise.reject(new Error('no past')),
  },
  moments: {
    find: () => Promise.reject(new Error('no past')),
    render: () => Promise.reject(new Error('no past')),
  },
  entryPages: { read: () => Promise.reject(new Error('no past')) },
  comparisons: { compare: () => Promise.reject(new Error('no past')) },
  restores: { restore: () => Promise.reject(new Error('no past')) },
  copies: { make: () => Promise.reject(new Error('no past')), fill: () => Promise.reject(new Error('no past')) },
};

/** Counts what is read. */
export class CountingStore extends MemoryStore {
  reads = 0;

  /** The same content, as a process started anew finds it. */
  async anew(): Promise<CountingStore> {
    const content = new Map<string, Uint8Array>();
    for await (const [key, value] of this.range({ gte: new Uint8Array(), lt: Uint8Array.of(0xff) })) {
      content.set(Buffer.from(key).toString('latin1'), value);
    }
    return new CountingStore({}, content);
  }

  override get(key: Uint8Array): Promise<Uint8Array | undefined> {
    this.reads += 1;
    return super.get(key);
  }
}
