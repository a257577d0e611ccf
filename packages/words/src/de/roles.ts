export const names = {
  reader: 'Darf lesen',
  commenter: 'Darf kommentieren',
  editor: 'Darf schreiben',
  owner: 'Darf verwalten',
  admin: 'Betreibt den Server',
};
