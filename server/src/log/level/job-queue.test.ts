import { expect, test } from 'vitest';
import { JobQueue } from './job-queue.js';

test('jobs run one after the other, and one that fails takes no other with it', async () => {
  const queue = new JobQueue();
  const steps: string[] = [];
  const release: (() => void)[] = [];
  const job = (name: string, fails = false) =>
    queue.run(async () => {
      steps.push(`${name} begins`);
      await new Promise<void>((resolve) => release.push(resolve));
      steps.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    });
  const jobs = [job('first', true), job('second')] as const;
  const failed = expect(jobs[0]).rejects.toThrow('first');
  const ended = queue.ended();
  while (release.length === 0) await Promise.resolve();
  expect(steps).toEqual(['first begins']);
  release.shift()!();
  await failed;
  while (release.length === 0) await Promise.resolve();
  release.shift()!();
  await ended;
  expect(await jobs[1]).toBe('second');
  expect(steps).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
});

test('an urgent job goes before those that wait, not before the one under way', async () => {
  const queue = new JobQueue();
  const steps: string[] = [];
  const job = (name: string) => async (): Promise<void> => void steps.push(name);
  const first = queue.run(async () => {
    void queue.run(job('second'));
    void queue.runNext(job('urgent'));
    await Promise.resolve();
    steps.push('first');
  });
  await first;
  await queue.ended();
  expect(steps).toEqual(['first', 'urgent', 'second']);
});
