// What can be set, where it comes from, and what it is when nobody says: command line before environment before default.
// Nothing else reads the environment.

import { parseArgs } from 'node:util';

export interface Config {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly dataFolder: string;
}

export type Command =
  | { readonly kind: 'serve'; readonly config: Config }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'mistake'; readonly reason: string };

export const USAGE = `weft: a collaborative document editor and its sync server

Usage
  weft serve [options]    serve documents, the editor and the API
  weft --help             show this
  weft --version          show the version

Options of serve
  --host HOST   address to listen on       (WEFT_HOST, default 127.0.0.1)
  --port PORT   port; 0 takes a free one   (WEFT_PORT, default 4400)
  --data DIR    folder for the documents   (WEFT_DATA, default ./weft-data)

There are no accounts yet: whoever can reach the address can read and write every document.
`;

/** @param args the arguments after the program's name */
export function parseCommand(args: readonly string[], env: NodeJS.ProcessEnv = process.env): Command {
  let parsed: ReturnType<typeof parseServeArgs>;
  try {
    parsed = parseServeArgs(args);
  } catch (error) {
    // Node's own sentences go on about positional arguments; the first one says what is wrong.
    return { kind: 'mistake', reason: (error as Error).message.split(/(?<=\.) /, 1)[0]! };
  }
  const { values, positionals } = parsed;
  if (values.help) return { kind: 'help' };
  if (values.version) return { kind: 'version' };
  const [command, ...rest] = positionals;
  if (command === undefined || command === 'help') return { kind: 'help' };
  if (command !== 'serve') return { kind: 'mistake', reason: `There is no command "${command}".` };
  if (rest.length > 0) return { kind: 'mistake', reason: `"${rest[0]}" is not an option of serve.` };

  const port = values.port ?? env.WEFT_PORT ?? '4400';
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    return { kind: 'mistake', reason: `The port has to be a number from 0 to 65535, not "${port}".` };
  }
  const host = values.host ?? env.WEFT_HOST ?? '127.0.0.1';
  const dataFolder = values.data ?? env.WEFT_DATA ?? './weft-data';
  if (host === '') return { kind: 'mistake', reason: 'The host cannot be empty.' };
  if (dataFolder === '') return { kind: 'mistake', reason: 'The data folder cannot be empty.' };
  return { kind: 'serve', config: { host, port: Number(port), dataFolder } };
}

function parseServeArgs(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean' },
      host: { type: 'string' },
      port: { type: 'string' },
      data: { type: 'string' },
    },
  });
}
