import { parseQuantity, wholeValue } from '../api/meta/quantity.ts';
import type { ConfigProblems, RawOptions } from '../lib/config-check.ts';
import { DEFAULT_HARD, parseSoftThresholds, parseThresholds, type Threshold } from './eviction/thresholds.ts';
import type { ImageGcPolicy } from './images/image-gc.ts';
import { parseGoDuration } from './pods/go-duration.ts';
import { parseReserved, type Reserved } from './stats/reserved.ts';

/** kubelet's flags about what a node may use, under kubelet's names. */
export interface NodeLifeConfig {
  /** Hard ones and soft ones. */
  readonly thresholds: readonly Threshold[];
  readonly transitionMs: number;
  readonly maxGraceSeconds: number;
  /** undefined: our own default, which looks at the size of the machine. */
  readonly reserved: Reserved | undefined;
  readonly imageGc: ImageGcPolicy;
  /** A folder in place of /sys for sensors of power and heat: tests alone give one. */
  readonly fakeSensors: string | undefined;
  readonly logMaxBytes: number;
  readonly logMaxFiles: number;
}

/** Defaults are kubelet's but for the transition period: docs/adr/0006 says why. */
export const NODE_LIFE_DEFAULTS = {
  'eviction-hard': DEFAULT_HARD,
  'eviction-pressure-transition-period': '30s',
  'eviction-max-pod-grace-period': '0',
  'image-gc-high-threshold': '85',
  'image-gc-low-threshold': '80',
  'minimum-image-ttl-duration': '2m',
  'image-maximum-gc-age': '0',
  'container-log-max-size': '10Mi',
  'container-log-max-files': '5',
} as const;

/** Those that are off unless given. */
export const NODE_LIFE_OPTIONAL = [
  'eviction-soft',
  'eviction-soft-grace-period',
  'system-reserved',
  'kube-reserved',
  'fake-sensors',
] as const;

/** Checks these flags; what is wrong goes to `problems`. */
export function parseNodeLife(raw: RawOptions, problems: ConfigProblems): NodeLifeConfig {
  const text = (key: string) => String(raw[key] ?? '');
  const checked: Checked = (key, instead, parse) => {
    try {
      const value = parse(text(key));
      if (value !== undefined) return value;
      problems.add(key, `"${text(key)}" is not what it takes: see --help`);
    } catch (error) {
      problems.add(key, error instanceof Error ? error.message : String(error));
    }
    return instead;
  };
  const grace = text('eviction-soft-grace-period');
  const hard = checked('eviction-hard', [], parseThresholds);
  const soft = checked('eviction-soft', [], (value) => parseSoftThresholds(value, grace));
  const isReserved = raw['system-reserved'] !== undefined || raw['kube-reserved'] !== undefined;
  const system = checked('system-reserved', {}, parseReserved);
  const kube = checked('kube-reserved', {}, parseReserved);
  return {
    thresholds: [...hard, ...soft],
    transitionMs: checked('eviction-pressure-transition-period', 0, parseGoDuration),
    maxGraceSeconds: checked('eviction-max-pod-grace-period', 0, (value) => wholeNumber(value, 0)),
    reserved: isReserved ? sumOf(system, kube) : undefined,
    fakeSensors: raw['fake-sensors'] === undefined ? undefined : text('fake-sensors'),
    imageGc: parseImageGc(checked, problems),
    logMaxBytes: checked('container-log-max-size', 0, (value) => atLeast(wholeValue(parseQuantity(value)), 1024)),
    // kubelet wants two or more as well: with one, the log is empty right after it is turned over.
    logMaxFiles: checked('container-log-max-files', 0, (value) => wholeNumber(value, 2)),
  };
}

type Checked = <T>(key: string, instead: T, parse: (value: string) => T | undefined) => T;

function parseImageGc(checked: Checked, problems: ConfigProblems): ImageGcPolicy {
  const percent = (key: string, instead: number) =>
    checked(key, instead, (value) => {
      const number = wholeNumber(value, 0);
      return number !== undefined && number <= 100 ? number : undefined;
    });
  const highPercent = percent('image-gc-high-threshold', 85);
  const lowPercent = percent('image-gc-low-threshold', 80);
  if (lowPercent >= highPercent) problems.add('image-gc-low-threshold', 'must be less than --image-gc-high-threshold');
  return {
    highPercent,
    lowPercent,
    minAgeMs: checked('minimum-image-ttl-duration', 0, parseGoDuration),
    maxAgeMs: checked('image-maximum-gc-age', 0, parseGoDuration),
  };
}

function wholeNumber(text: string, least: number): number | undefined {
  return /^\d+$/.test(text) ? atLeast(Number(text), least) : undefined;
}

function atLeast(value: number, least: number): number | undefined {
  return value >= least ? value : undefined;
}

function sumOf(a: Reserved, b: Reserved): Reserved {
  const names = new Set([...Object.keys(a), ...Object.keys(b)] as (keyof Reserved)[]);
  return Object.fromEntries([...names].map((name) => [name, (a[name] ?? 0) + (b[name] ?? 0)]));
}
