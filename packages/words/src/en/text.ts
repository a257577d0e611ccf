// The text itself, and what stands in it, for those who cannot see it.

export const document = 'Document';
export const atThisMoment = 'The text at this moment';
export const asItWas = 'The text as it was';
export const somebody = 'Somebody';
export const picture = 'Picture';
export const damaged = 'This picture came damaged. Copy it again by itself, or save it and drop its file here.';
/** Of a task, for those who do not see its box. */
export const done = 'done';
export const toDo = 'to do';
export const addCaption = 'Add a caption';
/** @param form  of documents; @param known  the newest form that this page knows */
export const ofNewerForm = (form: number, known: number) =>
  `It was written with a newer Weft (documents of form ${form}; this page knows form ${known}), so that changing it here could harm it.`;
