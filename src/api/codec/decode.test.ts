import assert from 'node:assert/strict';
import { ApiError } from '../meta/errors.ts';
import { checkObject, decodeLoose, decodeObject } from './decode.ts';

const POD = { group: '', version: 'v1', kind: 'Pod' };
const DEPLOYMENT = { group: 'apps', version: 'v1', kind: 'Deployment' };

const decode = (body: string, gvk = POD, type?: string) => decodeObject(Buffer.from(body), type, gvk);
const decodeSpec = (spec: string) => decode(`{"spec":${spec}}`);

function refusal(read: () => unknown): ApiError {
  try {
    read();
  } catch (err) {
    assert(err instanceof ApiError, String(err));
    return err;
  }
  return assert.fail('nothing was thrown');
}

describe('decoding a JSON body', () => {
  it('fills in apiVersion, kind and metadata and puts them first', () => {
    const { object, strictErrors } = decode('{"spec":{"nodeName":"n"}}');
    assert.equal(
      JSON.stringify(object),
      '{"apiVersion":"v1","kind":"Pod","metadata":{},"spec":{"nodeName":"n","containers":[]}}',
    );
    assert.deepEqual(strictErrors, []);
  });

  it('drops nulls, and reads a null item as the zero value, as Go does', () => {
    const { object } = decode(
      '{"metadata":{"name":"a","creationTimestamp":null,"labels":{"x":null}},"spec":{"nodeName":null,"containers":[{"args":[null,"b"]},null]},"status":null}',
    );
    assert.deepEqual(object, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'a', labels: { x: '' } },
      spec: { containers: [{ args: ['', 'b'], name: '' }, { name: '' }] },
    });
  });

  it('gives required fields that are absent their zero value, as Go does, but for pointers and times', () => {
    const pod =
      '{"metadata":{"ownerReferences":[{"name":"a"}]},"spec":{"containers":[{"name":"a","livenessProbe":{"tcpSocket":{}}}],"affinity":{"podAffinity":{"preferredDuringSchedulingIgnoredDuringExecution":[{"weight":1}]}}}}';
    assert.deepEqual(decode(pod).object, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ownerReferences: [{ name: 'a', apiVersion: '', kind: '', uid: '' }] },
      spec: {
        containers: [{ name: 'a', livenessProbe: { tcpSocket: { port: 0 } } }],
        affinity: {
          podAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: { topologyKey: '' } }],
          },
        },
      },
    });
    const { spec } = decode('{"spec":{"replicas":1}}', DEPLOYMENT).object as { spec?: unknown };
    assert.deepEqual(spec, { replicas: 1, template: {} });
    const service = decode('{"status":{"conditions":[{"type":"x"}]}}', { group: '', version: 'v1', kind: 'Service' });
    assert.deepEqual((service.object as { status?: unknown }).status, {
      conditions: [{ type: 'x', status: '', reason: '', message: '' }],
    });
  });

  it('drops unknown fields and tells where they were', () => {
    const { object, strictErrors } = decode(
      '{"spek":{},"spec":{"containers":[{"name":"a","imagee":"b"}],"volumes":[{"emptyDir":{"x":{"y":1}}}]}}',
    );
    assert.deepEqual((object as { spec?: unknown }).spec, {
      containers: [{ name: 'a' }],
      volumes: [{ emptyDir: {}, name: '' }],
    });
    assert.deepEqual(strictErrors, [
      'unknown field "spek"',
      'unknown field "spec.containers[0].imagee"',
      'unknown field "spec.volumes[0].emptyDir.x"',
    ]);
  });

  it('tells duplicate fields and keeps the last', () => {
    const { object, strictErrors } = decode(
      '{"metadata":{"labels":{"a":"1","a":"2"}},"spec":{"nodeName":"x","containers":[{"name":"a","name":"b"}],"nodeName":"y"}}',
    );
    assert.deepEqual(strictErrors, [
      'duplicate field "metadata.labels.a"',
      'duplicate field "spec.nodeName"',
      'duplicate field "spec.containers[0].name"',
    ]);
    assert.deepEqual(object.metadata.labels, { a: '2' });
  });

  it('keeps a label called __proto__ without touching any prototype', () => {
    const { object } = decode('{"metadata":{"labels":{"__proto__":"x"}}}');
    assert.equal(JSON.stringify(object.metadata), '{"labels":{"__proto__":"x"}}');
    assert.equal(Object.getPrototypeOf(object.metadata.labels), Object.prototype);
  });

  it('writes quantities, times and bytes in their canonical form', () => {
    const { object } = decodeSpec(
      '{"containers":[{"name":"a","resources":{"limits":{"cpu":0.5,"memory":"1024Mi","x":9007199254740993,"y":1e3}}}],"overhead":{"cpu":"100m"}}',
    );
    assert.deepEqual((object as { spec?: unknown }).spec, {
      containers: [
        { name: 'a', resources: { limits: { cpu: '500m', memory: '1Gi', x: '9007199254740993', y: '1k' } } },
      ],
      overhead: { cpu: '100m' },
    });
    const times = '{"metadata":{"creationTimestamp":"2026-01-02T03:04:05.678+01:00"}}';
    assert.equal(decode(times).object.metadata.creationTimestamp, '2026-01-02T02:04:05Z');
    const lease = decode('{"spec":{"renewTime":"2026-01-02T03:04:05.678Z"}}', {
      group: 'coordination.k8s.io',
      version: 'v1',
      kind: 'Lease',
    });
    assert.deepEqual((lease.object as { spec?: unknown }).spec, { renewTime: '2026-01-02T03:04:05.678000Z' });
    const secret = decode('{"data":{"a":"YQ\\n=="}}', { group: '', version: 'v1', kind: 'Secret' });
    assert.deepEqual((secret.object as { data?: unknown }).data, { a: 'YQ==' });
  });

  const mismatches: readonly (readonly [string, string])[] = [
    [
      '{"spec":{"containers":"x"}}',
      'cannot unmarshal string into Go struct field PodSpec.spec.containers of type []v1.Container',
    ],
    [
      '{"spec":{"containers":[{"image":true}]}}',
      'cannot unmarshal bool into Go struct field Container.spec.containers.image of type string',
    ],
    [
      '{"spec":{"containers":[{"ports":[{"containerPort":"80"}]}]}}',
      'cannot unmarshal string into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32',
    ],
    [
      '{"spec":{"priority":1.5}}',
      'cannot unmarshal number 1.5 into Go struct field PodSpec.spec.priority of type int32',
    ],
    [
      '{"spec":{"priority":3000000000}}',
      'cannot unmarshal number 3000000000 into Go struct field PodSpec.spec.priority of type int32',
    ],
    [
      '{"metadata":{"labels":{"a":1}}}',
      'cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string',
    ],
    [
      '{"metadata":{"labels":["a"]}}',
      'cannot unmarshal array into Go struct field ObjectMeta.metadata.labels of type map[string]string',
    ],
    ['{"metadata":[]}', 'cannot unmarshal array into Go struct field Pod.metadata of type v1.ObjectMeta'],
    [
      '{"spec":{"hostNetwork":"yes"}}',
      'cannot unmarshal string into Go struct field PodSpec.spec.hostNetwork of type bool',
    ],
  ];
  for (const [body, message] of mismatches) {
    it(`refuses ${body} as Go does`, () => {
      const error = refusal(() => decode(body));
      assert.equal(error.message, `Pod in version "v1" cannot be handled as a Pod: json: ${message}`);
      assert.equal(error.reason, 'BadRequest');
    });
  }

  it('refuses a value that does not read with the words of its type', () => {
    const frame = 'Pod in version "v1" cannot be handled as a Pod: ';
    const message = (body: string) => refusal(() => decode(body)).message.replace(frame, '');
    assert.match(message('{"spec":{"overhead":{"cpu":"1x!"}}}'), /^quantities must match the regular expression '/);
    assert.equal(
      message('{"metadata":{"creationTimestamp":"yesterday"}}'),
      'parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"',
    );
    assert.match(message('{"spec":{"activeDeadlineSeconds":9007199254740993}}'), /number 9007199254740993 .*2\^53/);
    const probe = '{"spec":{"containers":[{"livenessProbe":{"httpGet":{"port":{}}}}]}}';
    assert.equal(message(probe), 'json: cannot unmarshal object into Go value of type int32');
  });

  it('refuses another apiVersion, another kind, and what is no object', () => {
    const message = (body: string, gvk = POD) => refusal(() => decode(body, gvk)).message;
    assert.equal(
      message('{"apiVersion":"v1","kind":"Deployment"}', DEPLOYMENT),
      'the API version in the data (v1) does not match the expected API version (apps/v1)',
    );
    assert.match(
      message('{"apiVersion":"v1","kind":"Service"}'),
      /^Service in version "v1" cannot be handled as a Pod: /,
    );
    assert.match(message('[]'), /must be of type Pod/);
    assert.match(message('null'), /must be of type Pod/);
  });

  it('says what is wrong with the syntax, and shows the beginning', () => {
    const message = (body: string) => refusal(() => decode(body)).message;
    const frame =
      "the object provided is unrecognized (must be of type Pod): couldn't get version/kind; json parse error: ";
    assert.equal(message(''), `${frame}unexpected end of JSON input (<empty>)`);
    assert.equal(
      message('{metadata: {}}'),
      `${frame}invalid character 'm' looking for beginning of object key string ({metadata: {}})`,
    );
    assert.equal(message('hello'), `${frame}invalid character 'h' looking for beginning of value (68656c6c6f)`);
  });

  it('survives a hundred thousand levels', () => {
    const deep = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    assert.match(refusal(() => decode(deep)).message, /exceeded max depth/);
    assert.match(refusal(() => decode('{"a":'.repeat(100_000))).message, /exceeded max depth/);
  });

  it('refuses media types it does not read', () => {
    assert.equal(refusal(() => decode('a=b', POD, 'application/x-www-form-urlencoded')).code, 415);
    assert.equal(decode('{}', POD, 'application/json; charset=utf-8').object.kind, 'Pod');
  });

  it('leaves custom resources as they are but for their metadata', () => {
    const gvk = { group: 'example.com', version: 'v1', kind: 'Thing' };
    const { object, strictErrors } = decode('{"metadata":{"name":"a","x":1},"spec":{"any":[1,null]}}', gvk);
    assert.deepEqual(object, {
      apiVersion: 'example.com/v1',
      kind: 'Thing',
      metadata: { name: 'a' },
      spec: { any: [1, null] },
    });
    assert.deepEqual(strictErrors, ['unknown field "metadata.x"']);
  });
});

