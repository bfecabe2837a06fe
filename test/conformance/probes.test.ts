import assert from 'node:assert/strict';
import type { Pod, Probe } from '../../src/api/types.ts';
import { IDLE, script } from '../e2e/pods/manifests.ts';
import { conformance } from './lib/conformance.ts';
import type { Context } from './lib/context.ts';
import { grpcHealthPod } from './lib/grpc-health.ts';
import { condition, consistently, Pods, restarts } from './lib/pods.ts';

const named = (behaviour: string) => `[sig-node] Probing container ${behaviour} [Conformance] [NodeConformance]`;

/** A web server on port 8080 whose /healthz is there for `healthySeconds`, or always. */
const webServer = (livenessProbe: Probe, healthySeconds?: number): Pod => {
  const unwell = healthySeconds === undefined ? '' : `(sleep ${healthySeconds}; rm /tmp/www/healthz) & `;
  const serve = 'mkdir /tmp/www; echo ok > /tmp/www/healthz; ';
  const text = `${serve}${unwell}exec httpd -f -p 8080 -h /tmp/www`;
  return script('main', text, {}, { livenessProbe });
};
const OFTEN = { initialDelaySeconds: 5, periodSeconds: 2, failureThreshold: 1 };
const HEALTHZ: Probe = { ...OFTEN, httpGet: { path: '/healthz', port: 8080 } };
/** The one second of the default is less than starting a command takes on a busy machine. */
const HEALTH: Probe = { ...OFTEN, timeoutSeconds: 5, exec: { command: ['cat', '/tmp/health'] } };

/** Waits for the number of restarts, which never falls nor skips. */
async function restartsOf(context: Context, pod: Pod, count: number): Promise<void> {
  const pods = new Pods(context);
  await pods.create(pod);
  let seen = 0;
  await pods.until(
    pod.metadata.name,
    (now) => {
      assert.ok(restarts(now) >= seen, `${restarts(now)} restarts after ${seen}`);
      seen = restarts(now);
      assert.ok(seen >= count, `only ${seen} restarts`);
    },
    280_000,
  );
  await pods.event(pod.metadata.name, /Unhealthy Liveness probe failed/);
}

/** Running, and not once restarted in ten periods of the probe. */
async function notRestarted(context: Context, pod: Pod): Promise<void> {
  const pods = new Pods(context);
  await pods.create(pod);
  await pods.ready(pod.metadata.name);
  await consistently(async () => {
    assert.equal(restarts(await pods.get(pod.metadata.name)), 0);
  }, 25_000);
}

const wellFor = (seconds: number) => `echo ok > /tmp/health; sleep ${seconds}; rm /tmp/health; ${IDLE}`;

conformance(named('should be restarted with a exec "cat /tmp/health" liveness probe'), (context) =>
  restartsOf(context, script('main', wellFor(10), {}, { livenessProbe: HEALTH }), 1),
);
conformance(named('should be restarted with a /healthz http liveness probe'), (context) =>
  restartsOf(context, webServer(HEALTHZ, 10), 1),
);
conformance(named('should be restarted with a GRPC liveness probe'), (context) =>
  // Nothing serves that port.
  restartsOf(context, grpcHealthPod('main', 2333), 1),
);
conformance(named('should have monotonically increasing restart count'), (context) =>
  restartsOf(context, webServer(HEALTHZ, 3), 5),
);

conformance(named('should *not* be restarted with a exec "cat /tmp/health" liveness probe'), (context) =>
  notRestarted(context, script('main', `echo ok > /tmp/health; ${IDLE}`, {}, { livenessProbe: HEALTH })),
);
conformance(named('should *not* be restarted with a /healthz http liveness probe'), (context) =>
  notRestarted(context, webServer(HEALTHZ)),
);
conformance(named('should *not* be restarted with a tcp:8080 liveness probe'), (context) =>
  notRestarted(context, webServer({ ...OFTEN, tcpSocket: { port: 8080 } })),
);
conformance(named('should *not* be restarted with a GRPC liveness probe'), (context) =>
  notRestarted(context, grpcHealthPod('main', 5000)),
);

conformance(
  named('with readiness probe should not be ready before initial delay and never restart'),
  async (context) => {
    const pods = new Pods(context);
    const readinessProbe = { httpGet: { path: '/', port: 80 }, initialDelaySeconds: 15, periodSeconds: 2 };
    const nginx = { name: 'main', image: 'nginx:latest', readinessProbe };
    await pods.create({ ...script('main', ''), spec: { containers: [nginx], terminationGracePeriodSeconds: 1 } });
    const seen = await pods.ready('main');
    const started = Date.parse(String(seen.status?.containerStatuses?.[0]?.state?.running?.startedAt));
    const ready = Date.parse(String(condition(seen, 'Ready')?.lastTransitionTime));
    assert.ok(ready - started >= 14_000, `ready ${ready - started} ms after its start`);
    assert.equal(restarts(seen), 0);
  },
);

conformance(named('with readiness probe that fails should never be ready and never restart'), async (context) => {
  const pods = new Pods(context);
  const readinessProbe = { exec: { command: ['false'] }, initialDelaySeconds: 1, periodSeconds: 1 };
  await pods.create(script('main', IDLE, {}, { readinessProbe }));
  await pods.phase('main', 'Running');
  await pods.event('main', /Unhealthy Readiness probe failed/);
  await consistently(async () => {
    const seen = await pods.get('main');
    assert.equal(condition(seen, 'Ready')?.status, 'False');
    assert.equal(restarts(seen), 0);
  }, 20_000);
});
