// How long what was taken back goes on at three nodes: somebody is revoked, or taken out of a document, at one of them, while they have
// it open at each, by every transport and by plain requests, and everybody writes. From the request that takes it back to the moment in
// which each of their sessions has ended, or a request was refused.

import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection, type Rung, type SharedDocument } from '@weft/provider';
import { WebSocket } from 'ws';
import { percentile } from '../percentile.js';
import { signedToken } from '../signed-token.js';
import type { Figure } from './kind.js';
import { Site } from './site.js';

const NODES = 3;
const RUNGS: readonly Rung[] = ['websocket', 'events', 'poll'];
const WAYS = [...RUNGS, 'stock', 'requests'] as const;
type Way = (typeof WAYS)[number];

const AIM_MS = 1000;
/** Of the distribution: up to so many milliseconds. */
const STEPS_MS = [50, 100, 150, 200, 250, 300, 400, 500, 700, AIM_MS, Number.POSITIVE_INFINITY];
const ENDED_WITHIN_MS = 30_000;
/** Between two requests of who asks again and again. */
const ASKED_EVERY_MS = 5;
const TYPED_EVERY_MS = 100;

const ISSUER = 'https://host.test';
const AUDIENCE = 'weft';

export async function measureRevocation(folder: string, isSmall: boolean): Promise<Figure[]> {
  const secret = randomBytes(48).toString('base64url');
  const site = await Site.start({ folder, nodes: NODES, args: ['--config', writeConfig(folder, secret)] });
  const measured = new Measured(site, secret);
  try {
    const people = isSmall ? 3 : 60;
    const rounds = isSmall ? 1 : 20;
    await measured.load(people);
    for (let round = 0; round < rounds; round++) {
      await measured.round(`ann ${round}`, round % NODES, 'revoked');
      await measured.round(`ben ${round}`, round % NODES, 'removed');
    }
    return measured.figures(people);
  } finally {
    measured.close();
    await site.close();
  }
}

function writeConfig(folder: string, secret: string): string {
  writeFileSync(join(folder, 'secret'), secret);
  const file = join(folder, 'weft.json');
  const issuer = { issuer: ISSUER, audience: AUDIENCE, algorithms: ['HS256'], secret: { file: 'secret' } };
  // All of them come from one address.
  const limits = { connectionsPerSecond: 10_000, joinsPerSecond: 10_000, requestsAtOnce: 100_000 };
  writeFileSync(file, JSON.stringify({ access: { issuers: [issuer], create: 'signed-in' }, limits }));
  return file;
}

/** Somebody's session at a node. */
interface Session {
  readonly way: Way;
  /** When it did. */
  readonly ended: Promise<number>;
  write(): void;
  close(): void;
}

interface Sample {
  readonly way: Way;
  /** Not where it was taken back. */
  readonly isElsewhere: boolean;
  readonly ms: number;
}

class Measured {
  readonly #site: Site;
  readonly #secret: string;
  readonly #admin: string;
  readonly #owner: string;
  /** The document that they have open. */
  #shared = '';
  readonly #connections: Connection[] = [];
  readonly #samples: Sample[] = [];
  readonly #timers: NodeJS.Timeout[] = [];

  constructor(site: Site, secret: string) {
    this.#site = site;
    this.#secret = secret;
    this.#admin = this.#token('admin', { admin: true });
    this.#owner = this.#token('owner', { roles: { 'load/*': 'editor' } });
  }

  /** So many people write for as long as it is measured, three to a document, at all nodes. */
  async load(people: number): Promise<void> {
    const documents = await Promise.all(
      Array.from({ length: people }, (_, person) =>
        this.#join(person % NODES, 'websocket', this.#owner, `load/${Math.floor(person / NODES)}`),
      ),
    );
    const type = (): void => {
      for (const { document } of documents) document.doc.getText('text').insert(0, 'x');
    };
    this.#timers.push(setInterval(type, TYPED_EVERY_MS));
    this.#shared = (await this.#post(0, this.#owner, 'documents', {})).name as string;
  }

