// nginx of the system before a server, on a port of the loopback, as somebody's network may have it: it lets no WebSocket through, and
// holds back what is streamed or does not.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

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

  /** @param targets each `http://host:port`; of several each client is led to one, and to another while that is away */
  static async start(targets: string | readonly string[], options: NginxOptions): Promise<Nginx> {
    const folder = await mkdtemp(path.join(tmpdir(), 'weft-nginx-'));
    const port = await freePort();
    const file = path.join(folder, 'nginx.conf');
    await writeFile(file, configuration(folder, port, [targets].flat(), options));
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

/** As nginx is when nobody says anything of WebSockets: HTTP/1.0 to the server, and answers gathered in buffers of 4 KiB and more. */
const configuration = (
  folder: string,
  port: number,
  targets: readonly string[],
  { holdsBack }: NginxOptions,
): string => `
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
  client_max_body_size 21m;
  upstream weft {
    ip_hash;
    ${targets.map((target) => `server ${new URL(target).host};`).join('\n    ')}
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://weft;
      proxy_set_header Host $host:$server_port;
      ${holdsBack ? 'proxy_ignore_headers X-Accel-Buffering;' : ''}
    }
  }
}
`;
