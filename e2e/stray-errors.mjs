// Writes down how many errors a run of Vitest had outside of every test, in the file that WEFT_STRAY_ERRORS names: its JSON says
// nothing of them.

import { writeFileSync } from 'node:fs';

/** @import { Reporter } from 'vitest/node' */

/** @implements {Reporter} */
export default class StrayErrors {
  /**
   * @param {unknown} _modules
   * @param {readonly unknown[]} errors
   */
  onTestRunEnd(_modules, errors) {
    writeFileSync(process.env.WEFT_STRAY_ERRORS ?? '', JSON.stringify(errors.length));
  }
}
