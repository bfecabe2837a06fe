import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MAPS } from './port-rules.ts';
import { renderChange, renderTable } from './render.ts';
import { RuleSets, ruleSetOf } from './rule-set.ts';
import type { ServicePort, Target } from './service-port.ts';
import { aServicePort } from './test-ports.ts';

const CLUSTER = '10.42.0.0/16';
const SETTINGS = { table: 'bramble', clusterCidr: CLUSTER, serviceCidrs: ['10.43.0.0/16'] };
const here: Target = { ip: '10.42.1.2', port: 8080, isLocal: true };
const there: Target = { ip: '10.42.2.2', port: 8080, isLocal: false };

/** All elements as `map key : value`. */
function elements(...ports: ServicePort[]): string[] {
  const { elements: all } = ruleSetOf(ports, CLUSTER);
  return MAPS.flatMap((name) => [...all[name]].map(([key, value]) => `${name} ${key}${value && ` : ${value}`}`)).sort();
}

const aPort = (facts: Partial<ServicePort> = {}) => aServicePort({ targets: [here, there], ...facts });

describe('the rules of a Service port', () => {
  const CLUSTER_IP = [
    'eps_tcp 10.43.0.100 . tcp . 80 . 0 : 10.42.1.2 . 8080',
    'eps_tcp 10.43.0.100 . tcp . 80 . 1 : 10.42.2.2 . 8080',
    'hairpin 10.42.1.2 . 10.42.1.2',
    'svc 10.43.0.100 . tcp . 80 : goto cl2',
  ];
  const cases: [what: string, facts: Partial<ServicePort>, expected: string[]][] = [
    ['a cluster IP', {}, CLUSTER_IP],
    ['no endpoint', { targets: [], nodePort: 30080 }, ['noep 10.43.0.100 . tcp . 80', 'npnoep tcp . 30080']],
    [
      'a node port',
      { nodePort: 30080 },
      [
        ...CLUSTER_IP,
        'np tcp . 30080 : goto nx2',
        'npeps_tcp tcp . 30080 . 0 : 10.42.1.2 . 8080',
        'npeps_tcp tcp . 30080 . 1 : 10.42.2.2 . 8080',
      ],
    ],
    [
      'an external address',
      { externalIps: ['192.168.77.11'], targets: [there] },
      [
        'eps_tcp 10.43.0.100 . tcp . 80 . 0 : 10.42.2.2 . 8080',
        'eps_tcp 192.168.77.11 . tcp . 80 . 0 : 10.42.2.2 . 8080',
        'svc 10.43.0.100 . tcp . 80 : goto cl1',
        'svc 192.168.77.11 . tcp . 80 : goto cx1',
      ],
    ],
    [
      'a node port that keeps to this node for clients, and to none for those inside',
      { nodePort: 30080, isExternalLocal: true },
      [
        ...CLUSTER_IP,
        'np tcp . 30080 : goto npl',
        'np_all tcp . 30080 : goto na2',
        'np_loc tcp . 30080 : goto nloc1',
        'npeps_tcp tcp . 30080 . 0 : 10.42.1.2 . 8080',
        'npeps_tcp tcp . 30080 . 1 : 10.42.2.2 . 8080',
        'npeps_tcp tcp . 30080 . 32768 : 10.42.1.2 . 8080',
      ],
    ],
    [
      'the same with endpoints elsewhere only: clients are dropped',
      { nodePort: 30080, isExternalLocal: true, targets: [there] },
      [
        'eps_tcp 10.43.0.100 . tcp . 80 . 0 : 10.42.2.2 . 8080',
        'np tcp . 30080 : goto npl',
        'np_all tcp . 30080 : goto na1',
        'npeps_tcp tcp . 30080 . 0 : 10.42.2.2 . 8080',
        'svc 10.43.0.100 . tcp . 80 : goto cl1',
      ],
    ],
    [
      'internal traffic that keeps to this node',
      { isInternalLocal: true },
      [
        'eps_tcp 10.43.0.100 . tcp . 80 . 0 : 10.42.1.2 . 8080',
        'hairpin 10.42.1.2 . 10.42.1.2',
        'svc 10.43.0.100 . tcp . 80 : goto cl1',
      ],
    ],
    [
      'internal traffic without an endpoint on this node',
      { isInternalLocal: true, targets: [there] },
      ['svc 10.43.0.100 . tcp . 80 : drop'],
    ],
  ];
  for (const [what, facts, expected] of cases) {
    it(`are for ${what}: ${expected.length} elements`, () => assert.deepEqual(elements(aPort(facts)), expected.sort()));
  }

  it('let source ranges alone reach a load balancer, and everybody an external address', () => {
    const { chains, elements: all } = ruleSetOf(
      [
        aPort({
          balancedIps: ['192.168.77.11'],
          externalIps: ['192.168.77.12'],
          sourceRanges: ['192.168.0.0/16', '10.9.0.0/24'],
        }),
      ],
      CLUSTER,
    );
    const chain = /goto (src-\w+)/.exec(all.svc.get('192.168.77.11 . tcp . 80') ?? '')?.[1] ?? '';
    assert.equal(all.svc.get('192.168.77.12 . tcp . 80'), 'goto cx2');
    assert.deepEqual(chains.get(chain), ['ip saddr != { 192.168.0.0/16, 10.9.0.0/24 } drop', 'goto cx2']);
  });

  it('give an address to the first that claims it, and never a cluster IP', () => {
    const first = aPort({ balancedIps: ['192.168.77.11'], targets: [there] });
    const rival = { id: 'default/rival:http', clusterIps: ['10.43.0.101'], targets: [here] };
    const both = ruleSetOf([first, aPort({ ...rival, externalIps: ['192.168.77.11', '10.43.0.100'] })], CLUSTER);
    assert.equal(both.elements.eps_tcp.get('192.168.77.11 . tcp . 80 . 0'), '10.42.2.2 . 8080');
    assert.equal(both.elements.svc.get('10.43.0.100 . tcp . 80'), 'goto cl1');
    assert.equal(both.elements.eps_tcp.get('10.43.0.100 . tcp . 80 . 0'), '10.42.2.2 . 8080');
  });

  it('remember clients in a set for each endpoint when they are to stay', () => {
    const { chains, affinitySets } = ruleSetOf([aPort({ affinitySeconds: 5 })], CLUSTER);
    assert.deepEqual([...affinitySets.values()], [5, 5]);
    const names = [...chains.keys()].map((name) => name.replace(/-.*/, ''));
    assert.deepEqual(names.sort(), ['af', 'afc', 'ep', 'ep']);
  });
});

