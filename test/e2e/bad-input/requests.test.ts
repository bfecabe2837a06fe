import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { eventually } from '../../lib/eventually.ts';
import { type RawRequest, rawRequest, type StatusAnswer } from '../../lib/raw-client.ts';
import { cluster } from '../setup/shared-cluster.ts';

const NAMESPACE = 'bad-requests';
const CONFIG_MAPS = `/api/v1/namespaces/${NAMESPACE}/configmaps`;
const PODS = `/api/v1/namespaces/${NAMESPACE}/pods`;
const SERVICES = `/api/v1/namespaces/${NAMESPACE}/services`;

const ask = (raw: RawRequest) => rawRequest(cluster.kubeconfig, raw);
const post = (path: string, body: unknown, contentType?: string) =>
  ask({ method: 'POST', path, body: typeof body === 'string' ? body : JSON.stringify(body), contentType });
const configMap = (metadata: object, rest: object = {}) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata, ...rest });
const pod = (metadata: object, container: object = {}, spec: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata,
  spec: { containers: [{ name: 'main', image: 'busybox:1', ...container }], nodeSelector: { moon: 'dark' }, ...spec },
});

/** @throws AssertionError unless it is a failed Status of this code and reason that says these words. */
function assertRefused(
  answer: { code: number; text: string },
  [code, reason, words]: readonly [number, string, string | RegExp],
): void {
  const status = JSON.parse(answer.text) as StatusAnswer;
  const { kind, reason: actualReason, code: inBody, message } = status;
  assert.deepEqual(
    { kind, reason: actualReason, inBody, http: answer.code },
    { kind: 'Status', reason, inBody: code, http: code },
    message,
  );
  if (typeof words === 'string') assert.ok(message.includes(words), `${message}\nshould include\n${words}`);
  else assert.match(message, words);
}

const LABEL_RULE =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const NAME_RULE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

