import { randomBytes } from 'node:crypto';
import { CLIENT, FIRST_NODE, GATEWAY, type LabAddresses, type Lan, MASTER } from './addresses.ts';
import { daemonJson } from './engine.ts';
import type { HostRecord } from './host.ts';

export interface NodeOptions {
  /** `n1`, `n2` and on when left out. */
  readonly name?: string;
  /** `far`: behind a router. */
  readonly lan?: Lan;
  /** A label in the real one's place; its containers run on this machine's architecture all the same. */
  readonly pretendedArchitecture?: string;
  /** More flags of its agent. */
  readonly flags?: readonly string[];
}

export interface LabOptions {
  readonly name: string;
  /** Three when left out. */
  readonly nodes?: number | readonly NodeOptions[];
  readonly masterFlags?: readonly string[];
  /** For every node. */
  readonly agentFlags?: readonly string[];
  /** false: machines with Docker and nothing of ours. */
  readonly cluster?: boolean;
}

/** A host to be, and its files below /etc. */
export interface HostPlan {
  readonly record: HostRecord;
  files(place: { readonly folder: string; readonly cgroupParent: string }): Readonly<Record<string, string>>;
}

/** What hosts a lab has and how they are set up. */
export function planHosts(options: LabOptions, networks: LabAddresses): HostPlan[] {
  const { nodes = 3, masterFlags = [], agentFlags = [] } = options;
  const wanted: readonly NodeOptions[] = typeof nodes === 'number' ? Array.from({ length: nodes }, () => ({})) : nodes;
  const at = (lan: Lan, byte: number) => ({ lan, byte, address: `${networks[lan]}.${byte}` });
  const records: HostRecord[] = [
    { name: 'master', role: 'master', ...at('near', MASTER), flags: masterFlags },
    ...wanted.map((node, index): HostRecord => {
      const label = node.pretendedArchitecture ? [`--node-label=kubernetes.io/arch=${node.pretendedArchitecture}`] : [];
      return {
        name: node.name ?? `n${index + 1}`,
        role: 'node',
        ...at(node.lan ?? 'near', FIRST_NODE + index),
        flags: [...agentFlags, ...label, ...(node.flags ?? [])],
      };
    }),
    { name: 'client', role: 'client', ...at('near', CLIENT), flags: [] },
  ];
  const names = records.map(({ name, address }) => `${address} ${name}\n`).join('');
  return records.map((record) => ({
    record,
    files: (place) => filesOf(record, place, `${networks[record.lan]}.${GATEWAY}`, names),
  }));
}

function filesOf(
  record: HostRecord,
  place: { readonly folder: string; readonly cgroupParent: string },
  gateway: string,
  names: string,
): Record<string, string> {
  return {
    hostname: `${record.name}\n`,
    hosts: `127.0.0.1 localhost\n${names}`,
    'resolv.conf': `nameserver ${gateway}\n`,
    'machine-id': `${randomBytes(16).toString('hex')}\n`,
    ...(record.role === 'node' ? { 'docker/daemon.json': daemonJson({ ...place, gateway }) } : {}),
  };
}
