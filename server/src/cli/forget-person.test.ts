import { expect, test } from 'vitest';
import { ExitCode } from '../exit.js';
import type { CommandContext } from './command.js';
import { forgetPersonCommand } from './forget-person.js';

/** @param answer what is typed; null: nobody is there */
async function forget(answer: string | null, ...switches: string[]) {
  const performed: unknown[] = [];
  const complaints: string[] = [];
  const context = {
    args: { PERSON: 'u-ann' },
    values: {},
    switches: new Set(switches),
    terminal: { ask: async () => answer, remark: () => undefined },
    perform: async (_operation: unknown, args: unknown) => {
      performed.push(args);
      return { id: 'u-ann', backups: [] };
    },
    print: () => undefined,
    complain: (sentence: string) => void complaints.push(sentence),
  } as unknown as CommandContext;
  const code = await forgetPersonCommand.run(context).catch((error: Error) => error.message);
  return { code, performed, complaints };
}

test('nobody is forgotten before somebody has typed who', async () => {
  expect(await forget('u-ben')).toEqual({
    code: ExitCode.Failed,
    performed: [],
    complaints: ['That is somebody else. Nobody was forgotten.'],
  });
  const unasked = { code: expect.stringContaining('With --yes'), performed: [], complaints: [] };
  expect(await forget(null)).toEqual(unasked);
  expect(await forget('u-ann', 'json')).toEqual(unasked);
  const done = { code: ExitCode.Ok, performed: [{ person: 'u-ann' }], complaints: [] };
  expect(await forget('u-ann ')).toEqual(done);
  expect(await forget(null, 'yes', 'json')).toEqual(done);
});
