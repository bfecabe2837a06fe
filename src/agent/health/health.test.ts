import assert from 'node:assert/strict';
import { healthCondition } from './conditions.ts';
import { deviceNumbers, mountSource, parseDiskStats } from './diskstats.ts';
import { HEALTHY, type HealthState, judgeHealth, type Readings } from './judge-health.ts';

const NOTHING: Readings = { isUnderVoltage: undefined, heat: undefined, disk: undefined };
const SECOND = 1000;

function bad(state: HealthState, readings: Partial<Readings>, now: number): [HealthState, string[]] {
  const judged = judgeHealth(state, { ...NOTHING, ...readings }, now);
  return [judged.state, judged.verdicts.filter(({ isBad }) => isBad).map(({ type }) => type)];
}

describe('health of a machine', () => {
  it('has a verdict only for what there is a sensor of', () => {
    assert.deepEqual(judgeHealth(HEALTHY, NOTHING, 0).verdicts, []);
    assert.deepEqual(judgeHealth(HEALTHY, { ...NOTHING, isUnderVoltage: false }, 0).verdicts, [
      { type: 'UnderVoltage', isBad: false },
    ]);
  });

  it('is bad from the first dip of the voltage on, until five minutes after the last', () => {
    const [first, now] = bad(HEALTHY, { isUnderVoltage: true }, 0);
    assert.deepEqual(now, ['UnderVoltage']);
    assert.deepEqual(bad(first, { isUnderVoltage: false }, 299 * SECOND)[1], ['UnderVoltage']);
    assert.deepEqual(bad(first, { isUnderVoltage: false }, 300 * SECOND)[1], []);
  });

  it('is bad while the CPU is throttled, and a minute longer', () => {
    const [hot, now] = bad(HEALTHY, { heat: { isThrottled: true, count: 0 } }, 0);
    assert.deepEqual(now, ['ThermalThrottled']);
    assert.deepEqual(bad(hot, { heat: { isThrottled: false, count: 0 } }, 59 * SECOND)[1], ['ThermalThrottled']);
    assert.deepEqual(bad(hot, { heat: { isThrottled: false, count: 0 } }, 60 * SECOND)[1], []);
  });

  it('goes by what a counter gained, not by what it says at the start', () => {
    const heat = (count: number) => ({ heat: { isThrottled: false, count } });
    const [first, atStart] = bad(HEALTHY, heat(70), 0);
    assert.deepEqual(atStart, []);
    assert.deepEqual(bad(first, heat(71), 10 * SECOND)[1], ['ThermalThrottled']);
  });

  const disk = (operations: number, spentMs: number, inFlight = 0) => ({
    disk: { device: 'mmcblk0', operations, spentMs, inFlight },
  });
  const disks: [string, Readings['disk'], boolean][] = [
    ['is well with a disk that answers', disk(1000, 20_000).disk, false],
    ['is bad when an operation takes 200 ms', disk(50, 10_000).disk, true],
    ['is well when an operation takes less', disk(50, 9000).disk, false],
    ['says nothing of a few operations', disk(19, 19_000).disk, false],
    ['is bad when a disk finishes nothing in a minute', disk(0, 0, 3).disk, true],
  ];
  for (const [title, last, expected] of disks) {
    it(title, () => {
      const [first] = bad(HEALTHY, disk(0, 0, last?.inFlight ?? 0), 0);
      const [half, early] = bad(first, { disk: last }, 30 * SECOND);
      assert.deepEqual(early, [], 'before a whole minute');
      assert.deepEqual(bad(half, { disk: last }, 60 * SECOND)[1], expected ? ['SlowDisk'] : []);
    });
  }

  it('forgets looks that are older than a minute', () => {
    let state = HEALTHY;
    for (let at = 0; at <= 600; at += 10) [state] = bad(state, disk(at, at), at * SECOND);
    assert.equal(state.disk.length, 7);
  });
});

describe('conditions of health', () => {
  const facts = { board: 'Raspberry Pi 4 Model B Rev 1.4', celsius: 84.2, device: 'mmcblk0' };
  it('say what is wrong and what to do', () => {
    const message = (type: 'UnderVoltage' | 'ThermalThrottled' | 'SlowDisk', latencyMs?: number) =>
      healthCondition({ type, isBad: true, ...(latencyMs ? { latencyMs } : {}) }, facts).message ?? '';
    assert.match(message('UnderVoltage'), /under 4\.63 V.*5\.1 V\/3 A supply of the Raspberry Pi 4/);
    assert.match(message('ThermalThrottled'), /too hot \(84 °C\).*fan/);
    assert.match(message('SlowDisk', 420), /mmcblk0 took 420 ms .*SSD/);
  });

  it('are False with a reason while all is well', () => {
    const { status, reason } = healthCondition({ type: 'UnderVoltage', isBad: false }, facts);
    assert.deepEqual([status, reason], ['False', 'SufficientVoltage']);
  });
});

describe('the statistics of a disk', () => {
  const text = [
    '   7       0 loop0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0',
    ' 179       2 mmcblk0p2 100 1 2 300 50 4 5 700 6 900 1000 0 0 0 0 10 2000',
    ' 179       3 mmcblk0p3 1 1 1 1 1 1 1 1 1 1 1',
  ].join('\n');

  it('count reads, writes and flushes', () => {
    assert.deepEqual(parseDiskStats(text, 179, 2), {
      device: 'mmcblk0p2',
      operations: 160,
      spentMs: 3000,
      inFlight: 6,
    });
  });

  it('are those of an old kernel without flushes, and of no disk none', () => {
    assert.equal(parseDiskStats(text, 179, 3)?.operations, 2);
    assert.equal(parseDiskStats(text, 0, 42), undefined);
  });

  it('are found by the device that stat tells, or that is mounted', () => {
    assert.deepEqual(deviceNumbers(0xb302), { major: 179, minor: 2 });
    assert.deepEqual(deviceNumbers(259 * 256 + 1), { major: 259, minor: 1 });
    const mountinfo = '30 1 0:27 / / rw,relatime shared:1 - btrfs /dev/sda1 rw\n31 1 0:28 / /run rw - tmpfs tmpfs rw\n';
    assert.equal(mountSource(mountinfo, { major: 0, minor: 27 }), '/dev/sda1');
    assert.equal(mountSource(mountinfo, { major: 0, minor: 28 }), undefined);
  });
});
