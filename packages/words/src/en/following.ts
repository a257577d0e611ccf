// Following somebody.

export const youFollow = (name: string) => `You follow ${name}. Escape ends it.`;
export const isReading = (name: string) =>
  `${name} is reading, and has no caret in the text. You go along once they have. Escape ends it.`;
export const noMore = (name: string) => `You do not follow ${name} any more.`;
export const hasLeft = (name: string) => `${name} has left.`;
/** @param name  as it is shown */
export const following = <Shown>(name: Shown) => ['Following ', name];
export const stopFollowing = 'Stop following';
export const stop = 'Stop';
