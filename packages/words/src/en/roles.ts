// What people may do, as one says it.

export const names = {
  reader: 'Can read',
  commenter: 'Can comment',
  editor: 'Can edit',
  owner: 'Owner',
  admin: 'Runs the server',
};
