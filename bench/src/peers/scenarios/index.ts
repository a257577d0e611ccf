// Every scenario there is, in the order they are run and reported.

import type { Scenario } from '../scenario.js';
import { documents200 } from './documents.js';
import { fanOut10, fanOut100 } from './fan-out.js';
import { writers50, writers100 } from './writers.js';

export const scenarios: readonly Scenario[] = [fanOut100, fanOut10, writers50, writers100, documents200];
