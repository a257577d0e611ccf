// What a process did to the files of a folder, from the lines of `strace -f -y -ttt -T`: in the order it began, with the
// moments it began and ended. What it did elsewhere, in files it only reads, or in vain, is left out.

export type DiskEvent =
  /** Made new and empty, or emptied. */
  | (Moments & { readonly kind: 'create'; readonly path: string })
  | (Moments & {
      readonly kind: 'write';
      readonly path: string;
      readonly bytes: number;
      readonly offset: number | null;
    })
  /** Of a file, or of a folder: that of the whole is called ''. */
  | (Moments & { readonly kind: 'sync'; readonly path: string })
  | (Moments & { readonly kind: 'failed-sync'; readonly path: string })
  | (Moments & { readonly kind: 'rename'; readonly path: string; readonly to: string })
  | (Moments & { readonly kind: 'unlink'; readonly path: string });

interface Moments {
  /** Milliseconds since 1970. */
  readonly startMs: number;
  readonly endMs: number;
}

const LINE = /^(?<pid>\d+) +(?<at>\d+\.\d+) (?<rest>.*)$/;
const RESUMED = /^<\.\.\. \w+ resumed>(?<rest>.*)$/;
const UNFINISHED = ' <unfinished ...>';
const CALL = /^(?<name>\w+)\((?<args>.*)\) += (?<result>-?\d+)(?<note>.*?)(?: <(?<seconds>\d+\.\d+)>)?$/;
/** A descriptor with its path, as -y writes it. */
const DESCRIPTOR = /^\d+<(?<path>\/[^>]*)>/;
const PATH = /"(?<path>[^"]*)"/g;

/**
 * @param folder absolute; its files are named by their path in it
 * @throws Error for a change whose consequences nobody has thought through
 */
export function readDiskTrace(trace: string, folder: string): DiskEvent[] {
  const began = new Map<string, string>();
  const events: DiskEvent[] = [];
  for (const line of trace.split('\n')) {
    const { pid, at, rest } = LINE.exec(line)?.groups ?? {};
    if (pid === undefined || at === undefined || rest === undefined) continue;
    if (rest.endsWith(UNFINISHED)) {
      began.set(pid, `${at} ${rest.slice(0, -UNFINISHED.length)}`);
      continue;
    }
    const tail = RESUMED.exec(rest)?.groups?.rest;
    const head = began.get(pid);
    if (tail !== undefined && head === undefined) continue;
    if (tail !== undefined) began.delete(pid);
    const startMs = 1000 * Number(tail === undefined ? at : head!.slice(0, head!.indexOf(' ')));
    const event = readCall(tail === undefined ? rest : head!.slice(head!.indexOf(' ') + 1) + tail, startMs, folder);
    if (event) events.push(event);
  }
  return events.sort((a, b) => a.startMs - b.startMs);
}

function readCall(text: string, startMs: number, folder: string): DiskEvent | null {
  const { name, args, result, note, seconds } = CALL.exec(text)?.groups ?? {};
  if (name === undefined || args === undefined) return null;
  const hasFailed = Number(result) < 0;
  if (hasFailed && name !== 'fsync' && name !== 'fdatasync') return null;
  const moments = { startMs, endMs: startMs + 1000 * Number(seconds ?? 0) };
  const inFolder = (path: string | undefined): string | null => {
    if (path === folder) return '';
    return path?.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : null;
  };
  const open = inFolder(DESCRIPTOR.exec(args)?.groups?.path);
  const named = [...args.matchAll(PATH)].map((match) => inFolder(match.groups?.path));
  switch (name) {
    case 'openat': {
      const path = named[0] ?? null;
      const isNew = args.includes('O_CREAT') && /O_TRUNC|O_EXCL/.test(args);
      return path !== null && isNew ? { kind: 'create', path, ...moments } : null;
    }
    case 'write':
    case 'writev':
      return open === null ? null : { kind: 'write', path: open, bytes: Number(result), offset: null, ...moments };
    case 'pwrite64': {
      const offset = Number(args.slice(args.lastIndexOf(',') + 1));
      return open === null ? null : { kind: 'write', path: open, bytes: Number(result), offset, ...moments };
    }
    case 'fsync':
    case 'fdatasync':
      if (open === null) return null;
      if (hasFailed) return { kind: 'failed-sync', path: open, ...moments };
      // One that strace answered itself has done nothing.
      return note?.includes('INJECTED') ? null : { kind: 'sync', path: open, ...moments };
    case 'rename': {
      const [path, to] = named;
      return path == null || to == null ? null : { kind: 'rename', path, to, ...moments };
    }
    case 'unlink':
      return named[0] == null ? null : { kind: 'unlink', path: named[0], ...moments };
    case 'mkdir':
      return null;
    default:
      if (open === null && named.every((path) => path === null)) return null;
      throw new Error(`the server changes its files in a way this torture does not know: ${text}`);
  }
}
