import { validate } from 'node-cron';
import type { Millis } from '../lib/clock.ts';
import { ConfigProblems, type HostPort, parseHostPort, type RawOptions } from '../lib/config-check.ts';
import { type Cidr, cidrContains, cidrsOverlap, formatIpv4, parseCidr, parseIpv4 } from '../lib/ipv4.ts';
import { LOG_LEVELS, type LogLevel } from '../lib/logger.ts';
import type { BackupSchedule } from './backup/schedule.ts';

/** What a master runs with: checked, complete and never changed. */
export interface MasterConfig {
  readonly dataDir: string;
  readonly logLevel: LogLevel;
  /** Where the Kubernetes API listens. */
  readonly listen: HostPort;
  /** Where agents dial in. */
  readonly grpcListen: HostPort;
  /** The address that nodes and pods reach the master at. */
  readonly advertiseAddress: string;
  readonly clusterCidr: Cidr;
  readonly serviceCidr: Cidr;
  readonly clusterDns: string;
  readonly clusterDomain: string;
  readonly serviceNodePortRange: { readonly first: number; readonly last: number };
  readonly defaultTolerationSeconds: number;
  /** Silence that long makes a node's state unknown; agents beat at 0.3 of it. */
  readonly nodeMonitorGracePeriodMs: Millis;
  /** Of Docker Hub: where the scheduler asks first what an image was built for. */
  readonly registryMirrors: readonly string[];
  /** undefined: no backups by themselves. */
  readonly backup: BackupSchedule | undefined;
}

export const MASTER_DEFAULTS = {
  'data-dir': '/var/lib/bramble',
  'log-level': 'info',
  listen: '0.0.0.0:6443',
  'grpc-listen': '0.0.0.0:6444',
  'cluster-cidr': '10.42.0.0/16',
  'service-cidr': '10.43.0.0/16',
  'cluster-dns': '10.43.0.10',
  'cluster-domain': 'cluster.local',
  'service-node-port-range': '30000-32767',
  datastore: 'sqlite',
  'default-toleration-seconds': '10',
  'node-monitor-grace-period': '10s',
  'registry-mirror': '',
  'backup-schedule': '',
  'backup-folder': '/var/lib/bramble/backups',
  'backup-passphrase-file': '/etc/bramble/passphrase',
  'backup-keep': '7',
} as const;

/**
 * Checks flags over file over defaults.
 * @param hostAddress used as --advertise-address when none is given.
 * @throws ConfigError that lists every bad key.
 */
