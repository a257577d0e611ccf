// Every scenario there is, in the order they are run and reported.

import { readTrace } from '../../trace.js';
import { makePaper, type Paper, paperOf } from '../paper.js';
import type { Scenario } from '../scenario.js';
import { awareness100, awareness500 } from './awareness.js';
import { documents200 } from './documents.js';
import { fanOut10, fanOut100 } from './fan-out.js';
import { idle } from './idle.js';
import { joinPaper } from './join-paper.js';
import { kill } from './kill.js';
import { openDocuments } from './open-documents.js';
import { saved } from './saved.js';
import { slowReader } from './slow-reader.js';
import { soak } from './soak.js';
import { storm } from './storm.js';
import { transports } from './transports.js';
import { typing, typingMemory } from './typing.js';
import { unbounded10, unbounded100, unbounded500 } from './unbounded.js';
import { writers50, writers100 } from './writers.js';

export interface ScenarioOptions {
  /** A recorded editing trace to take for the paper; without one it is made from a seed. */
  readonly paperFile: string | undefined;
  readonly soakMs: number;
  /** Of the documents of `typing`, in blocks. */
  readonly typingBlocks?: readonly number[] | undefined;
  readonly typingMinutes?: number | undefined;
}

export function listScenarios({
  paperFile,
  soakMs,
  typingBlocks,
  typingMinutes,
}: ScenarioOptions): readonly Scenario[] {
  let made: Paper | null = null;
  const paper = (): Paper => {
    made ??= paperFile === undefined ? makePaper() : paperOf(readTrace(paperFile));
    return made;
  };
  return [
    fanOut100,
    fanOut10,
    writers50,
    writers100,
    documents200,
    unbounded10,
    unbounded100,
    unbounded500,
    awareness100,
    awareness500,
    idle,
    joinPaper(paper),
    openDocuments(paper),
    storm(paper),
    saved,
    slowReader,
    kill,
    transports,
    typing(typingBlocks),
    typingMemory(typingBlocks, typingMinutes),
    soak(soakMs),
  ];
}
