import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { CLIENT, FIRST_NODE, GATEWAY, type LabAddresses, type Lan, MASTER, REGISTRY_PORT } from './addresses.ts';
import { daemonJson, type EngineFacts } from './engine.ts';
import type { HostRecord } from './host.ts';

export interface NodeOptions {
  /** `n1`, `n2` and on when left out. */
  readonly name?: string;
  /** `far`: behind a router. */
  readonly lan?: Lan;
  /** What the node says of itself; its containers run on this machine's architecture all the same. */
  readonly pretendedArchitecture?: 'amd64' | 'arm64';
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
  /** Do containers outlive their engine? Yes when left out. */
  readonly liveRestore?: boolean;
}

/** A host to be, and its files below /etc. */
export interface HostPlan {
  readonly record: HostRecord;
  files(place: { readonly folder: string; readonly cgroupParent: string }): Readonly<Record<string, string>>;
}

/** What hosts a lab has and how they are set up. */
export function planHosts(options: LabOptions, networks: LabAddresses): HostPlan[] {
  const { nodes = 3, masterFlags = [], agentFlags = [], liveRestore = true } = options;
  const wanted: readonly NodeOptions[] = typeof nodes === 'number' ? Array.from({ length: nodes }, () => ({})) : nodes;
  const at = (lan: Lan, byte: number) => ({ lan, byte, address: `${networks[lan]}.${byte}` });
  const mirror = `--registry-mirror=http://${networks.near}.${GATEWAY}:${REGISTRY_PORT}`;
  const records: HostRecord[] = [
    { name: 'master', role: 'master', ...at('near', MASTER), flags: [mirror, ...masterFlags], env: {} },
    ...wanted.map(
      (node, index): HostRecord => ({
        name: node.name ?? `n${index + 1}`,
        role: 'node',
        ...at(node.lan ?? 'near', FIRST_NODE + index),
        flags: [...agentFlags, ...(node.flags ?? [])],
        env: pretence(node.pretendedArchitecture),
      }),
    ),
    { name: 'client', role: 'client', ...at('near', CLIENT), flags: [], env: {} },
  ];
  const names = records.map(({ name, address }) => `${address} ${name}\n`).join('');
  return records.map((record) => {
    const gateway = `${networks[record.lan]}.${GATEWAY}`;
    return { record, files: (place) => filesOf(record, { ...place, gateway, names, liveRestore }) };
  });
}

/** Environment that makes an agent take its machine for another. Node.js has names of its own. */
function pretence(architecture: NodeOptions['pretendedArchitecture']): Record<string, string> {
  if (!architecture) return {};
  const preloaded = join(import.meta.dirname, 'pretend-architecture-child.ts');
  return { NODE_OPTIONS: `--import=${preloaded}`, LAB_PRETENDED_ARCH: architecture === 'amd64' ? 'x64' : architecture };
}

function filesOf({ name, role }: HostRecord, facts: EngineFacts & { readonly names: string }): Record<string, string> {
  return {
    hostname: `${name}\n`,
    hosts: `127.0.0.1 localhost\n${facts.names}`,
    'resolv.conf': `nameserver ${facts.gateway}\n`,
    'machine-id': `${randomBytes(16).toString('hex')}\n`,
    ...(role === 'node' ? { 'docker/daemon.json': daemonJson(facts) } : {}),
  };
}
