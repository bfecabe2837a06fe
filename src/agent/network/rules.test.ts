import assert from 'node:assert/strict';
import { planRemoval, planRules, type RuleAction, type RuleSettings } from './rules.ts';

const SETTINGS: RuleSettings = {
  chainPrefix: 'BRAMBLE',
  bridge: 'bramble0',
  podCidr: '10.42.3.0/24',
  clusterCidr: '10.42.0.0/16',
  dnsPort: 10053,
  vxlanPeers: ['192.168.77.12'],
};

const DOCKER = `*filter
:INPUT ACCEPT [0:0]
:FORWARD DROP [0:0]
:DOCKER-USER - [0:0]
-A FORWARD -j DOCKER-USER
-A DOCKER-USER -j RETURN
COMMIT
*nat
:POSTROUTING ACCEPT [0:0]
-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
COMMIT
`;

/** iptables-save after the actions: as much of iptables as the plan uses. */
function apply(saved: string, actions: readonly RuleAction[]): string {
  const tables = new Map<string, Map<string, string[]>>();
  const read = (text: string) => {
    let table = new Map<string, string[]>();
    for (const line of text.split('\n')) {
      if (line.startsWith('*')) {
        table = tables.get(line.slice(1)) ?? new Map();
        tables.set(line.slice(1), table);
      }
      if (line.startsWith(':')) table.set(line.slice(1).split(' ')[0] ?? '', []);
      const [, chain = '', rule = ''] = /^-A (\S+) (.*)$/.exec(line) ?? [];
      if (chain !== '') table.get(chain)?.push(rule);
    }
  };
  read(saved);
  for (const action of actions) {
    if (action.do === 'restore') {
      read(action.text);
      continue;
    }
    const [, table = '', flag, chain = '', ...rest] = action.args;
    const chains = tables.get(table) ?? new Map<string, string[]>();
    tables.set(table, chains);
    const rules = chains.get(chain) ?? [];
    chains.set(chain, rules);
    if (flag === '-I') rules.unshift(rest.slice(1).join(' '));
    if (flag === '-D') rules.splice(rules.indexOf(rest.join(' ')), 1);
    if (flag === '-F') rules.splice(0);
    if (flag === '-X') chains.delete(chain);
  }
  return [...tables]
    .map(([table, chains]) =>
      [
        `*${table}`,
        ...[...chains.keys()].map((chain) => `:${chain} - [0:0]`),
        ...[...chains].flatMap(([chain, rules]) => rules.map((rule) => `-A ${chain} ${rule}`)),
        'COMMIT\n',
      ].join('\n'),
    )
    .join('');
}

