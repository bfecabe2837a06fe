import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ingress, IngressBackend, Secret, Service } from '../../api/types.ts';
import { routingTable } from './routing-table.ts';
import { TlsMaterials } from './tls-materials.ts';

function service(name: string, spec: Partial<Service['spec']> = {}): Service {
  const ports = [{ name: 'http', port: 80 }];
  return { apiVersion: 'v1', kind: 'Service', metadata: { namespace: 'shop', name }, spec: { ports, ...spec } };
}

const SERVICES = [
  service('web'),
  service('api', {
    ports: [{ name: 'grpc', port: 81, appProtocol: 'kubernetes.io/h2c' }],
    sessionAffinity: 'ClientIP',
  }),
  service('outside', { type: 'ExternalName', externalName: 'example.com.', ports: [] }),
];

function to(name: string, port: { number?: number; name?: string } = { number: 80 }): IngressBackend {
  return { service: { name, port } };
}

/** [path, pathType, Service] */
type Path = readonly [string | undefined, 'Exact' | 'Prefix' | 'ImplementationSpecific', string | IngressBackend];

function rule(host: string | undefined, ...paths: readonly Path[]) {
  const http = {
    paths: paths.map(([path, pathType, backend]) => ({
      path,
      pathType,
      backend: typeof backend === 'string' ? to(backend) : backend,
    })),
  };
  return { host, http };
}

function ingress(name: string, spec: Ingress['spec'], day = 1): Ingress {
  const creationTimestamp = `2024-01-0${day}T00:00:00Z`;
  const metadata = { namespace: 'shop', name, creationTimestamp };
  return { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata, spec };
}

function table(ingresses: readonly Ingress[], secrets: readonly Secret[] = [], tls = new TlsMaterials()) {
  const found = routingTable(ingresses, {
    service: (_, name) => SERVICES.find(({ metadata }) => metadata.name === name),
    secret: (_, name) => secrets.find(({ metadata }) => metadata.name === name),
    tls,
  });
  return {
    ...found,
    lines: found.routes.map(({ match, host, path, backend }) => `${match} ${host}${path} ${backend}`),
    words: found.problems.map(({ ingress: name, reason, message }) => `${name} ${reason}: ${message}`),
  };
}

describe('routingTable', () => {
  it('compares exact paths as they are, and prefixes by their elements', () => {
    const one = ingress('one', {
      rules: [
        rule(
          'foo.com',
          ['/a', 'Exact', 'web'],
          ['/a', 'Prefix', 'web'],
          ['/b/', 'Prefix', 'web'],
          ['/', 'Prefix', 'web'],
        ),
      ],
    });
    const expected = ['exact foo.com/a', 'prefix foo.com/a/', 'prefix foo.com/b/', 'prefix foo.com/'];
    assert.deepEqual(
      table([one]).lines,
      expected.map((line) => `${line} shop_web_80`),
    );
  });

  it('takes ImplementationSpecific for Prefix, no path for all paths, and no host for all hosts', () => {
    const one = ingress('one', { rules: [rule(undefined, [undefined, 'ImplementationSpecific', 'web'])] });
    assert.deepEqual(table([one]).lines, ['prefix */ shop_web_80']);
  });

  it('percent-encodes what no request line holds', () => {
    const wild = '/a b\n"#\'\\%zz%20ü';
    const one = ingress('one', { rules: [rule('foo.com', [wild, 'Exact', 'web'])] });
    assert.deepEqual(table([one]).lines, ["exact foo.com/a%20b%0A%22%23'%5C%25zz%20%C3%BC shop_web_80"]);
  });

  it('gives what two claim to the older one, and tells the younger', () => {
    const paths = ['/', 'Prefix'] as const;
    const older = ingress('z-older', { rules: [rule('foo.com', [...paths, 'web'])] }, 1);
    const younger = ingress('younger', { rules: [rule('foo.com', [...paths, to('api', { number: 81 })])] }, 2);
    const { lines, words } = table([younger, older]);
    assert.deepEqual(lines, ['prefix foo.com/ shop_web_80']);
    assert.deepEqual(words, [
      'shop/younger RuleConflict: path / of host foo.com is served as Ingress shop/z-older says, which is older',
    ]);
  });

  it('leads what no rule takes to the default: of the Ingress’s own hosts, and of all others', () => {
    const spec = { defaultBackend: to('web'), rules: [rule('foo.com', ['/a', 'Prefix', 'web'] as const)] };
    assert.deepEqual(table([ingress('one', spec)]).lines, [
      'prefix foo.com/a/ shop_web_80',
      'default foo.com shop_web_80',
      'default * shop_web_80',
    ]);
  });

  it('lets an Ingress without rules be the default before one with rules', () => {
    const ruled = ingress('ruled', { defaultBackend: to('web'), rules: [rule('foo.com', ['/', 'Prefix', 'web'])] }, 1);
    const bare = ingress('bare', { defaultBackend: to('api', { number: 81 }) }, 2);
    const { lines, words } = table([ruled, bare]);
    assert.deepEqual(lines.slice(1), ['default * shop_api_81', 'default foo.com shop_web_80']);
    assert.deepEqual(words, []);
  });

  it('finds ports by number and by name, and what the Service says of them', () => {
    const paths: Path[] = [
      ['/1', 'Exact', to('api', { number: 81 })],
      ['/2', 'Exact', to('api', { name: 'grpc' })],
      ['/3', 'Exact', to('outside', { number: 8080 })],
    ];
    const { backends } = table([ingress('one', { rules: [rule('foo.com', ...paths)] })]);
    const { isHttp2, isSticky, portName } = backends.get('shop_api_grpc') ?? {};
    assert.deepEqual([isHttp2, isSticky, portName], [true, true, 'grpc']);
    assert.deepEqual(backends.get('shop_outside_8080')?.external, { host: 'example.com', port: 8080 });
    assert.ok(backends.has('shop_api_81'));
  });

  it('tells what is not there, and keeps the path: requests get 503 until it comes', () => {
    const resource = { resource: { kind: 'Bucket', name: 'b' } };
    const paths: Path[] = [
      ['/1', 'Exact', 'nobody'],
      ['/2', 'Exact', to('web', { name: 'admin' })],
      ['/3', 'Exact', resource],
    ];
    const { lines, words } = table([ingress('one', { rules: [rule('foo.com', ...paths)] })]);
    assert.deepEqual(lines, ['exact foo.com/1 shop_nobody_80', 'exact foo.com/2 shop_web_admin']);
    assert.deepEqual(words, [
      'shop/one ServiceNotFound: path /1 of host foo.com: there is no Service shop/nobody',
      'shop/one ServicePortNotFound: path /2 of host foo.com: Service shop/web has no port "admin"',
      'shop/one NotSupported: path /3 of host foo.com: a backend that is no Service is not served',
    ]);
  });
});

