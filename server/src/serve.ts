// `weft serve`: puts the parts of the server together, and takes them apart in order.

import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DocumentName } from '@weft/protocol';
import { AccessRequests } from './access/access-requests.js';
import { AuditLog } from './access/audit.js';
import { createAccess } from './access/create-access.js';
import { Doorkeeper } from './access/doorkeeper.js';
import { LiveSessions } from './access/live-sessions.js';
import { refuseOpenDoor } from './access/open-door.js';
import { Persons } from './access/persons.js';
import { Daily } from './admin/daily.js';
import { DailyTrash, erasedAtMs } from './admin/daily-trash.js';
import { DailyTrim } from './admin/daily-trim.js';
import { DeletedText } from './admin/deleted-text.js';
import { eraseForGood, eraseUnfinished } from './admin/erase.js';
import { performNamed } from './admin/operations.js';
import { PastKeeping } from './admin/past-keeping.js';
import { dailyReplacedFiles } from './admin/replaced-files.js';
import { Trims } from './admin/trims.js';
import { AssetFolder } from './assets/asset-folder.js';
import { AssetStore } from './assets/asset-store.js';
import { moveFiles } from './assets/move-files.js';
import type { Config } from './config.js';
import { ControlServer } from './control/control-server.js';
import { holdFolder, holdStore } from './control/hold-store.js';
import { createDialects } from './dialect/dialects.js';
import { complain, ExitCode } from './exit.js';
import { defaultGateLimits } from './gate/gate-limits.js';
import { HistoryWorkers } from './history/history-workers.js';
import { openPast, type Past } from './history/past.js';
import { createHttpServer } from './http/http-server.js';
import { MetricsServer } from './http/metrics-server.js';
import { reloadTls } from './http/raw-server.js';
import { signInBySettings } from './http/sign-in-by-settings.js';
import { EventLoopLoad } from './load.js';
import { Alarms } from './log/alarms.js';
import { alarmsFile, storeFolder } from './log/data-folder.js';
import type { GivenDocument } from './log/document-log.js';
import { type Duty, OwnDuties } from './log/duties.js';
import { openServingLog, type ServingLog, type ServingLogOptions } from './log/level/serving-log.js';
import { noteStore } from './log/store-note.js';
import { unfinishedRestore } from './log/unfinished-restore.js';
import { Metrics } from './metrics/metrics.js';
import { ProcessNumbers } from './metrics/process-numbers.js';
import { MetricsPage } from './metrics/prometheus.js';
import { RoomRegistry } from './room/room-registry.js';
import { messageOf, SyncError } from './sync-error.js';
import { HttpDoor } from './transport/http-door.js';
import { Lines } from './transport/lines.js';
import { WebSocketDoor } from './transport/websocket-door.js';
import { VERSION } from './version.js';

/** How often a node looks in the database for what others wrote in the documents that are open at it. */
const COMPARE_EVERY_MS = 2000;
/** A stop that takes longer than this is cut short. Nothing acknowledged is at stake. */
const DRAIN_DEADLINE_MS = 10_000;

export interface ServeOptions {
  /** Go on without what a damaged journal has lost, instead of refusing to start. */
  readonly acceptsLoss: boolean;
  /** Listen on any address also when nothing says who may come in. */
  readonly allowsAnonymous: boolean;
}

/**
 * Resolves once it listens; it then runs until it is told to stop.
 *
 * @throws SyncError when it cannot start
 */
