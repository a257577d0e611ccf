// People come back to a server that was robbed of what it had promised them. Nobody can keep that promise any more; but the
// loss has to be noticed, what is gone has to be in somebody's draft, and nobody may be shown another text than the others.

import { setTimeout as sleep } from 'node:timers/promises';
import { coldJoinWeft } from '../cold-join.js';
import type { Torture } from './driver.js';
import type { Copy, Target } from './writers.js';

const AGREE_WITHIN_MS = 15_000;
const LOOK_EVERY_MS = 50;

export interface Return {
  /** Documents that had lost something acknowledged or shown when the server was started. */
  readonly robbed: number;
  /** Of these, the ones an alarm named. */
  readonly noticed: number;
  readonly drafts: number;
}

/** The server runs on what is left, and nobody is back yet. Afterwards the people are to be sent away: they hold old texts. */
export async function comeBack(torture: Torture): Promise<Return> {
  const robbed: Target[] = [];
  for (const target of torture.targets) {
    const { text } = await coldJoinWeft(torture.url, target.document);
    if (target.ledger.check(text).lost.length > 0) robbed.push(target);
  }
  torture.hasLostOnPurpose = true;
  torture.letWritersIn();
  let drafts = 0;
  let noticed = 0;
  for (const target of torture.targets) {
    const { text, copies } = await agreedText(torture, target);
    const texts = copies.flatMap((copy) => (copy.isLive ? copy.drafts : [copy.text]));
    drafts += texts.length;
    torture.checkTextAndDrafts(target, text, texts);
    if (!robbed.includes(target)) continue;
    if (torture.server.stderr.includes(`"${target.document}" (content) has lost text`)) noticed += 1;
    else torture.fault(`${target.document} had lost text, and nobody was told`);
  }
  torture.leaveDocuments();
  torture.hasLostOnPurpose = false;
  return { robbed: robbed.length, noticed, drafts };
}

/** The text everybody has on the screen, a newcomer too. Whoever the server goes on with no longer is left out. */
async function agreedText(torture: Torture, target: Target): Promise<{ text: string; copies: Copy[] }> {
  const untilMs = performance.now() + AGREE_WITHIN_MS;
  for (;;) {
    const { text } = await coldJoinWeft(torture.url, target.document);
    const copies = torture.people.flatMap((person) => person.copies()).filter((copy) => copy.target === target);
    const others = copies.filter((copy) => copy.isLive && copy.text !== text);
    if (others.length === 0) return { text, copies };
    if (performance.now() > untilMs) {
      torture.fault(
        `${others.map(({ owner }) => owner).join(', ')} see another text of ${target.document} than newcomers`,
      );
      return { text, copies };
    }
    await sleep(LOOK_EVERY_MS);
  }
}
