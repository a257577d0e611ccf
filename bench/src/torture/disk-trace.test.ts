import { expect, test } from 'vitest';
import { readDiskTrace } from './disk-trace.js';

const trace = `
12 1.000000 openat(AT_FDCWD</x>, "/data/store/000003.log", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 20</data/store/000003.log> <0.000100>
12 1.001000 write(20</data/store/000003.log>, ""..., 41 <unfinished ...>
13 1.002000 write(9<anon_inode:[eventfd]>, ""..., 8) = 8 <0.000010>
12 1.003000 <... write resumed>) = 41 <0.002000>
12 1.004000 fdatasync(20</data/store/000003.log> <unfinished ...>
13 1.005000 rename("/data/store/000001.dbtmp", "/data/store/CURRENT") = 0 <0.000100>
12 1.006000 <... fdatasync resumed>) = 0 <0.002000>
12 1.007000 fdatasync(20</data/store/000003.log>) = 0 (INJECTED) <0.000001>
12 1.008000 unlink("/data/gone") = -1 ENOENT (No such file or directory) <0.000001>
12 1.009000 openat(AT_FDCWD</x>, "/data/store/LOCK", O_RDWR|O_CREAT, 0644) = 19</data/store/LOCK> <0.000001>
12 1.010000 openat(AT_FDCWD</x>, "/elsewhere/file", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 21</elsewhere/file> <0.000001>
12 1.011000 pwrite64(22</data/mark>, ""..., 16, 32) = 16 <0.000001>
12 1.012000 unlink("/data/store/000003.log") = 0 <0.000001>
12 1.012500 fsync(23</data/mark>) = -1 EIO (Input/output error) (INJECTED) <0.000001>
12 1.012700 fsync(24</data>) = 0 <0.000001>
12 1.013000 fdatasync(20</data/store/000003.log> (deleted) <unfinished ...>
12 1.014000 +++ killed by SIGKILL +++
`;

test('what a process changed in a folder is read, and nothing else', () => {
  const events = readDiskTrace(trace, '/data').map(({ startMs, endMs, ...what }) => [
    Math.round(startMs),
    Math.round(endMs),
    what,
  ]);
  expect(events).toEqual([
    [1000, 1000, { kind: 'create', path: 'store/000003.log' }],
    [1001, 1003, { kind: 'write', path: 'store/000003.log', bytes: 41, offset: null }],
    [1004, 1006, { kind: 'sync', path: 'store/000003.log' }],
    [1005, 1005, { kind: 'rename', path: 'store/000001.dbtmp', to: 'store/CURRENT' }],
    [1011, 1011, { kind: 'write', path: 'mark', bytes: 16, offset: 32 }],
    [1012, 1012, { kind: 'unlink', path: 'store/000003.log' }],
    [1013, 1013, { kind: 'failed-sync', path: 'mark' }],
    [1013, 1013, { kind: 'sync', path: '' }],
  ]);
});

test('a change whose consequences nobody thought through is not passed over', () => {
  expect(() => readDiskTrace('1 1.000000 ftruncate(20</data/mark>, 0) = 0 <0.000001>', '/data')).toThrow('ftruncate');
  expect(readDiskTrace('1 1.000000 ftruncate(20</elsewhere>, 0) = 0 <0.000001>', '/data')).toEqual([]);
});
