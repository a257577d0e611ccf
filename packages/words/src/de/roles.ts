export const names = {
  reader: 'Darf lesen',
  commenter: 'Darf kommentieren',
  editor: 'Darf schreiben',
  owner: 'Eigentümer',
  admin: 'Betreibt den Server',
};