describe('decoding a YAML body', () => {
  const yaml = (text: string, gvk = POD) => decodeObject(Buffer.from(text), 'application/yaml', gvk);

  it('reads one document with merge keys and the booleans of YAML 1.1', () => {
    const { object } = yaml('kind: Pod\nspec:\n  hostNetwork: on\n  hostPID: n\n  nodeSelector: &a {x: "yes"}\n');
    assert.deepEqual((object as { spec?: unknown }).spec, {
      hostNetwork: true,
      hostPID: false,
      nodeSelector: { x: 'yes' },
      containers: [],
    });
    const merged = yaml('metadata:\n  labels: &l {a: b}\n  annotations:\n    <<: *l\n    c: d\n');
    assert.deepEqual(merged.object.metadata.annotations, { a: 'b', c: 'd' });
  });

  it('tells keys that are written twice', () => {
    const { strictErrors, object } = yaml('metadata:\n  name: a\n  name: b\n');
    assert.deepEqual(strictErrors, ['yaml: unmarshal errors:\n  line 3: key "name" already set in map']);
    assert.equal(object.metadata.name, 'b');
  });

  it('refuses several documents, bad syntax and aliases that explode', () => {
    assert.match(refusal(() => yaml('a: 1\n---\nb: 2\n')).message, /single document/);
    assert.match(refusal(() => yaml('a: [1')).message, /yaml: line 1: /);
    const lines = ['a0: &a0 [x]'];
    for (let i = 1; i < 10; i++) lines.push(`a${i}: &a${i} [${`*a${i - 1},`.repeat(10)}]`);
    assert.match(refusal(() => yaml(lines.join('\n'))).message, /excessive aliasing/);
  });
});

describe('checking an object at hand', () => {
  it('gives the same as decoding it', () => {
    const pod = { spec: { containers: [{ name: 'a', imagee: 'b' }] } };
    assert.deepEqual(checkObject(pod, POD), decode(JSON.stringify(pod)));
  });
});

describe('decoding options', () => {
  it('takes any apiVersion, and nothing at all', () => {
    assert.deepEqual(decodeLoose(new Uint8Array(), undefined), {});
    const body = Buffer.from('{"apiVersion":"policy/v1","kind":"DeleteOptions","gracePeriodSeconds":0,"x":1}');
    assert.deepEqual(decodeLoose(body, 'application/json'), {
      apiVersion: 'policy/v1',
      kind: 'DeleteOptions',
      gracePeriodSeconds: 0,
    });
  });

  it('refuses wrong types', () => {
    const error = refusal(() => decodeLoose(Buffer.from('{"gracePeriodSeconds":"x"}'), undefined));
    assert.match(
      error.message,
      /cannot unmarshal string into Go struct field DeleteOptions.gracePeriodSeconds of type int64/,
    );
  });
});