describe('certificates of Ingresses', () => {
  let folder: string;
  const made = (...key: string[]) => {
    const files = ['key', 'crt'].map((name) => join(folder, name));
    const out = ['-keyout', files[0] ?? '', '-out', files[1] ?? ''];
    execFileSync('openssl', ['req', '-x509', '-newkey', ...key, '-nodes', '-subj', '/CN=foo.com', ...out], {
      stdio: 'ignore',
    });
    const [tlsKey, tlsCrt] = files.map((file) => readFileSync(file).toString('base64'));
    return { 'tls.key': tlsKey ?? '', 'tls.crt': tlsCrt ?? '' };
  };
  const names = (...hosts: string[]) => ['-addext', `subjectAltName=${hosts.map((host) => `DNS:${host}`)}`];
  const ecKey = ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
  const secret = (name: string, data: Record<string, string>): Secret => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace: 'shop', name },
    data,
  });
  const asking = (secretName: string, hosts?: string[], day = 1, name = 'one') =>
    ingress(name, { defaultBackend: to('web'), tls: [{ secretName, ...(hosts ? { hosts } : {}) }] }, day);

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'bramble-tls-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  it('are shown to the hosts that the Ingress names, or to those that they are for', () => {
    const secrets = [secret('good', made(...ecKey))];
    const shown = (hosts?: string[]) => table([asking('good', hosts)], secrets).certificates.map((one) => one.hosts);
    assert.deepEqual(shown(['foo.com', '*.bar.com']), [['*.bar.com', 'foo.com']]);
    assert.deepEqual(shown(), [['foo.com']]);
    const both = table([asking('good', ['bar.com']), asking('good', undefined, 2, 'two')], secrets);
    assert.deepEqual(
      both.certificates.map(({ hosts }) => hosts),
      [['bar.com', 'foo.com']],
    );
  });

  it('take the names that they are for from no older Ingress', () => {
    const secrets = [secret('named', made(...ecKey)), secret('wide', made(...ecKey, ...names('foo.com', '*.foo.com')))];
    const { certificates, words } = table([asking('wide', undefined, 2, 'two'), asking('named', ['foo.com'])], secrets);
    assert.deepEqual(
      certificates.map(({ hosts }) => hosts),
      [['foo.com'], ['*.foo.com']],
    );
    assert.deepEqual(words, [
      'shop/two RuleConflict: host foo.com has the certificate of Ingress shop/one, which is older',
    ]);
    const older = table([asking('wide'), asking('named', ['foo.com'], 2, 'two')], secrets);
    assert.deepEqual(
      older.certificates.map(({ hosts }) => hosts),
      [['*.foo.com', 'foo.com']],
    );
    assert.deepEqual(older.words, words, 'an older one has those of its certificate as if it named them');
  });

  it('are no conflict where two Secrets hold the same one', () => {
    const data = made(...ecKey);
    const { certificates, words } = table(
      [asking('first'), asking('second', ['foo.com', 'bar.com'], 2, 'two')],
      [secret('first', data), secret('second', data)],
    );
    assert.deepEqual(
      certificates.map(({ hosts }) => hosts),
      [['bar.com', 'foo.com']],
    );
    assert.deepEqual(words, []);
  });

  it('tell an Ingress that names two for the same host which of them it has', () => {
    const both = ingress('one', {
      defaultBackend: to('web'),
      tls: ['first', 'second'].map((secretName) => ({ secretName, hosts: ['foo.com'] })),
    });
    const { words } = table([both], [secret('first', made(...ecKey)), secret('second', made(...ecKey))]);
    assert.deepEqual(words, [
      'shop/one RuleConflict: host foo.com has the certificate of Secret shop/first, which comes first',
    ]);
  });

  it('are told to be named hosts where they are for none', () => {
    const nobody = secret('nobody', made(...ecKey, '-addext', 'subjectAltName=DNS:no host'));
    const { certificates, words } = table([asking('nobody')], [nobody]);
    assert.deepEqual(certificates, []);
    assert.match(words.join(), /BadCertificate: Secret shop\/nobody is for no host by its name/);
  });

  it('are read once of each Secret, good or bad, until another takes its place', () => {
    const tls = new TlsMaterials();
    let looks = 0;
    const counted = (name: string, data: Record<string, string>): Secret => ({
      ...secret(name, {}),
      get data() {
        looks += 1;
        return data;
      },
    });
    const good = made(...ecKey);
    const look = (secrets: readonly Secret[]) => {
      looks = 0;
      table([asking('good', ['a.com', 'b.com']), asking('bad', ['c.com', 'd.com'], 2, 'two')], secrets, tls);
      return looks;
    };
    const secrets = [counted('good', good), counted('bad', { ...good, 'tls.key': 'bm8=' })];
    assert.deepEqual([look(secrets), look(secrets)], [2, 0]);
    assert.equal(look([counted('good', good), ...secrets.slice(1)]), 1);
  });

  it('are written anew: nothing else that stands in the Secret passes', () => {
    const data = made(...ecKey);
    const noisy = Buffer.from(`bind :1\n${Buffer.from(data['tls.crt'], 'base64')}\nglobal\n`).toString('base64');
    const [one] = table([asking('noisy')], [secret('noisy', { ...data, 'tls.crt': noisy })]).certificates;
    assert.match(one?.pem ?? '', /^-----BEGIN CERTIFICATE-----[^:]+-----END PRIVATE KEY-----\n$/);
  });

  it('go to the older of two Ingresses', () => {
    const secrets = [secret('first', made(...ecKey)), secret('second', made(...ecKey))];
    const { certificates, words } = table(
      [asking('second', ['foo.com'], 2, 'two'), asking('first', ['foo.com'])],
      secrets,
    );
    assert.equal(certificates.length, 1);
    assert.deepEqual(
      words.at(-1),
      'shop/two RuleConflict: host foo.com has the certificate of Ingress shop/one, which is older',
    );
  });

  for (const [title, data, words] of [
    ['is missing', undefined, /SecretNotFound: there is no Secret shop\/bad/],
    ['has no key', () => ({ 'tls.crt': made(...ecKey)['tls.crt'] }), /BadCertificate: .*it has no tls.key/],
    ['is no certificate', () => ({ ...made(...ecKey), 'tls.crt': 'aGFsbG8=' }), /tls.crt holds no certificate/],
    [
      'has another key',
      () => ({ ...made(...ecKey), 'tls.key': made(...ecKey)['tls.key'] }),
      /not the key of the certificate/,
    ],
    ['has a key that is too short', () => made('rsa:1024'), /BadCertificate: .*too small/],
  ] as const) {
    it(`leave the default when the Secret ${title}`, () => {
      const there = data ? [secret('bad', data())] : [];
      const found = table([asking('bad', ['foo.com', 'bar.com'])], there);
      assert.deepEqual(found.certificates, []);
      assert.equal(found.words.length, 1, 'told once for all hosts');
      assert.match(found.words[0] ?? '', words);
    });
  }
});