  async round(subject: string, node: number, what: 'revoked' | 'removed'): Promise<void> {
    const { person, token } = await this.#somebody(subject, what);
    const sessions = (
      await Promise.all(this.#site.urls.map((_, at) => Promise.all(WAYS.map((way) => this.#session(at, way, token)))))
    ).flatMap((all, at) => all.map((session) => ({ session, at })));
    const typing = setInterval(() => {
      for (const { session } of sessions) session.write();
    }, TYPED_EVERY_MS);
    await sleep(3 * TYPED_EVERY_MS);
    const startMs = performance.now();
    await (what === 'revoked'
      ? this.#post(node, this.#admin, 'revocations', { person })
      : this.#post(node, this.#owner, `access/${this.#shared}`, { do: 'remove', person }));
    const ends = await Promise.all(sessions.map(({ session }) => within(session.ended, session.way)));
    clearInterval(typing);
    for (const [index, { session, at }] of sessions.entries()) {
      this.#samples.push({ way: session.way, isElsewhere: at !== node, ms: ends[index]! - startMs });
      session.close();
    }
  }

  figures(people: number): Figure[] {
    const all = this.#samples.map(({ ms }) => ms).sort((a, b) => a - b);
    const worst = all.at(-1)!;
    const spread = (what: string, isOf: (one: Sample) => boolean): Figure => {
      const sorted = this.#samples.flatMap((one) => (isOf(one) ? [one.ms] : [])).sort((a, b) => a - b);
      const at = (percent: number): string => `p${percent} ${Math.round(percentile(sorted, percent))}`;
      return {
        what,
        value: `${at(50)}, ${at(90)}, ${at(99)}, p100 ${Math.round(sorted.at(-1)!)} ms of ${sorted.length}`,
      };
    };
    const steps = STEPS_MS.map((step, index) => {
      const above = STEPS_MS[index - 1] ?? 0;
      const count = all.filter((ms) => ms > above && ms <= step).length;
      return step === Number.POSITIVE_INFINITY ? `later ${count}` : `${step} ms: ${count}`;
    });
    return [
      {
        what: 'meanwhile',
        value: `${people} people write ${1000 / TYPED_EVERY_MS} letters a second each, at ${NODES} nodes`,
      },
      ...WAYS.map((way) => spread(way, (one) => one.way === way)),
      spread('at the node that was told', (one) => !one.isElsewhere),
      spread('at the others', (one) => one.isElsewhere),
      { what: 'up to', value: steps.join(', ') },
      {
        what: 'slowest of all',
        value: `${Math.round(worst)} ms`,
        aim: { text: `below ${AIM_MS} ms`, isMet: worst < AIM_MS },
      },
    ];
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    for (const connection of this.#connections) connection.close();
  }

  /** Who may write in the shared document, by their token or because they were let in, and every node knows it. */
  async #somebody(subject: string, what: 'revoked' | 'removed') {
    const token = this.#token(subject, what === 'revoked' ? { roles: { [this.#shared]: 'editor' } } : {});
    const me = await fetch(`${this.#site.urls[0]}/api/v1/me`, { headers: bearer(token) });
    const { person } = (await me.json()) as { readonly person: string };
    if (what === 'removed') {
      await this.#post(0, this.#owner, `access/${this.#shared}`, { do: 'grant', person, role: 'editor' });
    }
    for (const url of this.#site.urls) while (!(await this.#mayRead(url, token))) await sleep(ASKED_EVERY_MS);
    return { person, token };
  }

  #session(node: number, way: Way, token: string): Promise<Session> {
    if (way === 'stock') return this.#stockSession(node, token);
    if (way === 'requests') return this.#requests(node, token);
    return this.#weftSession(node, way, token);
  }

  async #weftSession(node: number, way: Rung, token: string): Promise<Session> {
    const { connection, document } = await this.#join(node, way, token, this.#shared);
    const ended = new Promise<number>((resolve) => {
      const now = (): void => resolve(performance.now());
      connection.on('status', ({ kind }) => kind !== 'connected' && now());
      document.on('closed', now);
    });
    return {
      way,
      ended,
      write: () => document.doc.getText('text').insert(0, '!'),
      close: () => connection.close(),
    };
  }

  async #stockSession(node: number, token: string): Promise<Session> {
    const url = `${this.#site.urls[node]!.replace('http', 'ws')}/yjs/${this.#shared}`;
    const socket = new WebSocket(url, ['weft.yjs', `bearer.${token}`]);
    const ended = new Promise<number>((resolve) => socket.once('close', () => resolve(performance.now())));
    await new Promise((resolve, reject) => socket.once('message', resolve).once('error', reject));
    return { way: 'stock', ended, write: () => undefined, close: () => socket.terminate() };
  }

  async #requests(node: number, token: string): Promise<Session> {
    const url = this.#site.urls[node]!;
    const untilRefused = async (): Promise<number> => {
      while (await this.#mayRead(url, token)) await sleep(ASKED_EVERY_MS);
      return performance.now();
    };
    return { way: 'requests', ended: untilRefused(), write: () => undefined, close: () => undefined };
  }

  async #join(node: number, rung: Rung, token: string, name: string) {
    const connection = new Connection({
      url: `${this.#site.urls[node]!.replace('http', 'ws')}/weft`,
      person: { name: 'Somebody', color: '#59636e' },
      client: 'weft-bench',
      token: async () => token,
      WebSocket,
      transports: [rung],
      memory: { read: () => null, write: () => {} },
    });
    this.#connections.push(connection);
    const document: SharedDocument = connection.open(name);
    await document.whenSynced();
    return { connection, document };
  }

  async #post(node: number, token: string, what: string, body: object): Promise<Readonly<Record<string, unknown>>> {
    const answer = await fetch(`${this.#site.urls[node]}/api/v1/${what}`, {
      method: 'POST',
      headers: { ...bearer(token), 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${what} was answered with ${answer.status}.`);
    return (await answer.json()) as Record<string, unknown>;
  }

  async #mayRead(url: string, token: string): Promise<boolean> {
    return (await fetch(`${url}/api/v1/versions/${this.#shared}`, { headers: bearer(token) })).ok;
  }

  #token(subject: string, weft: object): string {
    const seconds = Math.floor(Date.now() / 1000);
    const registered = { iss: ISSUER, aud: AUDIENCE, sub: subject, name: subject, iat: seconds, exp: seconds + 3600 };
    return signedToken({ ...registered, weft }, this.#secret);
  }
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

async function within(ended: Promise<number>, way: Way): Promise<number> {
  const endMs = await Promise.race([ended, sleep(ENDED_WITHIN_MS, null, { ref: false })]);
  if (endMs === null) throw new Error(`A session by ${way} went on for ${ENDED_WITHIN_MS} ms.`);
  return endMs;
}
