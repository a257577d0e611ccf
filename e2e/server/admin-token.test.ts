// The admin token of the built server: made at the first start with access configured, replaced by a command, kept nowhere.

import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ownFolder, runWeft, spawnWeft, until } from './harness.js';

async function configured() {
  const folder = await ownFolder();
  const config = path.join(folder, 'weft.json');
  await writeFile(config, '{ "access": {} }');
  const dataFolder = path.join(folder, 'data');
  const start = async () => {
    const server = spawnWeft('serve', '--port', '0', '--data', dataFolder, '--config', config);
    return { server, url: await server.ready };
  };
  return { dataFolder, start };
}

const statusWith = async (url: string, token: string, what = 'audit'): Promise<number> =>
  (await fetch(`${url}/api/v1/${what}`, { headers: token === '' ? {} : { Authorization: `Bearer ${token}` } })).status;

const newToken = async (dataFolder: string): Promise<string> => {
  const { code, stdout, stderr } = await runWeft('admin-token', '--data', dataFolder);
  expect([code, stderr]).toEqual([0, '']);
  return stdout.trim();
};

/** Whether any file of a folder holds these bytes. */
async function isIn(folder: string, text: string): Promise<boolean> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const contents = files.filter((file) => file.isFile()).map((file) => readFile(path.join(file.parentPath, file.name)));
  return (await Promise.all(contents)).some((bytes) => bytes.includes(text));
}

test('it is printed once, opens everything, ends when there is another, and is in no file', async () => {
  const { dataFolder, start } = await configured();
  const { server, url } = await start();
  const printed = /^The admin token, shown this once .*: (\S+)$/m;
  await until(() => printed.test(server.stdout), 'the token is printed');
  const first = printed.exec(server.stdout)![1]!;
  expect([await statusWith(url, first), await statusWith(url, first, 'sessions')]).toEqual([200, 200]);
  expect([await statusWith(url, ''), await statusWith(url, `${first}x`)]).toEqual([403, 401]);

  const second = await newToken(dataFolder);
  expect(second).not.toBe(first);
  expect([await statusWith(url, first), await statusWith(url, second)]).toEqual([401, 200]);

  await server.stop();
  // Without a server, too.
  const third = await newToken(dataFolder);
  const { server: again, url: newUrl } = await start();
  expect([await statusWith(newUrl, second), await statusWith(newUrl, third)]).toEqual([401, 200]);
  expect(again.stdout).not.toMatch(printed);

  const { stdout } = await runWeft('audit', '--json', '--after', '0', '--data', dataFolder);
  const { records } = JSON.parse(stdout) as { records: { action: string }[] };
  expect(records.filter(({ action }) => action === 'admin-token-made')).toHaveLength(3);
  for (const token of [first, second, third]) {
    expect([stdout.includes(token), await isIn(dataFolder, token)]).toEqual([false, false]);
    expect(server.stderr + again.stderr).not.toContain(token);
  }
});