describe('firewall rules', () => {
  it('are written once, in the form that iptables-save prints', () => {
    const [restore, ...hooks] = planRules(DOCKER, SETTINGS);
    assert.equal(
      restore?.do === 'restore' ? restore.text : '',
      `*filter
:BRAMBLE-FORWARD - [0:0]
:BRAMBLE-INPUT - [0:0]
-A BRAMBLE-FORWARD -s 10.42.0.0/16 -j ACCEPT
-A BRAMBLE-FORWARD -d 10.42.0.0/16 -j ACCEPT
-A BRAMBLE-FORWARD -m mark --mark 0x10000/0x10000 -j ACCEPT
-A BRAMBLE-FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A BRAMBLE-INPUT -d 10.42.3.1/32 -i bramble0 -p udp -m udp --dport 10053 -j ACCEPT
-A BRAMBLE-INPUT -d 10.42.3.1/32 -i bramble0 -p tcp -m tcp --dport 10053 -j ACCEPT
-A BRAMBLE-INPUT -s 192.168.77.12/32 -p udp -m udp --dport 8472 -j ACCEPT
COMMIT
*nat
:BRAMBLE-POSTROUTING - [0:0]
-A BRAMBLE-POSTROUTING -d 224.0.0.0/4 -j RETURN
-A BRAMBLE-POSTROUTING -s 10.42.3.0/24 ! -d 10.42.0.0/16 ! -o bramble0 -j MASQUERADE --random-fully
COMMIT
`,
    );
    assert.deepEqual(hooks, [
      { do: 'iptables', args: ['-t', 'filter', '-I', 'DOCKER-USER', '1', '-j', 'BRAMBLE-FORWARD'] },
      { do: 'iptables', args: ['-t', 'filter', '-I', 'INPUT', '1', '-j', 'BRAMBLE-INPUT'] },
      { do: 'iptables', args: ['-t', 'nat', '-I', 'POSTROUTING', '1', '-j', 'BRAMBLE-POSTROUTING'] },
    ]);
  });

  const whole = apply(DOCKER, planRules(DOCKER, SETTINGS));
  const starts: [string, string][] = [
    ['Docker’s rules alone', DOCKER],
    ['an empty firewall', ''],
    ['rules of another pod CIDR', apply(DOCKER, planRules(DOCKER, { ...SETTINGS, podCidr: '10.42.9.0/24' }))],
    ['a chain that was flushed', whole.replaceAll(/^-A BRAMBLE-FORWARD .*\n/gm, '')],
    ['a jump that was deleted', whole.replace('-A DOCKER-USER -j BRAMBLE-FORWARD\n', '')],
    [
      'a jump behind the end of its chain',
      whole.replace(
        /-A DOCKER-USER -j BRAMBLE-FORWARD\n-A DOCKER-USER -j RETURN/,
        '-A DOCKER-USER -j RETURN\n-A DOCKER-USER -j BRAMBLE-FORWARD',
      ),
    ],
    ['a firewall that was flushed, Docker’s jumps too', whole.replaceAll(/^-A .*\n/gm, '')],
    ['a jump from before Docker came', `${apply('', planRules('', SETTINGS))}${DOCKER}`],
  ];
  for (const [title, saved] of starts)
    it(`are right after one pass over ${title}, and need no second`, () => {
      const after = apply(saved, planRules(saved, SETTINGS));
      assert.deepEqual(planRules(after, SETTINGS), []);
      assert.ok(after.includes('-A BRAMBLE-FORWARD -s 10.42.0.0/16 -j ACCEPT'));
      assert.equal(after.match(/ -j BRAMBLE-FORWARD/g)?.length, 1);
    });

  it('let other nodes through where Docker 28 guards a network that an earlier one made, and only there', () => {
    const guard = '-A PREROUTING -d 10.42.3.2/32 ! -i bramble0 -j DROP';
    const guarded = `${whole}*raw\n:PREROUTING ACCEPT [0:0]\n${guard}\nCOMMIT\n`;
    const after = apply(guarded, planRules(guarded, SETTINGS));
    assert.ok(after.includes(`-A PREROUTING -j BRAMBLE-PREROUTING\n${guard}`));
    assert.ok(after.includes('-A BRAMBLE-PREROUTING -d 10.42.3.0/24 -j ACCEPT'));
    assert.deepEqual(planRules(after, SETTINGS), []);
    const overtaken = after.replace(
      `-A PREROUTING -j BRAMBLE-PREROUTING\n${guard}`,
      `${guard}\n-A PREROUTING -j BRAMBLE-PREROUTING`,
    );
    assert.equal(apply(overtaken, planRules(overtaken, SETTINGS)), after);
    assert.ok(!apply(after, planRemoval(after, 'BRAMBLE')).includes('BRAMBLE'));
    const other = guarded.replace('bramble0 -j DROP', 'docker0 -j DROP');
    assert.deepEqual(planRules(other, SETTINGS), []);
  });

  it('hook into FORWARD where Docker has no chain for it', () => {
    const hooks = planRules('', SETTINGS).filter((action) => action.do === 'iptables');
    assert.deepEqual(hooks[0]?.args, ['-t', 'filter', '-I', 'FORWARD', '1', '-j', 'BRAMBLE-FORWARD']);
  });

  it('hook into FORWARD after a flush that took Docker’s jump away, until Docker puts it back', () => {
    const flushed = whole.replaceAll(/^-A .*\n/gm, '');
    const healed = apply(flushed, planRules(flushed, SETTINGS));
    assert.ok(healed.includes('-A FORWARD -j BRAMBLE-FORWARD'));
    const docker = healed.replace('-A FORWARD', '-A FORWARD -j DOCKER-USER\n-A FORWARD');
    const after = apply(docker, planRules(docker, SETTINGS));
    assert.ok(after.includes('-A DOCKER-USER -j BRAMBLE-FORWARD'));
    assert.ok(!after.includes('-A FORWARD -j BRAMBLE-FORWARD'));
  });

  it('touch only the table that is wrong', () => {
    const saved = whole.replaceAll(/^-A BRAMBLE-POSTROUTING .*\n/gm, '');
    const [restore] = planRules(saved, SETTINGS);
    assert.ok(restore?.do === 'restore' && !restore.text.includes('*filter'));
  });

  it('go without a trace, leaving Docker’s and other people’s', () => {
    const others = whole.replace(
      '-A DOCKER-USER -j RETURN',
      '-A DOCKER-USER -s 1.2.3.4/32 -j DROP\n-A DOCKER-USER -j RETURN',
    );
    const after = apply(others, planRemoval(others, 'BRAMBLE'));
    assert.ok(!after.includes('BRAMBLE'));
    assert.ok(after.includes('-A DOCKER-USER -s 1.2.3.4/32 -j DROP'));
    assert.ok(after.includes('-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE'));
    assert.deepEqual(planRemoval(after, 'BRAMBLE'), []);
  });

  it('leave those of a node whose prefix begins like ours', () => {
    const both = apply(whole, planRules(whole, { ...SETTINGS, chainPrefix: 'BRAMBLE-TWO' }));
    const after = apply(both, planRemoval(both, 'BRAMBLE'));
    assert.deepEqual(planRules(after, { ...SETTINGS, chainPrefix: 'BRAMBLE-TWO' }), []);
    assert.ok(!after.includes('BRAMBLE-FORWARD'));
  });
});
