import assert from 'node:assert/strict';
import { judge, NO_STREAK, nextProbe, type ProbeTimes, type Verdict } from './judge.ts';

describe('judge of a probe', () => {
  const cases: [title: string, thresholds: [success: number, failure: number], results: string, verdicts: string][] = [
    ['takes the first success', [1, 3], '+', '+'],
    ['takes a failure only after so many in a row', [1, 3], '---', '..-'],
    ['begins to count anew after a success', [1, 3], '--+--', '..+..'],
    ['asks for several successes where the probe does', [2, 1], '+-++', '.-.+'],
    ['stands by its verdict', [1, 2], '----', '.---'],
  ];
  const sign: Record<string, Verdict> = { '+': 'success', '-': 'failure' };
  for (const [title, [successThreshold, failureThreshold], results, verdicts] of cases) {
    it(title, () => {
      let streak = NO_STREAK;
      const seen = [...results].map((result) => {
        const judged = judge(streak, sign[result] ?? 'success', { successThreshold, failureThreshold });
        streak = judged.streak;
        return judged.verdict === undefined ? '.' : judged.verdict === 'success' ? '+' : '-';
      });
      assert.equal(seen.join(''), verdicts);
    });
  }
  it('fails after three where the probe says nothing', () => {
    const twice = { last: 'failure', count: 2 } as const;
    assert.equal(judge(twice, 'failure', {}).verdict, 'failure');
    assert.equal(judge({ ...twice, count: 1 }, 'failure', {}).verdict, undefined);
  });
});

describe('time of the next try of a probe', () => {
  const base: ProbeTimes = { now: 100_000, startedAt: 99_000, since: 0, lastAt: undefined, jitter: 0.5 };
  const cases: [
    title: string,
    kind: 'liveness' | 'readiness',
    probe: { initialDelaySeconds?: number; periodSeconds?: number },
    times: Partial<ProbeTimes>,
    at: number,
  ][] = [
    ['is at once after a start', 'liveness', {}, {}, 100_000],
    ['is after the initial delay, counted from the start', 'liveness', { initialDelaySeconds: 5 }, {}, 104_000],
    ['is a period after the last began', 'liveness', { periodSeconds: 3 }, { lastAt: 98_000 }, 101_000],
    [
      'is at once when the last took longer than a period',
      'liveness',
      { periodSeconds: 1 },
      { lastAt: 90_000 },
      100_000,
    ],
    ['is 10 s after the last where the probe says nothing', 'readiness', {}, { lastAt: 100_000 }, 110_000],
    ['is spread over a period after a restart of the agent', 'liveness', {}, { since: 99_500 }, 105_000],
    ['is soon for readiness after a restart of the agent', 'readiness', {}, { since: 99_500 }, 100_500],
    [
      'keeps to the initial delay after a restart of the agent',
      'liveness',
      { initialDelaySeconds: 30 },
      { since: 99_500 },
      129_000,
    ],
    ['is at once when the start lies ahead of a clock that was set back', 'liveness', {}, { startedAt: 9e12 }, 100_000],
  ];
  for (const [title, kind, probe, times, at] of cases) {
    it(title, () => assert.equal(nextProbe(kind, probe, { ...base, ...times }), at));
  }
});
