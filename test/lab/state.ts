import { existsSync, readFileSync, readlinkSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HostRecord } from './host.ts';
import type { Impairments } from './impairments.ts';
import type { FirstProcess } from './namespaces.ts';

/** Not the usual /tmp, which may be a tmpfs: Docker's layers want a file system that overlays can lie on. */
export const LABS = '/var/tmp/bramble-labs';

/** What is known of a lab beyond the life of the process that made it. */
export interface LabState {
  readonly name: string;
  /** Its addresses follow from it. */
  readonly index: number;
  readonly first: FirstProcess;
  /** Where that process id holds: a lab may have been made inside another machine's namespaces. */
  readonly pidNamespace: string;
  /** The program and its first arguments. */
  readonly program: readonly string[];
  /** Do a master and agents run on the hosts? */
  readonly hasCluster: boolean;
  readonly hosts: readonly HostRecord[];
  readonly impairments: Impairments;
}

/** @throws Error for a name that could not be part of a path or of a cgroup */
export function folderOf(name: string): string {
  if (!/^[a-z0-9][-a-z0-9]{0,30}$/.test(name))
    throw new Error(`'${name}' is no name for a lab: lower-case letters, digits and '-'`);
  return join(LABS, name);
}

export function readState(name: string): LabState | undefined {
  const file = join(folderOf(name), 'lab.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as LabState) : undefined;
}

export function writeState(state: LabState): void {
  const file = join(folderOf(state.name), 'lab.json');
  writeFileSync(`${file}.new`, JSON.stringify(state, null, 2));
  renameSync(`${file}.new`, file);
}

/** The process namespace that we are in. */
export function ownPidNamespace(): string {
  return readlinkSync('/proc/self/ns/pid');
}
