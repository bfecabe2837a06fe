import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { ManualClock } from '../../../../test/lib/manual-clock.ts';
import type { Probe } from '../../../api/types.ts';
import { postStartDue, probed, takenOver } from '../container-memory.ts';
import { freshMemory } from '../pod-memory.ts';
import { viewOf } from '../pod-view.ts';
import { aContainer, aPod, exited, NOW, running, sandbox } from '../test-builders.ts';
import type { ProbeKind } from './judge.ts';
import type { ProbeOutcome } from './outcome.ts';
import { PodProber } from './prober.ts';
import { type ProbeTarget, probeTargets } from './targets.ts';

function target(kind: ProbeKind, probe: Probe = {}, containerId = 'app-0'): ProbeTarget {
  const pod = aPod();
  return { kind, probe, container: aContainer('app'), containerId, startedAt: NOW, pod, podIp: '10.0.0.1' };
}

/** A prober whose tries a test answers. */
class Bench {
  readonly clock = new ManualClock(NOW);
  readonly told: string[] = [];
  tries = 0;
  answer: () => Promise<ProbeOutcome> = async () => ({ result: 'success', output: '' });
  readonly prober = new PodProber({
    clock: this.clock,
    random: () => 0.5,
    run: () => {
      this.tries += 1;
      return this.answer();
    },
    onOutcome: (_, { result, output }) => this.told.push(`${result} ${output}`),
    onError: (_, error) => this.told.push(`error ${error}`),
    onVerdict: (id, kind, verdict) => this.told.push(`${id} ${kind} ${verdict}`),
  });

  async pass(seconds: number): Promise<void> {
    for (let i = 0; i < seconds; i += 1) {
      this.clock.advance(1000);
      await setImmediate();
    }
  }
}

describe('prober of a pod', () => {
  it('tries each probe in its rhythm and tells only what is news', async () => {
    const bench = new Bench();
    bench.prober.follow([target('readiness', { periodSeconds: 2 })]);
    await bench.pass(9);
    assert.equal(bench.tries, 5);
    assert.deepEqual(bench.told, ['app-0 readiness success']);
    bench.answer = async () => ({ result: 'failure', output: 'down' });
    await bench.pass(6);
    assert.deepEqual(bench.told.slice(1), ['failure down', 'failure down', 'failure down', 'app-0 readiness failure']);
  });

  it('goes on in its rhythm when the date is set, forward or back', async () => {
    for (const jump of [-7_200_000, 7_200_000]) {
      const bench = new Bench();
      bench.prober.follow([target('readiness', { periodSeconds: 2 })]);
      await bench.pass(3);
      bench.clock.jump(jump);
      await bench.pass(6);
      assert.equal(bench.tries, 5);
    }
  });

  it('goes on in its rhythm when it is told the same, and stops when it is told nothing', async () => {
    const bench = new Bench();
    bench.prober.follow([target('liveness', { periodSeconds: 5 })]);
    await bench.pass(1);
    for (let i = 0; i < 10; i += 1) bench.prober.follow([target('liveness', { periodSeconds: 5 })]);
    await bench.pass(1);
    assert.equal(bench.tries, 1);
    bench.prober.follow([]);
    await bench.pass(60);
    assert.equal(bench.tries, 1);
  });

  it('takes no word of a try that was called off', async () => {
    const bench = new Bench();
    const answer = Promise.withResolvers<ProbeOutcome>();
    bench.answer = () => answer.promise;
    bench.prober.follow([target('liveness', { failureThreshold: 1 })]);
    await bench.pass(1);
    bench.prober.follow([]);
    answer.resolve({ result: 'failure', output: 'late' });
    await bench.prober.stop();
    assert.deepEqual(bench.told, []);
  });

  it('counts a try that could say nothing as none, after two more', async () => {
    const bench = new Bench();
    bench.answer = async () => {
      throw new Error('engine');
    };
    bench.prober.follow([target('liveness', { failureThreshold: 1 })]);
    await bench.pass(1);
    assert.equal(bench.tries, 3);
    assert.deepEqual(bench.told, ['error Error: engine']);
  });

  it('waits out a delay that is longer than a timer can be', async () => {
    const bench = new Bench();
    bench.prober.follow([target('liveness', { initialDelaySeconds: 10_000 })]);
    await bench.pass(9_999);
    assert.equal(bench.tries, 0);
    await bench.pass(1);
    assert.equal(bench.tries, 1);
  });
});

describe('probes that are to run', () => {
  const probes = { startupProbe: {}, livenessProbe: {}, readinessProbe: {} };
  const pod = aPod({ containers: [aContainer('app', probes), aContainer('plain')] });
  const fresh = freshMemory(NOW);
  const started = probed(fresh, 'app-0', 'startup', 'success');
  const shown = { containerID: 'docker://app-0', started: true, ready: false, image: '', imageID: '', restartCount: 0 };
  const cases: [title: string, extra: Partial<Parameters<typeof probeTargets>[0]>, kinds: string[]][] = [
    ['are the startup probe alone until it succeeds', {}, ['startup']],
    [
      'are the others, too, where the API shows that it has started',
      { memory: takenOver(fresh, { status: { containerStatuses: [{ name: 'app', ...shown }] } }) },
      ['liveness', 'readiness'],
    ],
    ['are the others after that', { memory: started }, ['liveness', 'readiness']],
    ['are none once one of them was fatal', { memory: probed(started, 'app-0', 'liveness', 'failure') }, []],
    ['are none while the postStart hook runs', { memory: postStartDue(started, 'app-0') }, []],
    ['are readiness alone while the pod ends', { memory: started, isEnding: true }, ['readiness']],
    ['are none of a pod that ends before it started', { isEnding: true }, []],
    ['are none of a container that ended', { view: viewOf([sandbox(), exited('app', 1)]) }, []],
    ['are none of a container in a dead sandbox', { view: viewOf([sandbox(), running('app', { sandbox: 'x' })]) }, []],
    [
      'begin anew for a new container',
      { memory: started, view: viewOf([sandbox(), exited('app', 1), running('app', { attempt: 1 })]) },
      ['startup'],
    ],
  ];
  const base = { pod, view: viewOf([sandbox(), running('app'), running('plain')]), memory: fresh };
  for (const [title, extra, kinds] of cases) {
    it(title, () => {
      const targets = probeTargets({ ...base, podIp: '10.0.0.1', isEnding: false, ...extra });
      assert.deepEqual(
        targets.map(({ kind }) => kind),
        kinds,
      );
    });
  }
});