export async function serve(config: Config, { acceptsLoss, allowsAnonymous }: ServeOptions): Promise<void> {
  refuseOpenDoor({ host: config.host, door: config.door, isOpen: config.access === null, allowsAnonymous });
  const dataFolder = resolve(config.dataFolder);
  const isAlone = config.nodes === 'one';
  const metrics = new Metrics();
  const alarms = new Alarms(alarmsFile(dataFolder), complain);
  if (config.store !== null && acceptsLoss) {
    throw new SyncError('BAD_USAGE', '--accept-loss is for a journal on a disk, and not for a --store.');
  }
  const { log, files, health, endWatch, place, disk } = await openLog(config, {
    dataFolder,
    storeFolder: storeFolder(dataFolder),
    openStore: () => holdStore(dataFolder, complain),
    reserveBytes: config.reserveBytes,
    metrics: metrics.log,
    complain,
    acceptsLoss,
    alarm: alarms.raise,
    onFailure: (error) => {
      complain(error.message);
      complain('Nothing unsaved was acknowledged; writers keep their changes and send them again. Stopping.');
      process.exit(ExitCode.WriteFailed);
    },
  });
  const cutShort = await unfinishedRestore(dataFolder);
  if (cutShort !== null) {
    complain(
      `Bringing back the backup in ${cutShort} was cut short: documents of it may be missing here. Bring them back with ` +
        `weft restore-backup ${cutShort} --data ${config.dataFolder}`,
    );
  }
  const audit = await AuditLog.open(log.records, { complain });
  const persons = new Persons(log.records);
  const folder = new AssetFolder(dataFolder);
  const inFolder = await AssetStore.open({ files: folder, records: log.records, complain });
  const assets = files === null ? inFolder : await AssetStore.open({ files, records: log.records, complain });
  if (files !== null) await moveFiles(folder, assets, complain);
  const history = new HistoryWorkers();
  const documentExists = async (name: DocumentName): Promise<boolean> => (await log.document(name)) !== null;
  const parts = await createAccess({
    settings: config.access,
    records: log.records,
    isShared: !isAlone,
    audit,
    documentExists,
    complain,
  });
  const { access, adminToken } = parts;
  const samePerson = (a: string, b: string): boolean => access.isSame(a, b);
  const policy = config.documents.versions;
  const registry = new RoomRegistry({
    log,
    history,
    storage: health,
    maxDocumentBytes: config.limits.documentBytes,
    gateLimits: { ...defaultGateLimits, rootNames: config.documents.roots },
    samePerson,
    metrics: metrics.rooms,
    load: new EventLoopLoad(),
    rest: { pauseMs: policy.pauseMs, rested: (document) => past.versions.rested(document) },
    complain,
    alarm: alarms.raise,
  });
  const { keepPastDays: keepDays } = config.documents;
  const keeping = new PastKeeping<number | null>({ log, keepDays });
  const { versionsThinnedBy } = keeping;
  const past: Past = openPast({ log, history, registry, policy, versionsThinnedBy, complain });
  const trims = new Trims({ log, history, versions: past.versions });

  const withClosed: RoomRegistry['withClosed'] = (id, code, reason, action) =>
    registry.withClosed(id, code, reason, async () => {
      const result = await action();
      // Who may do what was erased or brought back with it, and nobody comes in before that is known.
      await parts.forget(id.document);
      return result;
    });
  const { trashDays } = config.documents;
  const { trash, trasher } = parts;
  const erase = (name: DocumentName, given: GivenDocument, duty?: Duty): Promise<boolean> =>
    eraseForGood(name, { dataFolder, log, assets, withClosed, signal: new AbortController().signal, duty }, given);
  const daily = new Daily([
    new DailyTrim({ log, keeping, trims, audit, complain }).pass,
    new DailyTrash({ log, trash, days: trashDays, erase, audit, complain }).pass,
  ]);
  const ownDuties = new OwnDuties();
  const ownDaily = new Daily([dailyReplacedFiles(dataFolder, log, complain)]);
  const control = await ControlServer.listen({
    dataFolder,
    holder: 'weft serve',
    perform: ({ command, args, ...task }) =>
      performNamed(command, args, {
        ...task,
        dataFolder,
        log,
        isServed: true,
        isShared: !isAlone,
        place,
        assets,
        audit,
        replaceAdminToken: () => adminToken.replace(),
        tell: complain,
        history,
        persons,
        past,
        keeping,
        trash,
        withClosed,
      }),
  });
  const sessions = new LiveSessions(config.limits, access.isOpen ? null : { audit, refusals: parts.refusals }, persons);
  access.onRevoked((isHit, reason) => sessions.endAll(isHit, reason));
  const dialects = createDialects({
    registry,
    access,
    sessions,
    metrics: metrics.dialects,
    software: `weft/${VERSION}`,
  });
  const doorkeeper = new Doorkeeper(config.door, { isOpen: config.access === null });
  const doors = {
    dialects,
    doorkeeper,
    limits: config.limits,
    lines: new Lines(config.limits),
    metrics: metrics.sockets,
    complain,
  };
  const door = new WebSocketDoor(doors);
  const httpDoor = new HttpDoor(doors);
  const { tls } = config.door;
  const metricsPage = new MetricsPage({
    metrics,
    process: new ProcessNumbers(),
    version: VERSION,
    rooms: registry,
    workers: () => history.loads,
    queues: () => ({ journal: log.queuedBytes, sockets: door.waitingBytes + httpDoor.waitingBytes }),
    storageState: () => health.state,
    alarms: () => alarms.count,
    disk,
  });
  let isReady = false;
  const webRoot = fileURLToPath(new URL('../../web/dist/', import.meta.url));
  const http = await createHttpServer({
    carry: httpDoor.request,
    doorkeeper,
    limits: config.limits,
    tls,
    log,
    assets,
    guests: config.access?.guests === false ? null : parts.guests,
    tickets: parts.tickets,
    revocations: parts.revocations,
    webRoot: existsSync(webRoot) ? webRoot : null,
    storage: health,
    access,
    audit,
    persons,
    requests: new AccessRequests({ records: log.records, persons, documentExists }),
    sessions,
    metrics: { page: metricsPage, token: config.door.metrics.token, http: metrics.http },
    sharing: access.isOpen ? null : parts.sharing,
    trash: {
      bin: trash,
      trasher,
      eraseForGood: erase,
      erasedAtMs: (trashedAtMs) => erasedAtMs(trashedAtMs, trashDays),
    },
    past,
    trims,
    keeping,
    deleted: new DeletedText({ dataFolder, log, trims, withClosed }),
    eraseUnfinished: (name) => eraseUnfinished(name, { log, assets, withClosed, signal: new AbortController().signal }),
    signIn: config.access && signInBySettings(config.access, { parts, audit, complain }),
    isReady: () => isReady,
    alarms: () => alarms.count,
    complain,
  });
  http.server.on('upgrade', (request, socket, head) => door.upgrade(request, socket, head));

  const { listener } = config.door.metrics;
  const metricsServer = listener && new MetricsServer({ page: metricsPage, door: config.door, complain });
  if (metricsServer !== null) {
    await listen(metricsServer, listener!, '"door.metrics"');
    process.stdout.write(`weft metrics on ${httpAddress(metricsServer.address, false)}\n`);
  }
  await listen(http, config, '--port');
  isReady = true;
  log.duties.undertake('daily', (duty) => daily.start(duty));
  ownDuties.undertake('daily', (duty) => ownDaily.start(duty));
  process.stdout.write(`weft listening on ${httpAddress(http.server.address() as AddressInfo, tls !== null)}\n`);

  const stop = async (): Promise<void> => {
    if (!isReady) return;
    isReady = false;
    const deadline = setTimeout(() => {
      complain(`Stopping took longer than ${DRAIN_DEADLINE_MS / 1000} s and was cut short.`);
      process.exit(ExitCode.Failed);
    }, DRAIN_DEADLINE_MS);
    // Stop taking work, write and acknowledge what was taken, say goodbye, release.
    endWatch();
    door.stopAccepting();
    httpDoor.stopAccepting();
    await control.close();
    await registry.drain();
    door.close();
    httpDoor.close();
    await http.close();
    metricsServer?.close();
    // Not waited for either: what it does not get done is made from the log another time.
    void past.versions.stop();
    void daily.stop();
    void ownDaily.stop();
    await registry.close();
    sessions.close();
    parts.close();
    // Not waited for: what it still has is written by the closing log, also when the storage is in trouble. Of several nodes
    // another one may be quicker, and it has to be written again.
    const noted = audit.close();
    if (!isAlone) await noted;
    await log.close();
    // Workers end with the process: what one is still at had its time, and nobody waits for it any more.
    clearTimeout(deadline);
    process.exit(ExitCode.Ok);
  };
  if (tls !== null) {
    process.on('SIGHUP', () => {
      try {
        reloadTls(http.server, tls);
      } catch (error) {
        complain(`${messageOf(error)} The old ones stay in use.`);
      }
    });
  }
  process.on('SIGTERM', () => void stop());
  process.on('SIGINT', () => void stop());

  const token = access.isOpen ? null : await adminToken.makeFirst();
  if (token !== null) {
    audit.note({ action: 'admin-token-made', person: 'admin' });
    process.stdout.write(`The admin token, shown this once (weft admin-token makes another): ${token}\n`);
  }
}

