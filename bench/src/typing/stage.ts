// One document with everybody who writes in it: the page that is measured, and others who come when they are asked to.

import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningServer } from '../peers/scenario.js';
import { makeLongText } from './long-text.js';
import { RemoteWriter } from './remote-writers.js';
import { type EditorName, TypingPage } from './typing-page.js';

/** Long enough for all that follows a key: frames, timers, idle callbacks. */
const PAUSE_MS = 80;
const LETTERS_PER_SECOND_EACH = 2;
const OWN_PLACE = 0.5;
/** On the same screen. */
const NEARBY = 0.502;
const OWN_WORDS = 'a keystroke costs the same in a long book as in a short note ';
const EQUAL_WITHIN_MS = 10_000;

export class Stage {
  readonly page: TypingPage;
  readonly #server: RunningServer;
  readonly #document: string;
  readonly #writers: RemoteWriter[];
  #typing: NodeJS.Timeout[] = [];
  #keys = 0;

  /** A document of so many blocks, the editor of that server's name in a browser, and one other who does nothing yet. */
  static async open(server: RunningServer, blocks: number): Promise<Stage> {
    const document = `typing-${blocks}`;
    const author = await RemoteWriter.join(server.port, document, 1);
    try {
      await author.fill(makeLongText(blocks));
      author.goTo(NEARBY);
      const page = await TypingPage.open(server.name as EditorName, server.port, document);
      const stage = new Stage(page, server, document, author);
      await page.goTo(OWN_PLACE);
      return stage;
    } catch (error) {
      author.close();
      throw error;
    }
  }

  private constructor(page: TypingPage, server: RunningServer, document: string, author: RemoteWriter) {
    this.page = page;
    this.#server = server;
    this.#document = document;
    this.#writers = [author];
  }

  /** Letters for the most part; now and then one is taken back, or a paragraph begun. */
  async typeOwn(keys: number, pauseMs = PAUSE_MS): Promise<void> {
    for (let i = 0; i < keys; i++) {
      const at = this.#keys++;
      await this.page.key(at % 50 === 49 ? 'Enter' : at % 20 === 19 ? 'Backspace' : OWN_WORDS[at % OWN_WORDS.length]!);
      await sleep(pauseMs);
    }
  }

  async typeAsOther(letters: number): Promise<void> {
    for (let i = 0; i < letters; i++) {
      this.#writers[0]!.type();
      await sleep(PAUSE_MS);
    }
  }

  /** From here on so many write, all over the document, until there is silence. */
  async letOthersIn(people: number): Promise<void> {
    const { port } = this.#server;
    while (this.#writers.length < people) {
      const writer = await RemoteWriter.join(port, this.#document, this.#writers.length + 1);
      writer.goTo(this.#writers.length / people);
      this.#writers.push(writer);
    }
    for (const writer of this.#writers) {
      await sleep(1000 / LETTERS_PER_SECOND_EACH / people);
      this.#typing.push(setInterval(() => writer.type(), 1000 / LETTERS_PER_SECOND_EACH));
    }
  }

  silence(): void {
    for (const timer of this.#typing) clearInterval(timer);
    this.#typing = [];
  }

  /** @throws Error when the page shows something else than the others have, or complained */
  async check(): Promise<void> {
    this.page.complain();
    const author = this.#writers[0]!;
    for (let waitedMs = 0; (await this.page.text()) !== author.text; waitedMs += 100) {
      if (waitedMs > EQUAL_WITHIN_MS)
        throw new Error(`The page shows another text of ${this.#document} than the others have.`);
      await sleep(100);
    }
  }

  async close(): Promise<void> {
    this.silence();
    await this.page.close();
    for (const writer of this.#writers) writer.close();
  }
}
