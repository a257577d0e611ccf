import { expect, test } from 'vitest';
import { parseCommand } from './config.js';

test('serve has defaults, the environment overrides them, the command line overrides both', () => {
  expect(parseCommand(['serve'], {})).toEqual({
    kind: 'serve',
    config: { host: '127.0.0.1', port: 4400, dataFolder: './weft-data' },
  });
  const env = { WEFT_HOST: '::1', WEFT_PORT: '1', WEFT_DATA: 'a' };
  expect(parseCommand(['serve'], env)).toMatchObject({ config: { host: '::1', port: 1, dataFolder: 'a' } });
  expect(parseCommand(['serve', '--port', '0', '--data', 'b'], env)).toMatchObject({
    config: { host: '::1', port: 0, dataFolder: 'b' },
  });
});

test('help is help, with or without asking', () => {
  for (const args of [[], ['--help'], ['-h'], ['help'], ['serve', '--help']]) {
    expect(parseCommand(args, {})).toEqual({ kind: 'help' });
  }
});

test.each([
  [['bake'], 'There is no command "bake".'],
  [['serve', 'x'], '"x" is not an option of serve.'],
  [['serve', '--port', '70000'], 'The port has to be a number from 0 to 65535, not "70000".'],
  [['serve', '--port', 'http'], 'The port has to be a number from 0 to 65535, not "http".'],
  [['serve', '--data', ''], 'The data folder cannot be empty.'],
  [['serve', '--prot', '1'], "Unknown option '--prot'."],
])('%j is a mistake, and is told as one', (args, reason) => {
  expect(parseCommand(args, {})).toEqual({
    kind: 'mistake',
    reason,
  });
});
