import assert from 'node:assert/strict';
import type { StatusCause } from '../meta/errors.ts';
import type { Ingress, IngressClass } from '../types.ts';
import { INGRESS } from './ingress.ts';
import { INGRESS_CLASS } from './ingress-class.ts';

type Rule = NonNullable<Ingress['spec']['rules']>[number];
type Path = NonNullable<Rule['http']>['paths'][number];

const WEB = { service: { name: 'web', port: { number: 80 } } };

function anIngress(spec: Ingress['spec'], metadata: Partial<Ingress['metadata']> = {}): Ingress {
  return { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'web', ...metadata }, spec };
}

function withPath(part: Partial<Path>): Ingress {
  return anIngress({ rules: [{ http: { paths: [{ path: '/', pathType: 'Prefix', backend: WEB, ...part }] } }] });
}

function told(causes: readonly StatusCause[] = []): string[] {
  return causes.map(({ field, message }) => `${field?.replace('spec.rules[0].http.paths[0]', 'P')}: ${message}`);
}

function wrong(ingress: Ingress): string[] {
  return told(INGRESS.strategy.validate(ingress));
}

function cells<T extends Ingress | IngressClass>(
  { columns }: { columns: readonly { cell(o: T, now: number): unknown }[] },
  object: T,
) {
  return columns.slice(0, -1).map((column) => column.cell(object, 0));
}

describe('an Ingress', () => {
  it('has rules or a default backend', () => {
    assert.deepEqual(wrong(anIngress({ defaultBackend: WEB })), []);
    assert.deepEqual(wrong(withPath({})), []);
    assert.deepEqual(wrong(anIngress({})), [
      'spec: Invalid value: null: either `defaultBackend` or `rules` must be specified',
    ]);
    assert.deepEqual(wrong(anIngress({ rules: [{ http: { paths: [] } }] })), [
      'spec.rules[0].http.paths: Required value',
    ]);
  });

  it('refuses paths that a server would take for others', () => {
    const cases: [Partial<Path>, string[]][] = [
      [{ path: 'a' }, ['P.path: Invalid value: "a": must be an absolute path']],
      [{ path: '/a//b' }, [`P.path: Invalid value: "/a//b": must not contain '//'`]],
      [
        { path: '/a/../b%2fc', pathType: 'Exact' },
        ["must not contain '/../'", "must not contain '%2f'"].map(
          (text) => `P.path: Invalid value: "/a/../b%2fc": ${text}`,
        ),
      ],
      [{ path: '/a/.' }, [`P.path: Invalid value: "/a/.": cannot end with '/.'`]],
      [{ path: '/a//..', pathType: 'ImplementationSpecific' }, []],
      [{ path: '', pathType: 'ImplementationSpecific' }, []],
      [{ path: 'a', pathType: 'ImplementationSpecific' }, ['P.path: Invalid value: "a": must be an absolute path']],
      [
        { pathType: 'Regex' as 'Exact' },
        ['P.pathType: Unsupported value: "Regex": supported values: "Exact", "ImplementationSpecific", "Prefix"'],
      ],
    ];
    for (const [part, causes] of cases) assert.deepEqual(wrong(withPath(part)), causes);
    const { pathType: _none, ...path } = { path: '/', pathType: 'Exact' as const, backend: WEB };
    assert.deepEqual(wrong(anIngress({ rules: [{ http: { paths: [path as Path] } }] })), [
      'P.pathType: Required value: pathType must be specified',
    ]);
  });

  it('leads to one Service, by one kind of port', () => {
    const cases: [Path['backend'], string[]][] = [
      [{}, ['P.backend: Invalid value: "": resource or service backend is required']],
      [{ service: { name: '', port: { number: 80 } } }, ['P.backend.service.name: Required value']],
      [{ service: { name: 'a' } }, ['P.backend: Required value: port name or number is required']],
      [
        { service: { name: 'a', port: { name: 'b', number: 1 } } },
        ['P.backend: Invalid value: "": cannot set both port name & port number'],
      ],
      [
        { service: { name: 'a', port: { number: 70000 } } },
        ['P.backend.service.port.number: Invalid value: 70000: must be between 1 and 65535, inclusive'],
      ],
      [
        { ...WEB, resource: { kind: 'A', name: 'a' } },
        ['P.backend: Invalid value: "": cannot set both resource and service backends'],
      ],
      [
        { resource: { kind: 'A/', name: '' } },
        [
          `P.backend.resource.kind: Invalid value: "A/": may not contain '/'`,
          'P.backend.resource.name: Required value',
        ],
      ],
    ];
    for (const [backend, causes] of cases) assert.deepEqual(wrong(withPath({ backend })), causes);
  });

  it('is asked by names, with at most one star in front', () => {
    const ofHost = (host: string) =>
      wrong(anIngress({ rules: [{ host }], tls: [{ hosts: ['*.a.b', 'a.b'], secretName: 'x' }] }));
    assert.deepEqual(ofHost('*.example.com'), []);
    assert.match(ofHost('1.2.3.4')[0] ?? '', /must be a DNS name, not an IP address/);
    assert.match(ofHost('a.*.com')[0] ?? '', /a wildcard DNS-1123 subdomain must start with '\*\.'/);
    assert.match(ofHost('Example.com')[0] ?? '', /a lowercase RFC 1123 subdomain/);
    const [host, secret] = wrong(anIngress({ defaultBackend: WEB, tls: [{ hosts: ['a*'], secretName: 'A' }] }));
    assert.match(host ?? '', /^spec\.tls\[0\]\.hosts\[0\]: .*wildcard/);
    assert.match(secret ?? '', /^spec\.tls\[0\]\.secretName: /);
  });

  it('does not name two classes when it is made, and is warned of the old way', () => {
    const annotations = { 'kubernetes.io/ingress.class': 'old' };
    const both = anIngress({ defaultBackend: WEB, ingressClassName: 'new' }, { annotations });
    assert.deepEqual(wrong(both), []);
    assert.deepEqual(told(INGRESS.strategy.validateCreate?.(both)), [
      'annotations.kubernetes.io/ingress.class: Invalid value: "old": must match `ingressClassName` when both are specified',
    ]);
    assert.deepEqual(INGRESS.strategy.warnings?.(both), []);
    assert.deepEqual(INGRESS.strategy.warnings?.(anIngress({ defaultBackend: WEB }, { annotations })), [
      `annotation "kubernetes.io/ingress.class" is deprecated, please use 'spec.ingressClassName' instead`,
    ]);
  });

  it('is reached at addresses and names', () => {
    const status = { loadBalancer: { ingress: [{ ip: '1.2.3' }, { hostname: '1.2.3.4' }, { hostname: 'a.b' }] } };
    const causes = told(INGRESS.strategy.validateStatusUpdate?.({ ...withPath({}), status }, withPath({})));
    assert.deepEqual(
      causes.map((text) => text.split(': ')[0]),
      ['status.loadBalancer.ingress[0].ip', 'status.loadBalancer.ingress[1].hostname'],
    );
  });

  it('shows its hosts, three at most', () => {
    const hosts = (...names: string[]) =>
      cells(INGRESS, anIngress({ rules: names.map((host) => (host ? { host } : {})) }))[2];
    assert.equal(hosts(''), '*');
    assert.equal(hosts('a', 'b', 'c'), 'a,b,c');
    assert.equal(hosts('a', 'b', 'c', ''), 'a,b,c + 1 more...');
    assert.equal(hosts('a', 'a', 'a'), 'a,a,a');
    const status = { loadBalancer: { ingress: [{ ip: '10.0.0.2' }, { ip: '10.0.0.1' }] } };
    const tls = { ...anIngress({ defaultBackend: WEB, ingressClassName: 'x', tls: [{}] }), status };
    assert.deepEqual(cells(INGRESS, tls), ['web', 'x', '*', '10.0.0.1,10.0.0.2', '80, 443']);
  });
});

