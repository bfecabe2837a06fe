import assert from 'node:assert/strict';
import { type FieldSchema, type ObjectSchema, schemaOf, schemas } from './schema.ts';

const core = (kind: string) => schemaOf({ group: '', version: 'v1', kind });

/** The field at the end of a path of names; lists and maps are walked through. */
function fieldAt(schema: ObjectSchema | undefined, path: string): FieldSchema {
  const [name = '', ...rest] = path.split('.');
  const field = schema?.fields().get(name);
  assert(field, name);
  if (rest.length === 0) return field;
  let type = field.type;
  while (type.is === 'list' || type.is === 'map') type = type.is === 'list' ? type.items : type.values;
  assert(type.is === 'object', name);
  return fieldAt(type.object, rest.join('.'));
}

describe('the published schemas', () => {
  const types: readonly (readonly [string, string, object])[] = [
    ['Pod', 'spec.priority', { is: 'int32' }],
    ['Pod', 'spec.activeDeadlineSeconds', { is: 'int64' }],
    ['Pod', 'spec.hostNetwork', { is: 'boolean' }],
    ['Pod', 'spec.securityContext.supplementalGroups', { is: 'list', items: { is: 'int64' } }],
    ['Pod', 'spec.containers.resources.limits', { is: 'map', values: { is: 'quantity' } }],
    ['Pod', 'spec.containers.livenessProbe.httpGet.port', { is: 'int-or-string' }],
    ['Pod', 'metadata.creationTimestamp', { is: 'date-time' }],
    ['Pod', 'metadata.managedFields.fieldsV1', { is: 'any' }],
    ['Pod', 'metadata.labels', { is: 'map', values: { is: 'string' } }],
    ['Event', 'eventTime', { is: 'micro-time' }],
    ['Secret', 'data', { is: 'map', values: { is: 'byte' } }],
    ['ConfigMap', 'data', { is: 'map', values: { is: 'string' } }],
    ['ConfigMap', 'binaryData', { is: 'map', values: { is: 'byte' } }],
  ];
  for (const [kind, path, type] of types) {
    it(`know that ${path} of ${kind} is ${JSON.stringify(type)}`, () => {
      assert.deepEqual(fieldAt(core(kind), path).type, type);
    });
  }

  const keys: readonly (readonly [string, string, string | undefined, readonly string[] | undefined])[] = [
    ['Pod', 'spec.containers', 'name', ['name']],
    ['Pod', 'spec.containers.ports', 'containerPort', ['containerPort', 'protocol']],
    ['Pod', 'spec.containers.env', 'name', ['name']],
    ['Pod', 'spec.containers.volumeMounts', 'mountPath', ['mountPath']],
    ['Pod', 'spec.topologySpreadConstraints', 'topologyKey', ['topologyKey', 'whenUnsatisfiable']],
    ['Pod', 'spec.tolerations', undefined, undefined],
    ['Pod', 'metadata.finalizers', undefined, undefined],
    ['Service', 'spec.ports', 'port', ['port', 'protocol']],
    ['Node', 'status.conditions', 'type', ['type']],
  ];
  for (const [kind, path, mergeKey, mapKeys] of keys) {
    it(`know the keys of ${path} of ${kind}`, () => {
      const field = fieldAt(core(kind), path);
      assert.equal(field.mergeKey, mergeKey);
      assert.deepEqual(field.listMapKeys, mapKeys);
    });
  }

  it('know what is required, allowed, and the default of a key', () => {
    assert.equal(fieldAt(core('Pod'), 'spec.containers').required, true);
    assert.equal(fieldAt(core('Pod'), 'spec.nodeName').required, false);
    const protocol = fieldAt(core('Pod'), 'spec.containers.ports.protocol');
    assert.deepEqual(protocol.enum, ['SCTP', 'TCP', 'UDP']);
    assert.equal(protocol.default, 'TCP');
    assert.deepEqual(fieldAt(core('Pod'), 'spec.volumes').patchStrategies, ['merge', 'retainKeys']);
    assert.deepEqual(fieldAt(core('Pod'), 'metadata.finalizers').patchStrategies, ['merge']);
    assert.equal(fieldAt(core('Pod'), 'metadata.finalizers').listType, 'set');
    assert.equal(fieldAt(core('Service'), 'spec.selector').isAtomic, true);
  });

  it('know the objects in place that are kinds of their own', () => {
    const statefulSet = schemaOf({ group: 'apps', version: 'v1', kind: 'StatefulSet' });
    assert.equal(fieldAt(statefulSet, 'spec.volumeClaimTemplates.spec.resources.requests').type.is, 'map');
  });

  it('know nothing of custom resources, and the same object twice', () => {
    assert.equal(schemaOf({ group: 'example.com', version: 'v1', kind: 'Pod' }), undefined);
    assert.equal(core('Pod'), core('Pod'));
    assert.equal(schemas().ofId('io.k8s.api.core.v1.Pod'), core('Pod'));
    assert.equal(core('Pod')?.goType, 'v1.Pod');
  });

  it('can all be read', () => {
    const seen = new Set<ObjectSchema>();
    const visit = (schema: ObjectSchema | undefined) => {
      if (!schema || seen.has(schema)) return;
      seen.add(schema);
      for (const { type } of schema.fields().values()) {
        let inner = type;
        while (inner.is === 'list' || inner.is === 'map') inner = inner.is === 'list' ? inner.items : inner.values;
        if (inner.is === 'object') visit(inner.object);
      }
    };
    for (const kind of ['Pod', 'PodList', 'Node', 'Service', 'Secret', 'Event', 'PersistentVolume']) visit(core(kind));
    visit(schemaOf({ group: 'apiextensions.k8s.io', version: 'v1', kind: 'CustomResourceDefinition' }));
    assert(seen.size > 150, String(seen.size));
  });
});
