import assert from 'node:assert/strict';
import type { KindDefinition } from '../registry.ts';
import { KINDS } from './all.ts';
import { blankOf } from './test-blanks.ts';

const EVENT_COLUMNS =
  'Last Seen, Type, Reason, Object, Subobject[w], Source[w], Message, First Seen[w], Count[w], Name[w]';
const CONTAINERS = 'Containers[w], Images[w]';
const REPLICA_COLUMNS = `Name, Desired, Current, Ready, Age, ${CONTAINERS}, Selector[w]`;

/** As kube-apiserver's; `[w]` shows with `-o wide`. */
const COLUMNS: Record<string, string> = {
  ConfigMap: 'Name, Data, Age',
  Endpoints: 'Name, Endpoints, Age',
  Event: EVENT_COLUMNS,
  LimitRange: 'Name, Created At',
  Namespace: 'Name, Status, Age',
  Node: 'Name, Status, Roles, Age, Version, Internal-IP[w], External-IP[w], OS-Image[w], Kernel-Version[w], Container-Runtime[w]',
  PersistentVolume:
    'Name, Capacity, Access Modes, Reclaim Policy, Status, Claim, StorageClass, VolumeAttributesClass, Reason, Age, VolumeMode[w]',
  PersistentVolumeClaim:
    'Name, Status, Volume, Capacity, Access Modes, StorageClass, VolumeAttributesClass, Age, VolumeMode[w]',
  Pod: 'Name, Ready, Status, Restarts, Age, IP[w], Node[w], Nominated Node[w], Readiness Gates[w]',
  PodTemplate: 'Name, Containers, Images, Pod Labels',
  ReplicationController: REPLICA_COLUMNS,
  ResourceQuota: 'Name, Request, Limit, Age',
  Secret: 'Name, Type, Data, Age',
  ServiceAccount: 'Name, Secrets, Age',
  Service: 'Name, Type, Cluster-IP, External-IP, Port(s), Age, Selector[w]',
  'ControllerRevision.apps': 'Name, Controller, Revision, Age',
  'DaemonSet.apps': `Name, Desired, Current, Ready, Up-to-date, Available, Node Selector, Age, ${CONTAINERS}, Selector[w]`,
  'Deployment.apps': `Name, Ready, Up-to-date, Available, Age, ${CONTAINERS}, Selector[w]`,
  'ReplicaSet.apps': REPLICA_COLUMNS,
  'StatefulSet.apps': `Name, Ready, Age, ${CONTAINERS}`,
  'CronJob.batch': `Name, Schedule, Timezone, Suspend, Active, Last Schedule, Age, ${CONTAINERS}, Selector[w]`,
  'Job.batch': `Name, Status, Completions, Duration, Age, ${CONTAINERS}, Selector[w]`,
  'Event.events.k8s.io': EVENT_COLUMNS,
  'Lease.coordination.k8s.io': 'Name, Holder, Age',
  'EndpointSlice.discovery.k8s.io': 'Name, AddressType, Ports, Endpoints, Age',
  'IngressClass.networking.k8s.io': 'Name, Controller, Parameters, Age',
  'Ingress.networking.k8s.io': 'Name, Class, Hosts, Address, Ports, Age',
  'IPAddress.networking.k8s.io': 'Name, ParentRef',
  'ServiceCIDR.networking.k8s.io': 'Name, CIDRs, Age',
  'PodDisruptionBudget.policy': 'Name, Min Available, Max Unavailable, Allowed Disruptions, Age',
  'PriorityClass.scheduling.k8s.io': 'Name, Value, Global-Default, Age, PreemptionPolicy',
  'StorageClass.storage.k8s.io': 'Name, Provisioner, ReclaimPolicy, VolumeBindingMode, AllowVolumeExpansion, Age',
};

function titleOf({ group, kind }: KindDefinition): string {
  return group ? `${kind}.${group}` : kind;
}

describe('KINDS', () => {
  for (const kind of KINDS) {
    describe(titleOf(kind), () => {
      it('sets defaults once', () => {
        const once = blankOf(kind);
        kind.strategy.setDefaults?.(once);
        const twice = structuredClone(once);
        kind.strategy.setDefaults?.(twice);
        assert.deepEqual(twice, once);
      });

      it('starts its columns with the name, calls none twice, and shows a new object', () => {
        const names = kind.columns.map(({ name }) => name);
        assert.equal(new Set(names).size, names.length);
        assert.ok(kind.columns.some(({ format }) => format === 'name'));
        const object = blankOf(kind);
        kind.strategy.setDefaults?.(object);
        for (const column of kind.columns) assert.notEqual(column.cell(object, 0), undefined, column.name);
      });

      it('names its fields even of an object that has none of them', () => {
        const bare = { apiVersion: '', kind: kind.kind, metadata: { name: '' }, spec: {} };
        for (const value of Object.values(kind.selectableFields?.(bare) ?? {})) assert.equal(typeof value, 'string');
      });
    });
  }

  it('gives every resource of a group one name in discovery', () => {
    const names = KINDS.flatMap(({ group, plural, singular, shortNames = [] }) =>
      [...new Set([plural, singular, ...shortNames])].map((name) => `${name}.${group}`),
    );
    assert.deepEqual(
      names.filter((name, index) => names.indexOf(name) < index),
      [],
    );
  });

  it('lists core first and each group in one piece', () => {
    const groups = KINDS.map(({ group }) => group);
    const runs = groups.filter((group, index) => group !== groups[index - 1]);
    assert.equal(runs[0], '');
    assert.equal(new Set(runs).size, runs.length);
  });

  it('keeps Events and Leases off the disk', () => {
    const inMemory = KINDS.filter(({ durability }) => durability === 'memory').map(titleOf);
    assert.deepEqual(inMemory.sort(), ['Event', 'Event.events.k8s.io', 'Lease.coordination.k8s.io']);
  });

  it('shows the columns of kubectl', () => {
    for (const kind of KINDS) {
      const columns = kind.columns.map(({ name, priority }) => (priority ? `${name}[w]` : name)).join(', ');
      assert.equal(columns, COLUMNS[titleOf(kind)], titleOf(kind));
    }
  });
});
