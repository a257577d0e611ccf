// Who may move a document to the trash, and bring it back.

import type { Role } from '@weft/protocol';

/** Owners, and where nobody owns anything, who may write. */
export const mayTrash = (role: Role | null, isOpenServer: boolean): boolean =>
  role === 'owner' || role === 'admin' || (isOpenServer && role === 'editor');