async function openLog({ store, nodes, redis }: Config, options: ServingLogOptions): Promise<ServingLog> {
  if (store === null) return openServingLog(options);
  const { dataFolder, metrics, onFailure, complain, alarm } = options;
  await holdFolder(dataFolder);
  // Clients are loaded for those alone who have a database, and a relay.
  const { openServingPostgres } = await import('./log/postgres/serving-log.js');
  const relay =
    redis === null ? {} : { relay: new (await import('./relay/redis-relay.js')).RedisRelay(redis, complain) };
  const serving = await openServingPostgres({
    ...{ url: store, dataFolder, metrics, onFailure, complain, alarm },
    ...(nodes === 'several' && { shared: { compareEveryMs: COMPARE_EVERY_MS, ...relay } }),
  });
  await noteStore(dataFolder, store);
  return serving;
}

/**
 * How many may wait to be let in; the system may allow fewer (`net.core.somaxconn`). Everybody comes back at once when a
 * server does, and whoever finds no place there tries again a second later. Node's own number is 511.
 */
const LISTEN_BACKLOG = 4096;

/** @param setting that says the port */
async function listen(
  server: { listen(where: { host: string; port: number; backlog: number }): Promise<unknown> },
  { host, port }: Pick<Config, 'host' | 'port'>,
  setting: string,
): Promise<void> {
  try {
    await server.listen({ host, port, backlog: LISTEN_BACKLOG });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const why: Record<string, string> = {
      EADDRINUSE: `Port ${port} on ${host} is in use. Stop what uses it, or choose another with ${setting}.`,
      EACCES: `This user may not listen on port ${port}. Choose one above 1023 with ${setting}.`,
      EADDRNOTAVAIL: `${host} is not an address of this machine.`,
      ENOTFOUND: `The host "${host}" is not known.`,
    };
    const sentence = why[code ?? ''] ?? `Could not listen on ${host}:${port}: ${(cause as Error).message}`;
    throw new SyncError('ADDRESS_UNAVAILABLE', sentence, { cause });
  }
}

function httpAddress({ address, family, port }: AddressInfo, isSecure: boolean): string {
  return `${isSecure ? 'https' : 'http'}://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