/** A table under traffic. */
class TableModel {
  /** By `map key`. */
  readonly elements = new Map<string, string>();
  #chains = new Set<string>();

  /** Does what transactions say. @throws AssertionError when an element leads to a chain that its own transaction makes, or to none */
  carryOut(transactions: readonly string[]): void {
    for (const transaction of transactions) {
      const isInUse = this.#chains.size > 0;
      const come = [...transaction.matchAll(/^(?:add chain ip bramble| chain) (\S+)/gm)].map(([, name = '']) => name);
      const gone = [...transaction.matchAll(/^delete chain ip bramble (\S+)/gm)].map(([, name = '']) => name);
      for (const [name] of elementsOf('delete', transaction)) assert.ok(this.elements.delete(name), `delete ${name}`);
      for (const [name, value] of elementsOf('add', transaction)) {
        assert.ok(!this.elements.has(name), `add ${name}`);
        this.elements.set(name, value);
        if (isInUse) assert.ok(!come.includes(value.replace('goto ', '')), `${name} leads to what is new: ${value}`);
      }
      this.#chains = new Set([...this.#chains, ...come].filter((name) => !gone.includes(name)));
      for (const [name, value] of this.elements) {
        const [, chain] = value.split('goto ');
        assert.ok(chain === undefined || this.#chains.has(chain), `${name} leads to what is gone: ${value}`);
      }
    }
  }
}

function elementsOf(command: 'add' | 'delete', transaction: string): [name: string, value: string][] {
  return [...transaction.matchAll(/^(add|delete) element ip bramble (\w+) \{ (.*) \}$/gm)]
    .filter(([, each]) => each === command)
    .flatMap(([, , map, list = '']) =>
      list.split(', ').map((element): [string, string] => {
        const [key, value = ''] = element.split(' : ');
        return [`${map} ${key}`, value];
      }),
    );
}

describe('a change of the rules', () => {
  const ports = fc.uniqueArray(
    fc.record({
      index: fc.integer({ min: 1, max: 6 }),
      targets: fc.subarray([here, there, { ip: '10.42.1.9', port: 80, isLocal: true }]),
      nodePort: fc.constantFrom(0, 30_000),
      affinitySeconds: fc.constantFrom(undefined, 10, 20),
      isExternalLocal: fc.boolean(),
      isInternalLocal: fc.boolean(),
      sourceRanges: fc.constantFrom([], ['10.0.0.0/8']),
      balancedIps: fc.constantFrom([], ['192.168.77.10']),
      externalIps: fc.constantFrom([], ['192.168.77.11']),
    }),
    { selector: ({ index }) => index },
  );
  const toPorts = (facts: readonly { readonly index: number; readonly nodePort: number }[]) =>
    facts.map(({ index, nodePort, ...rest }) =>
      aPort({
        ...rest,
        id: `default/s${index}:`,
        port: 80 + index,
        clusterIps: [`10.43.0.${index}`],
        nodePort: nodePort && nodePort + index,
      }),
    );

  it('ends where a whole rendering would, adds nothing twice, deletes only what is there, and leads to chains that are there already', () => {
    fc.assert(
      fc.property(fc.array(ports, { minLength: 1, maxLength: 5 }), (steps) => {
        const sets = new RuleSets(CLUSTER);
        let before = sets.of([]);
        const table = new TableModel();
        table.carryOut(renderTable(before, SETTINGS, undefined));
        for (const step of steps) {
          const after = sets.of(toPorts(step));
          table.carryOut(renderChange(before, after, SETTINGS));
          const whole = new TableModel();
          whole.carryOut(renderTable(after, SETTINGS, undefined));
          assert.deepEqual(new Map([...table.elements].sort()), new Map([...whole.elements].sort()));
          assert.deepEqual(renderChange(after, after, SETTINGS), []);
          before = after;
        }
      }),
      { numRuns: 100 },
    );
  });

  it('takes one transaction between numbers of endpoints that have been before', () => {
    const sets = new RuleSets(CLUSTER);
    const [one, two] = [[here], [here, there]].map((targets) => sets.of([aPort({ targets })]));
    assert.ok(one && two);
    assert.equal(renderChange(one, two, SETTINGS).length, 2);
    const again = sets.of([aPort({ targets: [here] })]);
    assert.equal(renderChange(two, again, SETTINGS).length, 1);
    assert.equal(renderChange(again, two, SETTINGS).length, 1);
  });

  it('makes new chains before all else where there is a table already', () => {
    const rules = ruleSetOf([aPort()], CLUSTER);
    const [first, second, ...more] = renderTable(rules, SETTINGS, { chains: ['cl1'], sets: [] });
    assert.match(first ?? '', /^add rule ip bramble cl2 dnat/m);
    assert.doesNotMatch(first ?? '', /element|flush|delete|hook .*\n.*add rule ip bramble n_/);
    assert.match(
      second ?? '',
      /^flush chain ip bramble cl2$(.|\n)*^delete chain ip bramble cl1$(.|\n)*^add rule ip bramble cl2 dnat/m,
    );
    assert.deepEqual(more, []);
  });
});
