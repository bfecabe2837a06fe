import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Clock ticks a second in /proc/PID/stat: 100 on every architecture that Linux runs Node.js on. */
const TICKS_PER_SECOND = 100;

/** User and system time that the process has used so far, in seconds. Source: proc(5), fields 14 and 15 of stat. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

export function rssMegabytes(pid: number): number {
  return fieldOf(`/proc/${pid}/status`, 'VmRSS') / 1024;
}

/** The part of RSS that no other process shares: without the pages of Node.js' own file. */
export function ownMegabytes(pid: number): number {
  return fieldOf(`/proc/${pid}/status`, 'RssAnon') / 1024;
}

/** Bytes that the process caused to be sent to a disk so far. Source: proc(5), io. */
export function writtenBytes(pid: number): number {
  return fieldOf(`/proc/${pid}/io`, 'write_bytes');
}

function fieldOf(file: string, name: string): number {
  const found = new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(readFileSync(file, 'utf8'))?.[1];
  if (found === undefined) throw new Error(`${file} has no ${name}`);
  return Number(found);
}

/** Counts a process's fsync and fdatasync calls for so long. Tracing slows the process: never beside another measurement. */
export async function countSyncs(pid: number, seconds: number): Promise<number> {
  const child = spawn('strace', ['-f', '-qq', '-e', 'trace=fsync,fdatasync', '-p', String(pid)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const chunks: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = once(child, 'close');
  await Promise.race([sleep(seconds * 1000), ended]);
  child.kill('SIGINT');
  await ended;
  const text = Buffer.concat(chunks).toString();
  if (/strace: /.test(text)) throw new Error(`strace can't follow process ${pid}: ${text.trim()}`);
  // A call that was interrupted in the output shows twice; its second half says "resumed".
  return text.split('\n').filter((line) => /\bf(data)?sync\(/.test(line)).length;
}
