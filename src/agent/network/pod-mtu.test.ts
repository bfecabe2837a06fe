import assert from 'node:assert/strict';
import { routeMtuIn } from './pod-mtu.ts';

const HEADING = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT';
const LINK = 'eth0\t00012A0A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0';
const table = (gateway: string, mtu: number) =>
  [HEADING, `eth0\t00000000\t${gateway}\t0003\t0\t0\t0\t00000000\t${mtu}\t0\t0`, LINK, ''].join('\n');

describe('the MTU of a pod’s way out', () => {
  it('is read from its default route, and none is none', () => {
    assert.equal(routeMtuIn(table('01012A0A', 1450), '10.42.1.1'), 1450);
    assert.equal(routeMtuIn(table('01012A0A', 0), '10.42.1.1'), undefined);
  });

  it('is nobody’s who leaves by another gateway: the node itself, a process that got the number of one that ended', () => {
    assert.equal(routeMtuIn(table('014DA8C0', 1450), '10.42.1.1'), 'other');
    assert.equal(routeMtuIn([HEADING, LINK].join('\n'), '10.42.1.1'), 'other');
  });
});
