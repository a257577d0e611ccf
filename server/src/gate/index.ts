// What others may use of the gate.

export { type CheckOptions, checkUpdate, type Verdict } from './check-update.js';
export { type Change, KnownState } from './known-state.js';
