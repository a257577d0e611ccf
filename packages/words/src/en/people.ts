// Who is here.

export const onlyYou = 'Only you are here';
export const peopleHere = (count: number) => `${count} people here`;
export const morePeople = (count: number) => `${count} more people here`;
export const everybody = 'Everybody here';
export const followPerson = (name: string) => `${name} – follow`;
/** Of one of them, and of some behind one control. */
export const isWriting = 'is writing';
export const areWriting = (count: number) => (count === 1 ? 'One of them is writing' : `${count} of them are writing`);
/** Who came, or went, in one sentence; '' of nobody. */
export const joined = (names: readonly string[]) => did(names, 'joined');
export const left = (names: readonly string[]) => did(names, 'left');

const did = (names: readonly string[], what: string): string =>
  names.length === 0 ? '' : names.length < 3 ? `${names.join(' and ')} ${what}.` : `${names.length} people ${what}.`;
