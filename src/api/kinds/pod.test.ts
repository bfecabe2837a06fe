import assert from 'node:assert/strict';
import { podOf } from './pod/validation/test-pod.ts';
import { POD } from './pod.ts';

describe('POD', () => {
  it('replaces whatever status a client sends', () => {
    const pod = { ...podOf({}), status: { phase: 'Running', podIP: '1.2.3.4' } } as const;
    const copy = structuredClone(pod);
    POD.strategy.prepareForCreate?.(copy);
    assert.deepEqual(copy.status, { phase: 'Pending', qosClass: 'BestEffort' });
  });

  it('says from the start that a pod waits for its gates', () => {
    const pod = podOf({ schedulingGates: [{ name: 'a' }] });
    POD.strategy.prepareForCreate?.(pod);
    assert.deepEqual(
      pod.status?.conditions?.map(({ type, reason }) => [type, reason]),
      [['PodScheduled', 'SchedulingGated']],
    );
  });

  it('can be selected by where and how it runs', () => {
    const pod = podOf({ nodeName: 'n', serviceAccountName: 's' });
    pod.status = { phase: 'Running', podIPs: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }] };
    assert.deepEqual(POD.selectableFields?.(pod), {
      'spec.nodeName': 'n',
      'spec.restartPolicy': 'Always',
      'spec.schedulerName': 'default-scheduler',
      'spec.serviceAccountName': 's',
      'spec.hostNetwork': 'false',
      'status.phase': 'Running',
      'status.podIP': '10.0.0.1',
      'status.podIPs': '10.0.0.1,fd00::1',
      'status.nominatedNodeName': '',
    });
  });

  it('takes a pod without a spec as far as saying what is missing', () => {
    const pod = podOf({ containers: [] });
    assert.deepEqual(POD.strategy.validate(pod), [
      { reason: 'FieldValueRequired', message: 'Required value', field: 'spec.containers' },
    ]);
  });
});