/** What is sent, and the code, the reason and words of the message that come back. */
const BODIES: readonly (readonly [string, string, unknown, readonly [number, string, string | RegExp], string?])[] = [
  [
    'JSON that ends in the middle',
    CONFIG_MAPS,
    '{"apiVersion":"v1","kind":',
    [400, 'BadRequest', /unexpected end|couldn't get version/],
  ],
  ['no JSON at all', CONFIG_MAPS, 'hello', [400, 'BadRequest', /invalid character|couldn't/]],
  ['an empty body', CONFIG_MAPS, '', [400, 'BadRequest', /./]],
  [
    'YAML with a tab',
    CONFIG_MAPS,
    'kind: ConfigMap\n\tmetadata: {}\n',
    [400, 'BadRequest', /yaml/i],
    'application/yaml',
  ],
  [
    'a content type of nobody',
    CONFIG_MAPS,
    'x',
    [
      415,
      'UnsupportedMediaType',
      'the body of the request was in an unknown format - accepted media types include: application/json',
    ],
    'text/csv',
  ],
  [
    "a number in a string's place",
    CONFIG_MAPS,
    configMap({ name: 'x' }, { data: { a: 1 } }),
    [400, 'BadRequest', 'json: cannot unmarshal number into Go struct field ConfigMap.data of type string'],
  ],
  [
    "a string in a list's place",
    PODS,
    { ...pod({ name: 'x' }), spec: { containers: 'none' } },
    [
      400,
      'BadRequest',
      /cannot unmarshal string into Go struct field PodSpec\.spec\.containers of type \[\]v1\.Container|cannot unmarshal string into Go struct field/,
    ],
  ],
  [
    "another kind than the path's",
    CONFIG_MAPS,
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' } },
    [400, 'BadRequest', /does not match|cannot be handled as a ConfigMap/],
  ],
  [
    'a kind that nobody knows',
    CONFIG_MAPS,
    { apiVersion: 'v1', kind: 'Moon', metadata: { name: 'x' } },
    [400, 'BadRequest', /no kind "Moon" is registered|cannot be handled|does not match/],
  ],
  [
    "another namespace than the path's",
    CONFIG_MAPS,
    configMap({ name: 'x', namespace: 'default' }),
    [400, 'BadRequest', 'the namespace of the provided object does not match the namespace sent on the request'],
  ],
  ['no name', CONFIG_MAPS, configMap({}), [422, 'Invalid', /name or generateName is required/]],
  [
    'a name in capitals',
    CONFIG_MAPS,
    configMap({ name: 'Bad_Name' }),
    [422, 'Invalid', `metadata.name: Invalid value: "Bad_Name": ${NAME_RULE}`],
  ],
  [
    'a name of 254 letters',
    CONFIG_MAPS,
    configMap({ name: 'x'.repeat(254) }),
    [422, 'Invalid', /must be no more than 253 (bytes|characters)/],
  ],
  [
    'a label value with a space',
    CONFIG_MAPS,
    configMap({ name: 'x', labels: { a: 'b c' } }),
    [422, 'Invalid', `metadata.labels: Invalid value: "b c": ${LABEL_RULE}`],
  ],
  [
    'a label key with two slashes',
    CONFIG_MAPS,
    configMap({ name: 'x', labels: { 'a/b/c': '' } }),
    [422, 'Invalid', 'metadata.labels: Invalid value: "a/b/c": a valid label key must consist of'],
  ],
  [
    'a label value of 64 letters',
    CONFIG_MAPS,
    configMap({ name: 'x', labels: { a: 'b'.repeat(64) } }),
    [422, 'Invalid', 'must be no more than 63 bytes'],
  ],
  [
    'annotations of 300 kB',
    CONFIG_MAPS,
    configMap({ name: 'x', annotations: { a: 'b'.repeat(300_000) } }),
    [422, 'Invalid', /metadata\.annotations: Too long: may not be more than 262144 bytes/],
  ],
  [
    'a ConfigMap of 1.5 MB',
    CONFIG_MAPS,
    configMap({ name: 'x' }, { data: { a: 'b'.repeat(1_500_000) } }),
    [422, 'Invalid', /Too long: may not be more than 1048576 bytes/],
  ],
  [
    'a pod without containers',
    PODS,
    { ...pod({ name: 'x' }), spec: { containers: [] } },
    [422, 'Invalid', 'spec.containers: Required value'],
  ],
  [
    'a quantity that is none',
    PODS,
    pod({ name: 'x' }, { resources: { limits: { cpu: 'much' } } }),
    [400, 'BadRequest', "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"],
  ],
  [
    'a port beyond 65535',
    SERVICES,
    { apiVersion: 'v1', kind: 'Service', metadata: { name: 'x' }, spec: { ports: [{ port: 70_000 }] } },
    [422, 'Invalid', 'spec.ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive'],
  ],
  [
    'an unknown pull policy',
    PODS,
    pod({ name: 'x' }, { imagePullPolicy: 'Sometimes' }),
    [
      422,
      'Invalid',
      'spec.containers[0].imagePullPolicy: Unsupported value: "Sometimes": supported values: "Always", "IfNotPresent", "Never"',
    ],
  ],
];

describe('requests that cannot be served', () => {
  before(async () => {
    await cluster.api.create('/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: NAMESPACE },
    });
    await eventually(() => cluster.api.get(`/api/v1/namespaces/${NAMESPACE}/serviceaccounts/default`));
  });
  after(() => cluster.api.delete(`/api/v1/namespaces/${NAMESPACE}`));
  afterEach(async () => assert.equal(await cluster.api.get('/readyz'), 'ok'));

  for (const [what, path, body, expected, contentType] of BODIES) {
    it(`refuses ${what}`, async () => assertRefused(await post(path, body, contentType), expected));
  }

  it('refuses a body of 10 MB', async () => {
    const body = JSON.stringify(configMap({ name: 'x' }, { data: { a: 'b'.repeat(10_000_000) } }));
    assertRefused(await post(CONFIG_MAPS, body), [413, 'RequestEntityTooLarge', /limit is 3145728|too large/]);
  });

  it('refuses 10 MB that come in pieces of which nobody said how many', async () => {
    const body = Readable.from(Array.from({ length: 100 }, () => Buffer.alloc(100_000, ' ')));
    const answer = await ask({ method: 'POST', path: CONFIG_MAPS, body });
    assertRefused(answer, [413, 'RequestEntityTooLarge', /limit is 3145728/]);
  });

  it('refuses JSON that is 100,000 deep', async () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    const body = `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"},"data":${deep}}`;
    assertRefused(await post(CONFIG_MAPS, body), [400, 'BadRequest', /exceeded max depth/]);
  });

  it('refuses YAML that grows to a billion laughs', async () => {
    const laughs = Array.from({ length: 9 }, (_, index) => {
      const list = Array(9)
        .fill(index === 0 ? 'lol' : `*l${index - 1}`)
        .join(',');
      return `l${index}: &l${index} [${list}]`;
    });
    const answer = await post(
      CONFIG_MAPS,
      `apiVersion: v1\nkind: ConfigMap\n${laughs.join('\n')}\n`,
      'application/yaml',
    );
    assert.ok(answer.code >= 400 && answer.code < 500, `${answer.code} ${answer.text.slice(0, 300)}`);
  });

  describe('with unknown and double fields', () => {
    const UNKNOWN =
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"generateName":"field-"},"dato":{},"data":{"a":"1","a":"2"}}';
    const named = (level: string) => `${CONFIG_MAPS}?fieldValidation=${level}`;

    it('refuses them in Strict', async () => {
      assertRefused(await post(named('Strict'), UNKNOWN), [
        400,
        'BadRequest',
        /strict decoding error: .*unknown field "dato"/,
      ]);
      assertRefused(await post(named('Strict'), UNKNOWN), [
        400,
        'BadRequest',
        /duplicate field "data\.a"|duplicate field/,
      ]);
    });

    it('warns of them in Warn', async () => {
      const { code, warnings } = await post(named('Warn'), UNKNOWN);
      assert.equal(code, 201);
      assert.match(warnings.join(), /299 - "unknown field \\"dato\\""/);
      assert.match(warnings.join(), /299 - "duplicate field \\"data\.a\\""/);
    });

    it('drops them silently in Ignore', async () => {
      const { code, warnings, text } = await post(named('Ignore'), UNKNOWN);
      assert.deepEqual([code, warnings], [201, []]);
      assert.equal((JSON.parse(text) as { data: { a: string } }).data.a, '2');
    });

    it('refuses a level that is none', async () => {
      assertRefused(await post(named('Maybe'), UNKNOWN), [
        422,
        'Invalid',
        /fieldValidation: Unsupported value: "Maybe": supported values: "Ignore", "Strict", "Warn"|fieldValidation/,
      ]);
    });
  });

  describe('against what is there', () => {
    before(async () => {
      await cluster.api.create(CONFIG_MAPS, configMap({ name: 'there' }, { data: { a: '1' } }));
      await cluster.api.create(CONFIG_MAPS, configMap({ name: 'fixed' }, { data: { a: '1' }, immutable: true }));
      await cluster.api.create(PODS, pod({ name: 'there' }));
    });
    const put = (path: string, object: object) => ask({ method: 'PUT', path, body: JSON.stringify(object) });
    const patch = (path: string, body: unknown, contentType: string) =>
      ask({ method: 'PATCH', path, body: JSON.stringify(body), contentType });

    it('refuses an update of an old version', async () => {
      assertRefused(await put(`${CONFIG_MAPS}/there`, configMap({ name: 'there', resourceVersion: '1' })), [
        409,
        'Conflict',
        'Operation cannot be fulfilled on configmaps "there": the object has been modified; please apply your changes to the latest version and try again',
      ]);
    });

    it('refuses a resourceVersion that is no number', async () => {
      const answer = await put(`${CONFIG_MAPS}/there`, configMap({ name: 'there', resourceVersion: 'abc' }));
      assert.ok([400, 409, 422].includes(answer.code), answer.text);
    });

    it("refuses another name than the path's", async () => {
      assertRefused(await put(`${CONFIG_MAPS}/there`, configMap({ name: 'elsewhere' })), [
        400,
        'BadRequest',
        'the name of the object (elsewhere) does not match the name on the URL (there)',
      ]);
    });

    it('refuses to change what is immutable', async () => {
      assertRefused(
        await put(`${CONFIG_MAPS}/fixed`, configMap({ name: 'fixed' }, { data: { a: '2' }, immutable: true })),
        [422, 'Invalid', 'data: Forbidden: field is immutable when `immutable` is set'],
      );
      assertRefused(
        await patch(`${PODS}/there`, { spec: { restartPolicy: 'Never' } }, 'application/merge-patch+json'),
        [422, 'Invalid', 'spec: Forbidden: pod updates may not change fields other than'],
      );
    });

    it('refuses patches to where nothing is', async () => {
      for (const op of ['remove', 'replace', 'test']) {
        const answer = await patch(
          `${CONFIG_MAPS}/there`,
          [{ op, path: '/data/none', value: 'x' }],
          'application/json-patch+json',
        );
        assert.ok([400, 422].includes(answer.code), `${op}: ${answer.text}`);
      }
      assertRefused(await patch(`${CONFIG_MAPS}/nothing`, {}, 'application/merge-patch+json'), [
        404,
        'NotFound',
        'configmaps "nothing" not found',
      ]);
    });

    it('refuses a patch of no known type', async () => {
      assertRefused(await patch(`${CONFIG_MAPS}/there`, {}, 'text/plain'), [
        415,
        'UnsupportedMediaType',
        /accepted media types include|must be/,
      ]);
    });

    it('refuses a second object of the name', async () => {
      assertRefused(await post(CONFIG_MAPS, configMap({ name: 'there' })), [
        409,
        'AlreadyExists',
        'configmaps "there" already exists',
      ]);
    });

    it('refuses selectors that are none', async () => {
      assertRefused(await ask({ path: `${PODS}?labelSelector=a+in+b` }), [
        400,
        'BadRequest',
        /unable to parse requirement|found 'b'/,
      ]);
      assertRefused(await ask({ path: `${PODS}?limit=many` }), [400, 'BadRequest', /./]);
      assertRefused(await ask({ path: `${PODS}?continue=nonsense` }), [400, 'BadRequest', /continue key is not valid/]);
    });

    it('refuses a method that there is none of', async () => {
      assertRefused(await ask({ method: 'POST', path: `${PODS}/there`, body: '{}' }), [
        405,
        'MethodNotAllowed',
        /not allow|not supported/,
      ]);
    });
  });
});
