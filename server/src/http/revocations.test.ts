import { expect, test } from 'vitest';
import { tokenIdOf } from '../access/identity.js';
import { httpStage } from './test/http-stage.js';

const person = `u-${'a'.repeat(22)}`;
const url = '/api/v1/revocations';

test('admins revoke a person, and a token by its id or by what it says', async () => {
  const { ask, revoked, audit } = await httpStage();
  const token = tokenIdOf('https://app', 'one');
  for (const body of [{ person }, { token }, { issuer: 'https://app', jti: 'one' }]) {
    expect(await ask('admin', 'POST', url, body)).toMatchObject({ status: 200, body: {} });
  }
  expect(revoked).toEqual([{ person }, { tokenId: token }, { tokenId: token }]);
  await audit.settled();
  const { records } = await audit.read({ after: 0, limit: 9, document: null });
  expect(records.map(({ action, person, detail }) => [action, person, detail])).toEqual(
    revoked.map((detail) => ['revoked', 'admin', detail]),
  );
});

test('nobody else does', async () => {
  const { ask, revoked } = await httpStage();
  expect(await ask('u-ann', 'POST', url, { person })).toMatchObject({ status: 403 });
  expect(revoked).toEqual([]);
});

test.each([
  {},
  { person: 'admin' },
  { person: '' },
  { person, token: `t-${'a'.repeat(22)}` },
  { token: 'one' },
  { issuer: 'https://app' },
  { jti: 'one' },
  { issuer: '', jti: '' },
  { person, more: 1 },
  [],
])('%j names nothing', async (body) => {
  const { ask, revoked } = await httpStage();
  const answer = await ask('admin', 'POST', url, body);
  expect(answer).toMatchObject({ status: 400, body: { error: { code: 'BAD_REQUEST' } } });
  expect(revoked).toEqual([]);
});
