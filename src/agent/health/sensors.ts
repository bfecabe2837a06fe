import { glob, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Heat, Readings } from './judge-health.ts';

/** Bits of the Raspberry Pi's get_throttled. Source: its documentation, vcgencmd. */
const UNDER_VOLTAGE = 0x1;
const THROTTLED = 0x4;
const SOFT_TEMPERATURE_LIMIT = 0x8;
/** Trip points lower than this are for fans, or nonsense of a firmware. */
const MIN_TRIP_MILLICELSIUS = 60_000;

/** Files of one machine; found once, since looking for them takes longer than reading them. */
interface SensorFiles {
  readonly voltageAlarms: readonly string[];
  readonly throttled: readonly string[];
  readonly coolers: readonly string[];
  readonly zones: readonly { readonly temperature: string; readonly limit: number }[];
  readonly counters: readonly string[];
}

/** Sensors of power and heat: files of the kernel below /sys. */
export class Sensors {
  readonly #root: string;
  #files: SensorFiles | undefined;

  /** @param root `/sys`; a folder of made-up sensors in tests */
  constructor(root: string) {
    this.#root = root;
  }

  async read(): Promise<Omit<Readings, 'disk'>> {
    this.#files ??= await findSensors(this.#root);
    const { voltageAlarms, throttled } = this.#files;
    const bits = (await Promise.all(throttled.map((path) => text(path)))).map((hex) => Number.parseInt(hex, 16) || 0);
    const alarms = await Promise.all(voltageAlarms.map((path) => number(path)));
    const hasVoltage = alarms.length + bits.length > 0;
    return {
      isUnderVoltage: hasVoltage
        ? alarms.some((alarm) => alarm === 1) || bits.some((each) => (each & UNDER_VOLTAGE) !== 0)
        : undefined,
      heat: await readHeat(this.#files, bits),
    };
  }
}

async function readHeat({ coolers, zones, counters }: SensorFiles, bits: readonly number[]): Promise<Heat | undefined> {
  if (coolers.length + zones.length + counters.length + bits.length === 0) return undefined;
  const states = await Promise.all(coolers.map((path) => number(path)));
  const hot = await Promise.all(zones.map(async ({ temperature, limit }) => (await number(temperature)) >= limit));
  const counts = await Promise.all(counters.map((path) => number(path)));
  // A Pi is throttled for lack of voltage too: that has its own condition.
  const isFirmware = bits.some(
    (each) => (each & SOFT_TEMPERATURE_LIMIT) !== 0 || (each & (THROTTLED | UNDER_VOLTAGE)) === THROTTLED,
  );
  const isThrottled = isFirmware || states.some((state) => state > 0) || hot.includes(true);
  return { isThrottled, count: counts.reduce((sum, count) => sum + count, 0) };
}

async function findSensors(root: string): Promise<SensorFiles> {
  const all = async (pattern: string) => (await Array.fromAsync(glob(join(root, pattern)))).sort();
  const named = async (pattern: string, file: string, name: RegExp) => {
    const found = await all(pattern);
    const names = await Promise.all(found.map((path) => text(path)));
    return found.filter((_, index) => name.test(names[index] ?? '')).map((path) => join(dirname(path), file));
  };
  const voltageAlarms = await named('class/hwmon/hwmon*/name', 'in0_lcrit_alarm', /^rpi_volt$/);
  return {
    voltageAlarms,
    // The same of older kernels; newer ones complain in their log when it is read.
    throttled: voltageAlarms.length > 0 ? [] : await all('devices/platform/soc*/soc*firmware/get_throttled'),
    coolers: await named('class/thermal/cooling_device*/type', 'cur_state', /^(cpufreq|thermal-cpufreq|Processor)/),
    zones: await findZones(await all('class/thermal/thermal_zone*/temp')),
    counters: await all('devices/system/cpu/cpu*/thermal_throttle/{core,package}_throttle_count'),
  };
}

/** Thermal zones with the lowest temperature at which the kernel acts against heat by itself. */
async function findZones(temperatures: readonly string[]): Promise<SensorFiles['zones']> {
  const zones = await Promise.all(
    temperatures.map(async (temperature) => {
      const types = (await Array.fromAsync(glob(join(dirname(temperature), 'trip_point_*_type')))).sort();
      const limits = await Promise.all(
        types.map(async (path) =>
          /^(passive|hot|critical)$/.test(await text(path)) ? number(path.replace(/type$/, 'temp')) : 0,
        ),
      );
      return { temperature, limit: Math.min(...limits.filter((limit) => limit >= MIN_TRIP_MILLICELSIUS)) };
    }),
  );
  return zones.filter(({ limit }) => Number.isFinite(limit));
}

async function number(path: string): Promise<number> {
  return Number(await text(path)) || 0;
}

/** '' for what cannot be read: a sensor that sleeps answers with an error. */
async function text(path: string): Promise<string> {
  return (await readFile(path, 'utf8').catch(() => '')).trim();
}
