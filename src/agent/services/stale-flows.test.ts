import assert from 'node:assert/strict';
import type { ServicePort, Target } from './service-port.ts';
import { changedDoors, parseFlows, staleFlows, udpDoors } from './stale-flows.ts';
import { aServicePort } from './test-ports.ts';

const NODE = '192.168.77.11';
const here: Target = { ip: '10.42.1.2', port: 5353, isLocal: true };
const there: Target = { ip: '10.42.2.2', port: 5353, isLocal: false };

function aPort(facts: Partial<ServicePort> = {}): ServicePort {
  const dns = { protocol: 'udp', port: 53, clusterIps: ['10.43.0.7'], nodePort: 30053 } as const;
  return aServicePort({ ...dns, targets: [here, there], ...facts });
}

/** One line of conntrack's. @param from who answers */
function entry(to: string, from: string): string {
  const [[ip, port], [source, sourcePort]] = [to.split(':'), from.split(':')];
  const asked = `src=10.42.1.9 dst=${ip} sport=4242 dport=${port}`;
  return `udp      17 27 ${asked} [UNREPLIED] src=${source} dst=10.42.1.9 sport=${sourcePort} dport=4242 mark=0 use=1\n`;
}

/** Which of the flows go, as `to from`. */
function gone(ports: readonly ServicePort[], ...entries: readonly [to: string, from: string][]): string[] {
  const flows = parseFlows(entries.map(([to, from]) => entry(to, from)).join(''));
  assert.equal(flows.length, entries.length);
  return staleFlows(udpDoors(ports), flows, (ip) => ip === NODE).map((filter) => {
    const of = (flag: string) => filter[filter.indexOf(flag) + 1];
    return `${of('--orig-dst')}:${of('--orig-port-dst')} ${of('--reply-src')}:${of('--reply-port-src')}`;
  });
}

describe('UDP flows to Services', () => {
  it('stay where they lead to an endpoint', () => {
    const flows = [
      ['10.43.0.7:53', '10.42.1.2:5353'],
      [`${NODE}:30053`, '10.42.2.2:5353'],
    ] as const;
    assert.deepEqual(gone([aPort()], ...flows.map(([to, from]): [string, string] => [to, from])), []);
  });

  it('go where their endpoint is gone, once for all clients', () => {
    const dead: [string, string] = ['10.43.0.7:53', '10.42.3.2:5353'];
    assert.deepEqual(gone([aPort()], dead, dead), ['10.43.0.7:53 10.42.3.2:5353']);
    assert.deepEqual(gone([aPort({ targets: [] })], ['10.43.0.7:53', '10.42.1.2:5353']), [
      '10.43.0.7:53 10.42.1.2:5353',
    ]);
  });

  it('go where the endpoint has another port now', () => {
    const moved = aPort({ targets: [{ ...here, port: 5354 }] });
    assert.deepEqual(gone([moved], ['10.43.0.7:53', '10.42.1.2:5353']), ['10.43.0.7:53 10.42.1.2:5353']);
  });

  it('go where they began before there was an endpoint', () => {
    assert.deepEqual(gone([aPort()], ['10.43.0.7:53', '10.43.0.7:53'], [`${NODE}:30053`, `${NODE}:30053`]), [
      '10.43.0.7:53 10.43.0.7:53',
      `${NODE}:30053 ${NODE}:30053`,
    ]);
  });

  it('stay at an endpoint that only this node’s clients are kept to, and go with it', () => {
    const kept = { isExternalLocal: true, targets: [there], localTargets: [here] };
    const flow: [string, string] = [`${NODE}:30053`, '10.42.1.2:5353'];
    assert.deepEqual(gone([aPort(kept)], flow), []);
    assert.deepEqual(gone([aPort({ ...kept, localTargets: [] })], flow), [`${NODE}:30053 10.42.1.2:5353`]);
  });

  it('are nobody’s business where they go elsewhere, to a port of the same number', () => {
    assert.deepEqual(gone([aPort()], ['192.0.2.7:30053', '192.0.2.7:30053'], ['10.43.0.8:53', '10.42.3.2:5353']), []);
    assert.deepEqual(gone([aPort({ protocol: 'tcp' })], ['10.43.0.7:53', '10.42.3.2:5353']), []);
  });

  it('are looked at where their endpoints have changed, or their Service is gone', () => {
    const other = aPort({ clusterIps: ['10.43.0.8'], nodePort: 0 });
    const [before, fewer] = [udpDoors([aPort(), other]), udpDoors([aPort({ targets: [here] }), other])];
    assert.deepEqual([...changedDoors(before, before)], []);
    assert.deepEqual([...changedDoors(before, fewer).keys()], ['10.43.0.7:53', ':30053']);
    const gone = changedDoors(before, udpDoors([other]));
    const flow = parseFlows(entry('10.43.0.7:53', '10.42.1.2:5353'));
    assert.equal(staleFlows(gone, flow, () => false).length, 1);
    assert.deepEqual([...changedDoors(undefined, before).keys()], [...before.keys()]);
  });
});
