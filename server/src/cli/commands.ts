// The table of commands, in the order help shows them.

import { adminTokenCommand } from './admin-token.js';
import { auditCommand } from './audit.js';
import { backupCommand } from './backup.js';
import type { Command } from './command.js';
import { compactCommand } from './compact.js';
import { diffCommand } from './diff.js';
import { documentsCommand } from './documents.js';
import { eraseCommand } from './erase.js';
import { eraseDeletedCommand } from './erase-deleted.js';
import { exportCommand } from './export.js';
import { forgetPersonCommand } from './forget-person.js';
import { importCommand } from './import.js';
import { keepCommand } from './keep.js';
import { migrateCommand } from './migrate.js';
import { restoreCommand, showCommand, versionsCommand } from './past.js';
import { restoreBackupCommand } from './restore-backup.js';
import { serveCommand } from './serve.js';
import { trashCommand, untrashCommand } from './trash.js';
import { trimCommand } from './trim.js';
import { verifyCommand } from './verify.js';

export const commands: readonly Command[] = [
  serveCommand,
  documentsCommand,
  auditCommand,
  adminTokenCommand,
  verifyCommand,
  backupCommand,
  restoreBackupCommand,
  diffCommand,
  exportCommand,
  importCommand,
  versionsCommand,
  showCommand,
  restoreCommand,
  compactCommand,
  migrateCommand,
  trimCommand,
  keepCommand,
  eraseDeletedCommand,
  trashCommand,
  untrashCommand,
  eraseCommand,
  forgetPersonCommand,
];
