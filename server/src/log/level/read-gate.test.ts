import { expect, test } from 'vitest';
import { ReadGate } from './read-gate.js';

function step(): { promise: Promise<void>; done: () => void } {
  let done = (): void => undefined;
  const promise = new Promise<void>((resolve) => {
    done = resolve;
  });
  return { promise, done };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('readers share, a move is alone, and readers who come later wait for it', async () => {
  const gate = new ReadGate();
  const happened: string[] = [];
  const steps = { first: step(), second: step(), move: step() };
  const read = (name: string, until: Promise<void>): Promise<void> =>
    gate.read(async () => {
      happened.push(`${name} begins`);
      await until;
      happened.push(`${name} ends`);
    });
  const all = [read('first', steps.first.promise), read('second', steps.second.promise)];
  all.push(
    gate.alone(async () => {
      happened.push('move begins');
      await steps.move.promise;
      happened.push('move ends');
    }),
  );
  all.push(read('third', Promise.resolve()));
  await settle();
  steps.second.done();
  await settle();
  expect(happened).toEqual(['first begins', 'second begins', 'second ends']);
  steps.first.done();
  await settle();
  expect(happened.slice(3)).toEqual(['first ends', 'move begins']);
  steps.move.done();
  await Promise.all(all);
  expect(happened.slice(5)).toEqual(['move ends', 'third begins', 'third ends']);
});

test('a failed reader and a failed move let the others on', async () => {
  const gate = new ReadGate();
  const fail = async (): Promise<void> => {
    throw new Error('failed');
  };
  const results = await Promise.allSettled([
    gate.read(fail),
    gate.alone(fail),
    gate.alone(async () => undefined),
    gate.read(async () => undefined),
  ]);
  expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected', 'fulfilled', 'fulfilled']);
});

test('whoever is alone and waits lets readers in meanwhile, and moves once they have left', async () => {
  const gate = new ReadGate();
  const happened: string[] = [];
  const steps = { pause: step(), reader: step() };
  const move = gate.alone(async () => {
    await gate.interlude(() => steps.pause.promise);
    happened.push('moved');
  });
  await settle();
  const early = gate.read(async () => {
    happened.push('early begins');
    await steps.reader.promise;
    happened.push('early ends');
  });
  await settle();
  steps.pause.done();
  await settle();
  const late = gate.read(async () => void happened.push('late'));
  await settle();
  expect(happened).toEqual(['early begins']);
  steps.reader.done();
  await Promise.all([move, early, late]);
  expect(happened).toEqual(['early begins', 'early ends', 'moved', 'late']);
});

test('a pause while somebody waits to be alone changes nothing for them', async () => {
  const gate = new ReadGate();
  const happened: string[] = [];
  const steps = { reader: step(), pause: step() };
  const reader = gate.read(() => steps.reader.promise);
  const move = gate.alone(async () => void happened.push('moved'));
  await settle();
  const pause = gate.interlude(() => steps.pause.promise);
  const late = gate.read(async () => void happened.push('late'));
  steps.pause.done();
  await pause;
  steps.reader.done();
  await Promise.all([reader, move, late]);
  expect(happened).toEqual(['moved', 'late']);
});
