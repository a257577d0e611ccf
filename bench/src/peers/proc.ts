// What the system knows of processes and cores. Linux alone; read from /proc, so that nothing runs in what is measured.

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export const SERVER_CORE = 0;
export const LOAD_CORE = 1;

/** Time on a core of all threads that live, to the nanosecond. @param thread only of those with this name */
export function cpuMsOf(pid: number, thread?: string): number {
  let ns = 0;
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    try {
      if (thread !== undefined && readFileSync(`/proc/${pid}/task/${task}/comm`, 'utf8').trim() !== thread) continue;
      ns += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ', 1)[0]);
    } catch (error) {
      // A thread may end while the list is read.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' && (error as NodeJS.ErrnoException).code !== 'ESRCH')
        throw error;
    }
  }
  return ns / 1e6;
}

/** Pages it has to itself, and its part of those it shares. */
export function memoryBytesOf(pid: number): number {
  const kib = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1];
  return Number(kib) * 1024;
}

/** Every thread of this process, and those to come, run on that core. */
export function pinThisProcess(core: number): void {
  execFileSync('taskset', ['-acp', String(core), String(process.pid)]);
}

/** @returns how many cores were at work on average, over a second */
export async function busyCores(): Promise<number> {
  const before = coreTimes();
  await sleep(1000);
  const after = coreTimes();
  const total = after.total - before.total;
  return ((total - (after.idle - before.idle)) / total) * after.cores;
}

function coreTimes(): { readonly total: number; readonly idle: number; readonly cores: number } {
  const lines = readFileSync('/proc/stat', 'utf8').split('\n');
  const fields = lines[0]!.trim().split(/\s+/).slice(1, 9).map(Number);
  const cores = lines.filter((line) => /^cpu\d/.test(line)).length;
  // Idle, and idle while a disk works.
  return { total: fields.reduce((sum, field) => sum + field, 0), idle: fields[3]! + fields[4]!, cores };
}