describe('an IngressClass', () => {
  const aClass = (spec: Partial<IngressClass['spec']>): IngressClass => {
    const made = { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name: 'x' }, spec };
    INGRESS_CLASS.strategy.setDefaults?.(made);
    return made;
  };

  it('names its controller and, if need be, parameters', () => {
    const controller = 'example.com/ingress';
    const cases: [Partial<IngressClass['spec']>, string[]][] = [
      [{ controller }, []],
      [{}, ['spec.controller: Required value']],
      [
        { controller: 'ingress' },
        ['spec.controller: Invalid value: "ingress": must be a domain-prefixed path (such as "acme.io/foo")'],
      ],
      [{ controller: `a.b/${'c'.repeat(250)}` }, ['spec.controller: Too long: may not be more than 250 bytes']],
      [{ controller, parameters: { kind: 'A', name: 'a' } }, []],
      [
        { controller, parameters: { kind: 'A', name: 'a', scope: 'Namespace' } },
        ["spec.parameters.namespace: Required value: `parameters.scope` is set to 'Namespace'"],
      ],
      [
        { controller, parameters: { kind: 'A', name: 'a', namespace: 'b' } },
        ["spec.parameters.namespace: Forbidden: `parameters.scope` is set to 'Cluster'"],
      ],
      [
        { controller, parameters: { kind: 'A', name: 'a', scope: 'Node' } },
        ['spec.parameters.scope: Unsupported value: "Node": supported values: "Cluster", "Namespace"'],
      ],
    ];
    for (const [spec, causes] of cases) assert.deepEqual(told(INGRESS_CLASS.strategy.validate(aClass(spec))), causes);
    const [host, path] = told(INGRESS_CLASS.strategy.validate(aClass({ controller: 'A/b c' })));
    assert.match(host ?? '', /^spec\.controller: Invalid value: "A": a lowercase RFC 1123 subdomain/);
    assert.match(path ?? '', /^spec\.controller: Invalid value: "b c": Invalid path \(regex used/);
  });

  it('keeps its controller, and shows its parameters', () => {
    const now = aClass({ controller: 'a.b/c', parameters: { apiGroup: 'x.y', kind: 'A', name: 'a' } });
    assert.deepEqual(told(INGRESS_CLASS.strategy.validateUpdate?.(now, aClass({ controller: 'a.b/d' }))), [
      'spec.controller: Invalid value: "a.b/c": field is immutable',
    ]);
    assert.deepEqual(cells(INGRESS_CLASS, now), ['x', 'a.b/c', 'A.x.y/a']);
  });
});
