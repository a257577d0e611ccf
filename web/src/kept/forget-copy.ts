// Forgetting what this browser keeps, on a computer that others use, too: of one document, or of all. Text that is nowhere
// else is named before it goes.

import { askFirst, type Question } from '@weft/element/ui/ask-first';
import * as words from '@weft/words/device';

/** @param hasUnsaved  something of it is not on the server */
export const mayForget = (title: string, hasUnsaved: boolean): Promise<boolean> =>
  askFirst(forgetting(title, hasUnsaved));

const forgetting = (title: string, hasUnsaved: boolean): Question =>
  hasUnsaved
    ? { title: words.forgetOne.titleUnsaved(title), text: words.forgetOne.textUnsaved, yes: words.loseAndForget }
    : { title: words.forgetOne.title(title), text: words.forgetOne.text, yes: words.forget };

export const mayForgetAll = (hasUnsaved: boolean): Promise<boolean> => askFirst(forgettingAll(hasUnsaved));

const forgettingAll = (hasUnsaved: boolean): Question =>
  hasUnsaved
    ? { title: words.forgetAll.titleUnsaved, text: words.forgetAll.textUnsaved, yes: words.loseAndForget }
    : { title: words.forgetAll.title, text: words.forgetAll.text, yes: words.forget };
