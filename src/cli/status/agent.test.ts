import assert from 'node:assert/strict';
import type { ObservedContainer } from '../../agent/runtime/runtime.ts';
import type { AgentState } from '../../agent/state-file.ts';
import { type AgentFacts, judgeAgent, renderAgent } from './agent.ts';

const NOW = Date.parse('2026-01-02T12:00:00Z');
const STATE: AgentState = {
  pid: 1,
  nodeName: 'pi-2',
  masters: ['192.168.1.10:6444'],
  connectedSince: '2026-01-02T09:00:00Z',
  isReady: true,
  readyMessage: '',
  address: '192.168.1.11',
};
const FACTS: AgentFacts = {
  nodeName: 'pi-2',
  state: STATE,
  silenceMs: 1,
  containers: [],
  hasSystemd: true,
  dataDir: '/var/lib/bramble',
};

function container(podName: string, containerName: string, facts: Partial<ObservedContainer> = {}): ObservedContainer {
  return {
    id: `${podName}-${containerName}`,
    role: 'container',
    podUid: podName,
    podNamespace: 'default',
    podName,
    containerName,
    attempt: 0,
    state: 'running',
    createdAt: 0,
    startedAt: 0,
    finishedAt: undefined,
    exitCode: 0,
    oomKilled: false,
    error: '',
    image: 'x',
    imageId: '',
    pid: 1,
    ip: '',
    labels: {},
    ...facts,
  };
}

describe('the state of a node by itself', () => {
  const cases: readonly [string, Partial<AgentFacts>, readonly string[], RegExp][] = [
    ['is well', {}, [], /on the master/],
    [
      'is that no agent runs',
      { state: undefined },
      ['the agent does not run; what runs of its pods runs on'],
      /journalctl/,
    ],
    [
      'is where its log is without systemd',
      { state: undefined, hasSystemd: false },
      ['the agent does not run; what runs of its pods runs on'],
      /tail \/var\/lib\/bramble\/log\/agent\.log/,
    ],
    [
      'is how long the master is away',
      { state: { ...STATE, connectedSince: '' }, silenceMs: 300_000 },
      ['no contact with the master for 5m; its pods run on'],
      /bramble doctor/,
    ],
    [
      'is that the master was never there since the boot',
      { state: { ...STATE, connectedSince: '' }, silenceMs: Number.POSITIVE_INFINITY },
      ['no contact with the master since this machine was started; its pods run on'],
      /bramble doctor/,
    ],
    [
      'is why the master does not call it Ready',
      { state: { ...STATE, isReady: false, readyMessage: 'the pod network is not there' } },
      ['not Ready: the pod network is not there'],
      /bramble doctor/,
    ],
    ['is that Docker is away', { containers: undefined }, ['Docker does not answer'], /systemctl status docker/],
  ];
  for (const [title, facts, problems, next] of cases) {
    it(title, () => {
      const status = judgeAgent({ ...FACTS, ...facts });
      assert.deepEqual([status.problems, status.isWell], [problems, problems.length === 0]);
      assert.match(status.next.join('\n'), next);
    });
  }

  it('counts the newest container of each name, without those that have done their work', () => {
    const containers = [
      container('web', 'POD', { role: 'sandbox' }),
      container('web', 'init', { state: 'exited' }),
      container('web', 'main', { state: 'exited', exitCode: 1 }),
      container('web', 'main', { attempt: 1 }),
      container('db', 'main', { state: 'exited', exitCode: 1 }),
      container('new', 'POD', { role: 'sandbox' }),
    ];
    assert.deepEqual(
      judgeAgent({ ...FACTS, containers }).pods.map(({ name, running, all }) => `${name} ${running}/${all}`),
      ['db 0/1', 'new 0/0', 'web 1/1'],
    );
  });

  it('is shown on a page', () => {
    const screen = { width: 80, paint: (_: unknown, text: string) => text };
    const status = judgeAgent({ ...FACTS, containers: [container('web', 'main')] });
    assert.equal(
      renderAgent(status, NOW, screen),
      `Node pi-2 at 192.168.1.11, of the master at 192.168.1.10:6444
connected for 3h

POD          CONTAINERS RUNNING
default/web  1/1

Next:
  bramble status   # on the master: the whole cluster`,
    );
    const lost = judgeAgent({ ...FACTS, state: undefined, containers: undefined });
    assert.match(
      renderAgent(lost, NOW, screen),
      /^Node pi-2\n✗ the agent .*\n✗ Docker does not answer\n\nNo pods here\n/,
    );
  });
});
