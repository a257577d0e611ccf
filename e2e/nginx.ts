// nginx of the system before servers, on a port of the loopback: as docs/proxy.md has it, or as somebody's network may, where it lets
// no WebSocket through, and holds back what is streamed or does not.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export interface NginxOptions {
  /** Gathers answers until a buffer is full, whatever the server says of it. */
  readonly holdsBack: boolean;
}

/** Why tests with it cannot run here; null when they can. */
export const nginxMissing: string | null =
  spawnSync('nginx', ['-v']).error === undefined ? null : 'nginx is not installed (apt-get install nginx-light)';

export class Nginx {
  readonly url: string;
  readonly #folder: string;
  readonly #process: ChildProcess;

  private constructor(url: string, folder: string, process: ChildProcess) {
    this.url = url;
    this.#folder = folder;
    this.#process = process;
  }

  /** Somebody's. @param target `http://host:port` */
  static start(target: string, { holdsBack }: NginxOptions): Promise<Nginx> {
    return Nginx.#run((port) => withoutWebSockets(port, target, holdsBack));
  }

  /**
   * As docs/proxy.md has it before several nodes, but for TLS.
   * @param targets each `http://host:port`
   * @param rule by which they are chosen; default: as it is written there
   */
  static async startAsWritten(targets: readonly string[], rule?: string): Promise<Nginx> {
    const page = await readFile(fileURLToPath(new URL('../docs/proxy.md', import.meta.url)), 'utf8');
    const [server = '', nodes = ''] = [...page.matchAll(/```nginx\n([\s\S]*?)```/g)].map(([, block]) => block!);
    const own = targets.map((target) => `server ${new URL(target).host};`).join('\n  ');
    return Nginx.#run((port) =>
      [
        replaced(server, [/listen 443 ssl;/, `listen 127.0.0.1:${port};`], [/\n *ssl_\w+ .*;/g, ''])
          .replace('proxy_pass http://127.0.0.1:4400;', 'proxy_pass http://weft;')
          .replace('Host $host;', 'Host $host:$server_port;'),
        replaced(nodes, [/server [\d.:]+;(\n *server [\d.:]+;)+/, own], [/hash .*;/, rule ?? '$&']),
      ].join('\n'),
    );
  }

  static async #run(sites: (port: number) => string): Promise<Nginx> {
    const folder = await mkdtemp(path.join(tmpdir(), 'weft-nginx-'));
    const port = await freePort();
    const file = path.join(folder, 'nginx.conf');
    await writeFile(file, configuration(folder, sites(port)));
    const nginx = spawn('nginx', ['-p', folder, '-c', file, '-e', 'stderr'], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const url = `http://127.0.0.1:${port}`;
    while (!(await answers(url))) {
      if (nginx.exitCode !== null) throw new Error(`nginx ended with ${nginx.exitCode}`);
    }
    return new Nginx(url, folder, nginx);
  }

  async stop(): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGTERM');
    await ended;
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const answers = (url: string): Promise<boolean> =>
  fetch(`${url}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  );

/** @throws Error when something that is to be replaced is not there: the page was written anew */
function replaced(text: string, ...changes: readonly (readonly [RegExp, string])[]): string {
  return changes.reduce((now, [what, by]) => {
    if (now.search(what) < 0) throw new Error(`docs/proxy.md has no ${what} any more`);
    return now.replace(what, by);
  }, text);
}

/** As nginx is when nobody says anything of WebSockets: HTTP/1.0 to the server, and answers gathered in buffers of 4 KiB and more. */
const withoutWebSockets = (port: number, target: string, holdsBack: boolean): string => `
  client_max_body_size 21m;
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass ${target};
      proxy_set_header Host $host:$server_port;
      ${holdsBack ? 'proxy_ignore_headers X-Accel-Buffering;' : ''}
    }
  }`;

const configuration = (folder: string, sites: string): string => `
${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off;
pid ${folder}/nginx.pid;
worker_processes 1;
events { worker_connections 256; }
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  ${sites}
}
`;
