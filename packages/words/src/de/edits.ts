export const editedBy = (name: string) => `Geändert von ${name}`;
export const edited = 'Geändert';
export const manyEdited = (count: number) => `${count} Absätze wurden geändert.`;
export const manyMeanwhile = (count: number) => `${count} Absätze wurden inzwischen geändert.`;
export const showThem = 'Zeigen';
export const close = 'Schließen';
