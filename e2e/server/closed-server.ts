// A built server that lets in only whom its configuration does, and tokens as the host of an application would sign them.

import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { ServerProcess } from '../../bench/src/server-process.js';
import { signedToken } from '../../bench/src/signed-token.js';
import { ownFolder } from './harness.js';

export const ISSUER = 'https://host.test';
const AUDIENCE = 'weft';

export interface ClosedServer {
  readonly url: string;
  readonly pid: number;
  readonly dataFolder: string;
  /** Stops it and starts it again on its data, under another `url`. */
  restart(): Promise<void>;
  /** A token of the host. @param claims besides the registered ones; `exp` in an hour unless it says otherwise */
  token(subject: string, claims?: Readonly<Record<string, unknown>>): string;
  /** A request to the API, with a token unless it is ''. @param body as JSON, when there is one */
  ask(token: string, method: string, what: string, options?: AskOptions): Promise<Answer>;
}

interface AskOptions {
  readonly body?: unknown;
  /** Secret of a share link. */
  readonly link?: string;
}

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into it as it comes
  readonly body: any;
}

/**
 * @param limits as in the section of the configuration
 * @param atEnd  takes what ends it and deletes its folder; default: at the end of the test
 */
export async function closedServer(
  limits: Readonly<Record<string, number>> = {},
  atEnd: (cleanUp: () => Promise<void>) => void = onTestFinished,
): Promise<ClosedServer> {
  return (await closedServers([[]], limits, atEnd))[0]!;
}

/** Several of them for the same host. @param more for each what its command line says besides */
export async function closedServers(
  more: readonly (readonly string[])[],
  limits: Readonly<Record<string, number>> = {},
  atEnd: (cleanUp: () => Promise<void>) => void = onTestFinished,
): Promise<ClosedServer[]> {
  const folder = await ownFolder(atEnd);
  const secret = randomBytes(48).toString('base64url');
  await writeFile(path.join(folder, 'secret'), secret);
  const config = {
    access: {
      issuers: [{ issuer: ISSUER, audience: AUDIENCE, algorithms: ['HS256'], secret: { file: 'secret' } }],
      create: 'signed-in',
      guests: true,
    },
    limits: { connectionsPerSecond: 10_000, joinsPerSecond: 10_000, requestsAtOnce: 100_000, ...limits },
  };
  const file = path.join(folder, 'weft.json');
  await writeFile(file, JSON.stringify(config));
  return Promise.all(
    more.map((args, index) => serve({ dataFolder: path.join(folder, `data-${index}`), file, args, secret, atEnd })),
  );
}

interface Serving {
  readonly dataFolder: string;
  /** The configuration. */
  readonly file: string;
  readonly args: readonly string[];
  /** Of the host. */
  readonly secret: string;
  readonly atEnd: (cleanUp: () => Promise<void>) => void;
}

async function serve({ dataFolder, file, args, secret, atEnd }: Serving): Promise<ClosedServer> {
  const start = (): ServerProcess => {
    const started = new ServerProcess(['serve', '--port', '0', '--data', dataFolder, '--config', file, ...args]);
    atEnd(async () => void (await started.kill()));
    return started;
  };
  let server = start();
  let url = await server.ready;

  return {
    get url() {
      return url;
    },
    get pid() {
      return server.pid;
    },
    dataFolder,
    async restart() {
      await server.stop();
      server = start();
      url = await server.ready;
    },
    token(subject, claims = {}) {
      const seconds = Math.floor(Date.now() / 1000);
      const registered = { iss: ISSUER, aud: AUDIENCE, sub: subject, iat: seconds, exp: seconds + 3600 };
      return signedToken({ ...registered, name: subject, ...claims }, secret);
    },
    async ask(token, method, what, { body, link } = {}) {
      const response = await fetch(`${url}/api/v1/${what}`, {
        method,
        headers: {
          ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
          ...(link === undefined ? {} : { 'weft-link': link }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: response.status, body: await response.json() };
    },
  };
}
