import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Sensors } from '../../../src/agent/health/sensors.ts';

/** A folder of files as the kernel shows them; no machine here has all of these sensors. */
function fakeSensors(files: Readonly<Record<string, string | number>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'fake-sensors-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), `${content}\n`);
  }
  return folder;
}

const PI = { 'class/hwmon/hwmon0/name': 'cpu_thermal', 'class/hwmon/hwmon1/name': 'rpi_volt' };
const FIRMWARE = 'devices/platform/soc/soc:firmware/get_throttled';
const ZONE = 'class/thermal/thermal_zone0';
const TRIPS = {
  [`${ZONE}/trip_point_0_type`]: 'active',
  [`${ZONE}/trip_point_0_temp`]: 50_000,
  [`${ZONE}/trip_point_1_type`]: 'passive',
  [`${ZONE}/trip_point_1_temp`]: 80_000,
  [`${ZONE}/trip_point_2_type`]: 'critical',
  [`${ZONE}/trip_point_2_temp`]: 110_000,
};
const CPU = 'devices/system/cpu';

describe('sensors of power and heat', () => {
  const quiet = { isThrottled: false, count: 0 };
  const hot = { isThrottled: true, count: 0 };
  const cases: [string, Readonly<Record<string, string | number>>, unknown][] = [
    ['are none on a machine without', {}, { isUnderVoltage: undefined, heat: undefined }],
    [
      'tell the voltage of a Raspberry Pi by its alarm',
      { ...PI, 'class/hwmon/hwmon1/in0_lcrit_alarm': 1 },
      { isUnderVoltage: true, heat: undefined },
    ],
    [
      'tell that it is enough',
      { ...PI, 'class/hwmon/hwmon1/in0_lcrit_alarm': 0, [FIRMWARE]: '1' },
      { isUnderVoltage: false, heat: undefined },
    ],
    ['tell it by the firmware on older kernels', { [FIRMWARE]: '50005' }, { isUnderVoltage: true, heat: quiet }],
    ['leave what has been and is no more', { [FIRMWARE]: '50000' }, { isUnderVoltage: false, heat: quiet }],
    ['tell heat by the firmware', { [FIRMWARE]: '8' }, { isUnderVoltage: false, heat: hot }],
    ['tell heat at a trip point', { ...TRIPS, [`${ZONE}/temp`]: 80_500 }, { isUnderVoltage: undefined, heat: hot }],
    ['do not take a fan for heat', { ...TRIPS, [`${ZONE}/temp`]: 79_000 }, { isUnderVoltage: undefined, heat: quiet }],
    [
      'tell heat by what the kernel does about it',
      { 'class/thermal/cooling_device0/type': 'cpufreq-cpu0', 'class/thermal/cooling_device0/cur_state': 2 },
      { isUnderVoltage: undefined, heat: hot },
    ],
    [
      'count how often x86 cores were throttled',
      {
        [`${CPU}/cpu0/thermal_throttle/core_throttle_count`]: 3,
        [`${CPU}/cpu1/thermal_throttle/core_throttle_count`]: 4,
      },
      { isUnderVoltage: undefined, heat: { isThrottled: false, count: 7 } },
    ],
  ];
  for (const [title, files, expected] of cases) {
    it(title, async () => {
      const folder = fakeSensors(files);
      try {
        assert.deepEqual(await new Sensors(folder).read(), expected);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }
});
