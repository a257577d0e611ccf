// The torture of several nodes, each harm once. The long run, and what came of it: docs/reliability.md.

import { expect, test } from 'vitest';
import { allThere, torture } from './run-torture.js';

test('I1, I2, N1: at three nodes nothing is lost or doubled, whatever happens to them, to Redis and to the database', async ({
  skip,
}) => {
  const { code, stdout } = await torture('nodes', '--rounds', '7', '--seed', '7');
  skip(/(?:Postgres|Redis) (?:is not installed|does not run)/.test(stdout), stdout);
  expect(stdout).toMatch(/\n[cdfkprs]{7}\n/);
  expect(stdout).not.toContain('FAULT');
  expect(stdout).toMatch(allThere);
  expect(code).toBe(0);
}, 240_000);
