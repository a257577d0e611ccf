// What others write while one is here: who is writing now, at their caret and among the people, and which blocks changed where one did not
// look. Both are read from the changes that arrive. Loaded once a text is shown.

import { type Editor, labelColor, safeName } from '@weft/editor';
import { type Written, type WrittenBlock, watchWritten } from '@weft/editor/written';
import type { PresenceChange, SharedDocument } from '@weft/provider';
import { rootOf } from '../ui/root.js';
import type { Changer } from './change-marks.js';
import { UnseenChanges } from './unseen-changes.js';
import { WhoWrites } from './who-writes.js';

const SHOWN_WITHIN_MS = 300;

export class OthersAtWork {
  readonly #view: Editor['view'];
  readonly #shared: SharedDocument;
  readonly #setWriting: (clients: ReadonlySet<number>) => void;
  /** Also of those who have left: what they wrote is theirs. */
  readonly #people = new Map<number, Changer>();
  readonly #root: Document | ShadowRoot;
  readonly #carets = new CSSStyleSheet();
  readonly #writers: WhoWrites;
  #writing: ReadonlySet<number> = new Set();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #unseen: UnseenChanges;
  #stopWatching: () => void;
  /** What came since the connection was lost; null before the document was complete for the first time, and while nothing is missing. */
  #missed: Map<WrittenBlock, number | null> | null = null;

  /** @param setWriting  shows who is writing among the people */
  constructor({ view }: Editor, shared: SharedDocument, setWriting: (clients: ReadonlySet<number>) => void) {
    this.#view = view;
    this.#shared = shared;
    this.#setWriting = setWriting;
    this.#writers = new WhoWrites(this.#writersChanged);
    const root = rootOf(view.dom);
    this.#root = root;
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, this.#carets];
    this.#unseen = this.#newUnseen();
    this.#stopWatching = watchWritten(view, this.#arrived);
    this.#meet([...shared.presence.getStates().keys()]);
    shared.on('presence', this.#presenceChanged);
    shared.on('synced', this.#syncedChanged);
    shared.on('doc', this.#docReplaced);
  }

  end(): void {
    this.#shared.off('presence', this.#presenceChanged);
    this.#shared.off('synced', this.#syncedChanged);
    this.#shared.off('doc', this.#docReplaced);
    this.#stopWatching();
    this.#writers.end();
    clearTimeout(this.#timer);
    this.#setWriting(new Set());
    this.#unseen.end();
    // What shows the text has left it by now.
    const root = this.#root;
    root.adoptedStyleSheets = root.adoptedStyleSheets.filter((sheet) => sheet !== this.#carets);
  }

  #newUnseen(): UnseenChanges {
    return new UnseenChanges(this.#view, (client) => this.#people.get(client) ?? null);
  }

  readonly #arrived = ({ blocks, writers, isNews }: Written): void => {
    if (!this.#shared.synced) {
      for (const [block, client] of blocks) this.#missed?.set(block, client);
    } else if (isNews) {
      for (const client of writers) this.#writers.wrote(client);
      this.#unseen.add(blocks);
    }
  };

  readonly #syncedChanged = (isSynced: boolean): void => {
    const missed = this.#missed;
    this.#missed = isSynced ? null : new Map();
    if (missed) this.#unseen.add(missed, true);
  };

  /** Another text may stand there: nothing of it was changed before one's eyes. */
  readonly #docReplaced = (): void => {
    this.#stopWatching();
    this.#unseen.end();
    this.#unseen = this.#newUnseen();
    this.#stopWatching = watchWritten(this.#view, this.#arrived);
  };

  readonly #presenceChanged = ({ added, updated }: PresenceChange): void => this.#meet([...added, ...updated]);

  #meet(clients: readonly number[]): void {
    const { presence } = this.#shared;
    for (const client of clients) {
      const user = presence.getStates().get(client)?.user as { name?: unknown; color?: unknown } | undefined;
      if (client !== presence.clientID && user) {
        this.#people.set(client, { name: safeName(user.name), color: labelColor(user.color) });
      }
    }
  }

  readonly #writersChanged = (clients: ReadonlySet<number>): void => {
    this.#writing = clients;
    this.#timer ??= setTimeout(this.#showWriters, SHOWN_WITHIN_MS);
  };

  /**
   * Carets are drawn anew with every letter, by the editor: what stands beside a name comes from a rule, so that nothing is drawn for it. A
   * rule costs a long document as much as a letter does, and so there is one for all who begin or rest within a moment.
   */
  readonly #showWriters = (): void => {
    this.#timer = undefined;
    const flags = [...this.#writing].map((client) => `.weft-caret[data-client="${client}"] .weft-caret-name::after`);
    this.#carets.replaceSync(flags.length > 0 ? `${flags}{content:"\\2009…"}` : '');
    this.#setWriting(this.#writing);
  };
}
