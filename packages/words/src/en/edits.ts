// What others changed where one did not look.

export const editedBy = (name: string) => `Edited by ${name}`;
/** By whom nobody knows. */
export const edited = 'Edited';
export const manyEdited = (count: number) => `${count} paragraphs were edited.`;
export const manyMeanwhile = (count: number) => `${count} paragraphs were edited while you were away.`;
export const showThem = 'Show them';
export const close = 'Close';
