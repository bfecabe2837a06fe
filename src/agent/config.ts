import { hostname } from 'node:os';
import { ConfigProblems, type HostPort, parseHostPort, type RawOptions } from '../lib/config-check.ts';
import { parseIpv4 } from '../lib/ipv4.ts';
import { LOG_LEVELS, type LogLevel } from '../lib/logger.ts';
import { NODE_LIFE_DEFAULTS, NODE_LIFE_OPTIONAL, type NodeLifeConfig, parseNodeLife } from './node-life-config.ts';

/** What an agent runs with: checked, complete and never changed. The token is kept apart (AgentSecrets). */
export interface AgentConfig {
  readonly dataDir: string;
  readonly logLevel: LogLevel;
  readonly masters: readonly HostPort[];
  readonly nodeName: string;
  /** Somebody chose the name; else it is the host name, and the name that the node joined under counts. */
  readonly isNodeNameGiven: boolean;
  /** undefined: the address this machine uses towards the master. */
  readonly nodeIp: string | undefined;
  readonly dockerHost: string;
  readonly nodeLabels: Readonly<Record<string, string>>;
  /** undefined: the built-in one, loaded into the engine when missing. */
  readonly pauseImage: string | undefined;
  /** Link name of the pods' bridge; names of the Docker network and of the firewall chains are made from it. */
  readonly bridge: string;
  /** Ports of the node that Ingresses are served on; 0: not on this one. */
  readonly ingressHttpPort: number;
  readonly ingressHttpsPort: number;
  readonly nodeLife: NodeLifeConfig;
}

export const AGENT_DEFAULTS = {
  'data-dir': '/var/lib/bramble',
  'log-level': 'info',
  master: '127.0.0.1:6444',
  'docker-host': 'unix:///var/run/docker.sock',
  bridge: 'bramble0',
  'ingress-http-port': '80',
  'ingress-https-port': '443',
  ...NODE_LIFE_DEFAULTS,
} as const;

const KNOWN: ReadonlySet<string> = new Set([
  ...Object.keys(AGENT_DEFAULTS),
  'node-name',
  'node-ip',
  'node-label',
  'pause-image',
  'token',
  'token-file',
  ...NODE_LIFE_OPTIONAL,
]);

/** Checks flags over file over defaults. @throws ConfigError that lists every bad key. */
export function parseAgentConfig(flags: RawOptions, file: RawOptions): AgentConfig {
  const raw: RawOptions = { ...AGENT_DEFAULTS, 'node-name': hostname().toLowerCase(), ...file, ...flags };
  const problems = new ConfigProblems();
  for (const key of Object.keys(file)) if (!KNOWN.has(key)) problems.add(key, 'there is no such key');
  const level = LOG_LEVELS.find((candidate) => candidate === raw['log-level']);
  if (!level) problems.add('log-level', `must be one of ${LOG_LEVELS.join(', ')}`);
  const masters = listOf(raw.master).map((text) => parseHostPort(text));
  if (masters.length === 0 || masters.includes(undefined))
    problems.add('master', 'must be HOST:PORT (several allowed)');
  const nodeName = String(raw['node-name']);
  if (!/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(nodeName) || nodeName.length > 253) {
    problems.add('node-name', `"${nodeName}" must be lower-case letters, digits, '-' and '.': give another one`);
  }
  const nodeIp = raw['node-ip'] === undefined ? undefined : String(raw['node-ip']);
  if (nodeIp !== undefined && parseIpv4(nodeIp) === undefined) problems.add('node-ip', 'must be an IPv4 address');
  const dockerHost = String(raw['docker-host']);
  if (!/^(unix:\/\/\/|tcp:\/\/)/.test(dockerHost)) problems.add('docker-host', 'must begin with unix:/// or tcp://');
  const bridge = String(raw.bridge);
  if (!/^[a-z][a-z0-9]{0,13}\d$/.test(bridge))
    problems.add('bridge', 'must be 2 to 15 lower-case letters and digits, a digit last');
  const nodeLabels: Record<string, string> = {};
  for (const label of listOf(raw['node-label'])) {
    const [key = '', value] = label.split('=');
    if (!key || value === undefined) problems.add('node-label', `"${label}" must be KEY=VALUE`);
    else nodeLabels[key] = value;
  }
  const [ingressHttpPort, ingressHttpsPort] = parseIngressPorts(raw, problems);
  const nodeLife = parseNodeLife(raw, problems);
  problems.throwIfAny();
  return Object.freeze({
    dataDir: String(raw['data-dir']),
    logLevel: level ?? 'info',
    masters: masters.filter((master) => master !== undefined),
    nodeName,
    isNodeNameGiven: 'node-name' in file || 'node-name' in flags,
    nodeIp,
    dockerHost,
    nodeLabels,
    pauseImage: raw['pause-image'] === undefined ? undefined : String(raw['pause-image']),
    bridge,
    ingressHttpPort,
    ingressHttpsPort,
    nodeLife,
  });
}

function parseIngressPorts(raw: RawOptions, problems: ConfigProblems): [number, number] {
  const [http, https] = (['ingress-http-port', 'ingress-https-port'] as const).map((key) => {
    const text = String(raw[key]);
    if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
    problems.add(key, `"${text}" must be a port number, or 0 to serve no Ingress there`);
    return 0;
  });
  if (http && http === https) problems.add('ingress-https-port', 'must be another one than --ingress-http-port');
  return [http ?? 0, https ?? 0];
}

/** A flag that may be repeated, or a list in the file; absent is empty. */
function listOf(value: unknown): string[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value.map(String) : [String(value)];
}

/** What the agent's things are called in Docker and in the firewall: `bramble0` gives network `bramble` and chains `BRAMBLE-...`. */
export function namesOf(bridge: string): {
  readonly network: string;
  readonly chainPrefix: string;
  readonly owner: string;
} {
  const network = bridge.replace(/\d+$/, '');
  return { network, chainPrefix: network.toUpperCase(), owner: bridge };
}
