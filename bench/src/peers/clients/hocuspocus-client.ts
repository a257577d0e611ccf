// What HocuspocusProvider 4 puts on the wire: the document's name before every message, a token first, then as y-websocket.
// Its acknowledgement (SyncStatus) comes before anything is written to a disk.

import * as encoding from 'lib0/encoding';
import type { ByteCursor } from '../byte-cursor.js';
import { YjsClient } from './yjs-client.js';

const AUTH = 2;
const SYNC_STATUS = 8;
const TOKEN = 0;
const PERMISSION_DENIED = 1;
/** Asked for anew by nobody here. */
const NO_TOKEN = new Uint8Array();

export class HocuspocusClient extends YjsClient {
  #acknowledged = 0;

  constructor(document: string) {
    const prefix = encoding.createEncoder();
    encoding.writeVarString(prefix, document);
    super(encoding.toUint8Array(prefix));
  }

  protected override greet(): void {
    this.send([AUTH, TOKEN], NO_TOKEN);
  }

  protected override hear(type: number, message: ByteCursor): void {
    if (type === AUTH) {
      if (message.uint() === PERMISSION_DENIED) throw new Error('the server denies this client to write');
    } else if (type === SYNC_STATUS) {
      if (message.byte() !== 1) throw new Error('the server did not take an update');
      this.#acknowledged += 1;
      // The first is for the answer to its SyncStep1.
      if (this.#acknowledged > 1) this.onSaved(this.#acknowledged - 1);
    } else super.hear(type, message);
  }
}
