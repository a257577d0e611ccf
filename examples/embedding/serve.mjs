// An application of yours in one file: it serves a page, and makes a token for whoever is at it.
//
//   export WEFT_SECRET=thirty-two-bytes-that-nobody-guesses
//   node server/dist/weft.cjs serve --config examples/embedding/weft.json &
//   node examples/embedding/serve.mjs
//
// A real one knows who is there; this one believes the address.

import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';

const { WEFT_URL = 'http://127.0.0.1:4400', WEFT_SECRET = '', PORT = '8080' } = process.env;
const files = { '/': 'page.html', '/page.css': 'page.css', '/page.js': 'page.js' };
const types = { html: 'text/html; charset=utf-8', css: 'text/css', js: 'text/javascript' };

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** For five minutes, with the right to edit what belongs to the team. */
function tokenFor(name) {
  const claims = { iss: 'https://example.test', aud: 'weft', sub: name.toLowerCase(), name };
  const exp = Math.floor(Date.now() / 1000) + 300;
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ ...claims, exp, weft: { roles: { 'team/**': 'editor' } } })}`;
  return `${signed}.${createHmac('sha256', WEFT_SECRET).update(signed).digest('base64url')}`;
}

/** The documents of the page are there before anybody comes. */
for (const name of ['team/plan', 'team/notes', 'team/other']) {
  const headers = { Authorization: `Bearer ${tokenFor('Application')}`, 'Content-Type': 'application/json' };
  const { status } = await fetch(`${WEFT_URL}/api/v1/documents`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ name }),
  });
  // 409: it is there already.
  if (status !== 201 && status !== 409)
    throw new Error(`${name} could not be begun: the server answered with ${status}.`);
}

createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  if (pathname === '/token') return response.end(tokenFor(searchParams.get('name') ?? 'Hanna'));
  const file = files[pathname];
  if (!file) return response.writeHead(404).end();
  const text = await readFile(new URL(file, import.meta.url), 'utf8');
  response.setHeader('Content-Type', types[file.split('.').at(-1)]);
  response.end(text.replaceAll('WEFT_URL', WEFT_URL));
}).listen(Number(PORT), '127.0.0.1', function () {
  console.log(`http://127.0.0.1:${this.address().port}/`);
});
