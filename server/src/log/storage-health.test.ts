import { expect, test } from 'vitest';
import { StorageReports, type StorageState } from './storage-health.js';

test('the worst of what was said counts, and who listens hears each change once', () => {
  const health = new StorageReports<'log' | 'disk'>();
  const heard: StorageState[] = [];
  const unsubscribe = health.subscribe((state) => heard.push(state));
  health.report('log', 'ok');
  health.report('disk', 'full');
  health.report('log', 'failing');
  health.report('disk', 'ok');
  health.report('log', 'full');
  health.report('log', 'ok');
  expect(heard).toEqual(['full', 'failing', 'full', 'ok']);
  unsubscribe();
  health.report('disk', 'full');
  expect([heard.length, health.state]).toEqual([4, 'full']);
});
