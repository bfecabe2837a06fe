import assert from 'node:assert/strict';
import type { Pod } from '../../../src/api/types.ts';
import { kernelLeaks, labViolations } from './lab-verdict.ts';
import type { LabWorld } from './lab-world.ts';
import type { Wanted } from './workloads.ts';

function ready(name: string, app: string, podIP: string): Pod {
  const status: Pod['status'] = { phase: 'Running', podIP, conditions: [{ type: 'Ready', status: 'True' }] };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels: { app } }, spec: { containers: [] }, status };
}

function world(...pods: Pod[]): LabWorld {
  return { pods, nodes: new Map(), services: [] };
}

const DB: Wanted = { kind: 'StatefulSet', name: 'db-1', replicas: 2 };

describe('the verdict on a lab', () => {
  it('finds nothing where each workload has its pods', () => {
    const found = labViolations(
      [DB],
      world(ready('db-1-0', 'db-1', '10.42.0.2'), ready('db-1-1', 'db-1', '10.42.1.2')),
    );
    assert.deepEqual(found, []);
  });

  it('finds pods that are too few, of a deleted workload, or share an address', () => {
    const found = labViolations(
      [DB],
      world(ready('db-1-1', 'db-1', '10.42.0.2'), ready('web-0-x', 'web-0', '10.42.0.2')),
    );
    assert.deepEqual(found, [
      'db-1: 1 pods, 1 Ready, not 2',
      'db-1-0 is missing',
      '1 pods of web-0, which was deleted',
      'address 10.42.0.2 of several pods: db-1-1, web-0-x',
    ]);
  });

  it('finds Services that lack a pod, do not lead to it, or outlive their workload', () => {
    const web: Wanted = { kind: 'Deployment', name: 'web-0', replicas: 1 };
    const pods = world(ready('web-0-x', 'web-0', '10.42.0.2'));
    const look = (endpoints: string[], answers: string[]) => ({
      name: 'web-0',
      endpoints,
      answers: new Map([['n1', answers]]),
    });
    const found = (...services: LabWorld['services']) => labViolations([web], { ...pods, services });
    assert.deepEqual(found(look(['10.42.0.2'], ['web-0-x', 'web-0-x'])), []);
    assert.deepEqual(found(), ['Service web-0 is missing']);
    assert.deepEqual(found(look(['10.42.0.2', '10.42.1.9'], ['web-0-x', ''])), [
      'Service web-0 has endpoints 10.42.0.2 10.42.1.9, its pods are 10.42.0.2',
      'Service web-0: 1 of 2 connections from n1 reach no pod of it',
    ]);
    assert.deepEqual(labViolations([], { ...world(), services: [look([], [])] }), [
      'Service web-0, which was deleted, is there',
    ]);
  });

  it('finds rules and routes that come or go, each as often as it does', () => {
    const before = { rules: ['drop', 'drop'], routes: ['10.42.1.0/24 via 198.18.0.12'] };
    const after = { rules: ['drop', 'drop', 'drop'], routes: [] };
    assert.deepEqual(kernelLeaks('n1', before, after), [
      'n1: left over in rules: drop',
      'n1: lost from routes: 10.42.1.0/24 via 198.18.0.12',
    ]);
    assert.deepEqual(kernelLeaks('n1', before, before), []);
  });
});
