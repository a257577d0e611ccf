import { expect, test, vi } from 'vitest';
import { Events } from './events.js';

test('a listener that throws keeps no other from hearing, and is heard of', async () => {
  const thrown: unknown[] = [];
  const report = vi.spyOn(globalThis, 'queueMicrotask').mockImplementation((task) => {
    try {
      task();
    } catch (error) {
      thrown.push(error);
    }
  });
  const events = new Events<{ rang: (times: number) => void }>();
  const heard: number[] = [];
  events.on('rang', () => {
    throw new Error('bug');
  });
  events.on('rang', (times) => heard.push(times));
  events.emit('rang', [2]);
  report.mockRestore();
  expect(heard).toEqual([2]);
  expect(String(thrown)).toBe('Error: bug');
});

test('a listener may be removed, heard once only, or added while it rings', () => {
  const events = new Events<{ rang: () => void }>();
  const heard: string[] = [];
  const removed = events.on('rang', () => heard.push('removed'));
  events.off('rang', removed);
  events.once('rang', () => heard.push('once'));
  events.on('rang', () => {
    heard.push('on');
    events.on('rang', () => heard.push('late'));
  });
  events.emit('rang', []);
  expect(heard).toEqual(['once', 'on']);
  events.emit('rang', []);
  expect(heard).toEqual(['once', 'on', 'on', 'late']);
  events.destroy();
  events.emit('rang', []);
  expect(heard).toHaveLength(4);
});