export function parseMasterConfig(flags: RawOptions, file: RawOptions, hostAddress: string): MasterConfig {
  const raw = { ...MASTER_DEFAULTS, 'advertise-address': hostAddress, ...file, ...flags };
  const problems = new ConfigProblems();
  for (const key of Object.keys(file)) if (!(key in raw) || !KNOWN.has(key)) problems.add(key, 'there is no such key');
  const text = (key: keyof typeof raw) => String(raw[key]);
  const checked = <T>(key: keyof typeof raw, value: T | undefined, wanted: string, fallback: T): T => {
    if (value === undefined) problems.add(key, `must be ${wanted}, not "${text(key)}"`);
    return value ?? fallback;
  };
  const none: Cidr = { text: '', base: 0, size: 0 };
  const config: MasterConfig = {
    dataDir: text('data-dir'),
    logLevel: checked(
      'log-level',
      LOG_LEVELS.find((level) => level === text('log-level')),
      `one of ${LOG_LEVELS.join(', ')}`,
      'info',
    ),
    listen: checked('listen', parseHostPort(text('listen')), 'ADDRESS:PORT', { host: '', port: 0 }),
    grpcListen: checked('grpc-listen', parseHostPort(text('grpc-listen')), 'ADDRESS:PORT', { host: '', port: 0 }),
    advertiseAddress: checked(
      'advertise-address',
      ipv4(text('advertise-address')),
      'an IPv4 address of this machine',
      '',
    ),
    clusterCidr: checked('cluster-cidr', parseCidr(text('cluster-cidr')), 'a network like 10.42.0.0/16', none),
    serviceCidr: checked('service-cidr', parseCidr(text('service-cidr')), 'a network like 10.43.0.0/16', none),
    clusterDns: checked('cluster-dns', ipv4(text('cluster-dns')), 'an IPv4 address', ''),
    clusterDomain: checked('cluster-domain', domain(text('cluster-domain')), 'a domain name', ''),
    serviceNodePortRange: checked('service-node-port-range', portRange(text('service-node-port-range')), 'FIRST-LAST', {
      first: 0,
      last: 0,
    }),
    defaultTolerationSeconds: checked(
      'default-toleration-seconds',
      wholeNumber(text('default-toleration-seconds')),
      'whole seconds',
      0,
    ),
    registryMirrors: checked(
      'registry-mirror',
      mirrors(text('registry-mirror')),
      'http:// or https:// and a host, several with commas between them',
      [],
    ),
    nodeMonitorGracePeriodMs: checked(
      'node-monitor-grace-period',
      gracePeriod(text('node-monitor-grace-period')),
      'a time from 2s to 1h, like 10s',
      10_000,
    ),
    backup:
      text('backup-schedule') === ''
        ? undefined
        : {
            cron: checked(
              'backup-schedule',
              validate(text('backup-schedule')) ? text('backup-schedule') : undefined,
              'minute, hour, day of month, month, day of week: "0 3 * * *"',
              '',
            ),
            folder: text('backup-folder'),
            passphraseFile: text('backup-passphrase-file'),
            keep: checked('backup-keep', wholeNumber(text('backup-keep')) || undefined, 'a number from 1', 1),
          },
  };
  if (text('datastore') !== 'sqlite') problems.add('datastore', 'only "sqlite" is served by this version');
  problems.throwIfAny();
  if (!cidrContains(config.serviceCidr, parseIpv4(config.clusterDns) ?? 0)) {
    problems.add('cluster-dns', `must lie within --service-cidr ${config.serviceCidr.text}`);
  }
  if (cidrsOverlap(config.clusterCidr, config.serviceCidr))
    problems.add('cluster-cidr', 'must not overlap --service-cidr');
  problems.throwIfAny();
  return Object.freeze(config);
}

const KNOWN: ReadonlySet<string> = new Set([...Object.keys(MASTER_DEFAULTS), 'advertise-address']);

/** The Service `kubernetes` has the first address of the Service network. */
export function kubernetesServiceIp(config: MasterConfig): string {
  return formatIpv4(config.serviceCidr.base + 1);
}

function ipv4(text: string): string | undefined {
  return parseIpv4(text) === undefined ? undefined : text;
}

function domain(text: string): string | undefined {
  return /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(text) ? text : undefined;
}

function mirrors(text: string): string[] | undefined {
  const list = text.split(',').map((url) => url.trim());
  if (text.trim() === '') return [];
  const isMirror = (url: string) => /^https?:\/\//.test(url) && URL.canParse(url);
  return list.every(isMirror) ? list : undefined;
}

function wholeNumber(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

const UNIT_MS: Readonly<Record<string, Millis>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** `10s`, `2500ms`, `1m30s`. Below 2 s a busy machine would look lost. */
function gracePeriod(text: string): Millis | undefined {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  if (parts.map(([part]) => part).join('') !== text) return undefined;
  const ms = parts.reduce((sum, [, value, unit = '']) => sum + Number(value) * (UNIT_MS[unit] ?? 0), 0);
  return ms >= 2_000 && ms <= 3_600_000 ? ms : undefined;
}

function portRange(text: string): { first: number; last: number } | undefined {
  const match = /^(\d{1,5})-(\d{1,5})$/.exec(text);
  const [first, last] = [Number(match?.[1]), Number(match?.[2])];
  return match && first > 0 && first <= last && last <= 65_535 ? { first, last } : undefined;
}
