// What the boxes of tasks say to those who do not see them. They are drawn and no elements: the styles take their words from here, and
// have them said before the text of each task.

import * as words from '@weft/words/text';

export function nameBoxes({ style }: HTMLElement): void {
  style.setProperty('--done', JSON.stringify(words.done));
  style.setProperty('--to-do', JSON.stringify(words.toDo));
}
