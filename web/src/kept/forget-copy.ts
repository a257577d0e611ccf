// Forgetting what this browser keeps, on a computer that others use, too: of one document, or of all. Text that is nowhere
// else is named before it goes.

import { askFirst, type Question } from '@weft/element/ui/ask-first';

/** @param hasUnsaved  something of it is not on the server */
export const mayForget = (title: string, hasUnsaved: boolean): Promise<boolean> =>
  askFirst(forgetting(title, hasUnsaved));

function forgetting(title: string, hasUnsaved: boolean): Question {
  return hasUnsaved
    ? {
        title: `Forget “${title}” and lose what is not saved?`,
        text: 'Some of what you wrote in it is in this browser only, and goes with its copy. What is saved stays on the server.',
        yes: 'Lose it and forget',
      }
    : {
        title: `Forget “${title}” on this device?`,
        text: 'Its copy is removed from this browser. The document stays on the server, and opens again with a connection.',
        yes: 'Forget',
      };
}

export const mayForgetAll = (hasUnsaved: boolean): Promise<boolean> => askFirst(forgettingAll(hasUnsaved));

function forgettingAll(hasUnsaved: boolean): Question {
  return hasUnsaved
    ? {
        title: 'Forget everything and lose what is not saved?',
        text: 'Some of what you wrote is in this browser only, and goes with the copies of your documents. What is saved stays on the server.',
        yes: 'Lose it and forget',
      }
    : {
        title: 'Forget everything on this device?',
        text: 'The copies of your documents, and links that were shared with you, are removed from this browser. The documents stay on the server.',
        yes: 'Forget',
      };
}
