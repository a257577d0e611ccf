// docs/api.md, sent to a server as it is shipped: what stands there is what is answered.

import { createHmac } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { ownFolder, spawnWeft, until } from './harness.js';

const page = fileURLToPath(new URL('../../docs/api.md', import.meta.url));
const SECRET = 'a secret of thirty-two bytes, at least';
const ISSUER = 'https://app.example.org';

interface Example {
  readonly method: string;
  readonly path: string;
  /** Whose token is shown; '' for nobody. */
  readonly as: string;
  readonly body: string | null;
  readonly status: number;
  readonly answer: unknown;
}

/** A request with its headers and perhaps a body, and the answer after a blank line. */
function readExample(block: string): Example {
  const [request = '', answer = ''] = block.split('\n\n');
  const [first = '', ...lines] = request.trim().split('\n');
  const [method = '', url = ''] = first.split(' ');
  const as = lines.find((line) => line.startsWith('Authorization: Bearer '))?.split(' ')[2] ?? '';
  const body = lines.find((line) => line.startsWith('{')) ?? null;
  const [status = '', ...rest] = answer.trim().split('\n');
  return { method, path: url, as, body, status: Number(status), answer: JSON.parse(rest.join('\n')) };
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function tokenOf(claims: object): string {
  const seconds = Math.floor(Date.now() / 1000);
  const all = { iss: ISSUER, aud: 'weft', iat: seconds, exp: seconds + 600, ...claims };
  const signed = `${part({ alg: 'HS256' })}.${part(all)}`;
  return `${signed}.${createHmac('sha256', SECRET).update(signed).digest('base64url')}`;
}

/** What stands for what differs each time: any text where it has `…`, any number for a number. */
function pattern(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pattern);
  if (typeof value === 'number' && value > 0) return expect.any(Number);
  if (typeof value === 'string' && value.includes('…')) {
    return expect.stringMatching(new RegExp(`^${value.replace('…', '\\S+')}$`));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, pattern(inner)]));
}

test('the HTTP API answers as its page says', async () => {
  const folder = await ownFolder();
  const config = path.join(folder, 'weft.json');
  const secretFile = path.join(folder, 'secret');
  await writeFile(secretFile, SECRET);
  const issuer = { issuer: ISSUER, audience: 'weft', algorithms: ['HS256'], secret: { file: secretFile } };
  await writeFile(config, JSON.stringify({ access: { issuers: [issuer] } }));
  const server = spawnWeft('serve', '--port', '0', '--data', path.join(folder, 'data'), '--config', config);
  const url = await server.ready;
  const printed = /^The admin token, shown this once .*: (\S+)$/m;
  await until(() => printed.test(server.stdout), 'the admin token is printed');
  const tokens: Readonly<Record<string, string>> = {
    ADMIN: printed.exec(server.stdout)![1]!,
    ANN: tokenOf({
      sub: 'ann',
      name: 'Ann',
      email: 'ann@example.org',
      email_verified: true,
      weft: { roles: { 'team/**': 'editor' } },
    }),
    BEN: tokenOf({ sub: 'ben', name: 'Ben' }),
  };

  const examples = [...(await readFile(page, 'utf8')).matchAll(/^```\n(.*?)^```$/gms)].map(([, block = '']) =>
    readExample(block),
  );
  expect(examples.length).toBeGreaterThan(12);
  for (const example of examples) {
    const headers = {
      ...(example.as !== '' && { Authorization: `Bearer ${tokens[example.as]}` }),
      ...(example.body !== null && { 'Content-Type': 'application/json' }),
    };
    const { method, body } = example;
    // Who somebody is, and that they asked, is kept a moment after they were answered.
    await until(async () => {
      const isSafe = method === 'GET';
      const response = await fetch(url + example.path, { method, headers, ...(body !== null && { body }) });
      const answer: unknown = await response.json();
      const found = { request: `${method} ${example.path}`, status: response.status, answer };
      const wanted = { request: found.request, status: example.status, answer: pattern(example.answer) };
      if (isSafe && !isLike(found, wanted)) return false;
      expect(found).toEqual(wanted);
      return true;
    }, `${method} ${example.path} is answered as the page says`);
  }
  expect(server.stderr).toBe('');
});

function isLike(found: unknown, wanted: unknown): boolean {
  try {
    expect(found).toEqual(wanted);
    return true;
  } catch {
    return false;
  }
}
