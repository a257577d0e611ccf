#!/usr/bin/env node
// What starts: a script, which runs before Node has threads for files. All there are beside this one are V8's own, which
// compile and collect. Nobody waits for what they do, and edits are not to wait for it: where both want the same core they get a
// tenth of it (docs/adr/0017). On Linux a thread has a priority of its own; elsewhere that would be the whole process's.

/** As `nice` counts: from 0, where everything starts, to 19. */
const BACKGROUND_PRIORITY = 10;

if (process.platform === 'linux') {
  const { setPriority } = process.getBuiltinModule('node:os');
  for (const thread of process.getBuiltinModule('node:fs').readdirSync('/proc/self/task')) {
    if (Number(thread) === process.pid) continue;
    try {
      setPriority(Number(thread), BACKGROUND_PRIORITY);
    } catch {
      // A sandbox may not allow it: the server works without.
    }
  }
}

void import('./main.js');
