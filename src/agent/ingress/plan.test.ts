import assert from 'node:assert/strict';
import type { Backend } from '../../lib/ingress/backend.ts';
import type { Route } from '../../lib/ingress/routing-table.ts';
import { type ProxyContent, type RenderedProxy, renderProxy } from './haproxy-config.ts';
import { planProxy } from './plan.ts';
import type { ProxyBackend } from './proxy-backends.ts';
import { type ProxyState, parseProxyState } from './proxy-state.ts';
import { place, placesFor, type Server, type Slots } from './slots.ts';

const SETTINGS = { folder: '/run/x', httpPort: 80, httpsPort: 443 };
const ROUTE: Route = { match: 'prefix', host: 'foo.com', path: '/', backend: 'shop_web_80' };
const BACKEND: Backend = {
  namespace: 'shop',
  service: 'web',
  port: '80',
  portName: 'http',
  external: undefined,
  isHttp2: false,
  isSticky: false,
  problem: undefined,
};

function server(last: number): Server {
  return { ip: `10.42.0.${last}`, port: 8080 };
}

function content(servers: readonly Server[], more: Partial<ProxyBackend> = {}): ProxyContent {
  const backends = [{ ...BACKEND, name: 'shop_web_80', servers, ...more }];
  return { routes: [ROUTE], certificates: [], backends, nameServer: undefined };
}

/** What runs once this was launched. */
function launched(rendered: RenderedProxy): ProxyState {
  const text = rendered.files.get('haproxy.cfg') ?? '';
  const slots: (Server | undefined)[] = [...text.matchAll(/^ {2}server s\d+ (\S+):(\d+)(.*)$/gm)].map(
    ([, ip = '', port, rest]) => (rest?.includes('disabled') ? undefined : { ip, port: Number(port) }),
  );
  return { pid: 7, structure: rendered.structure, slots: new Map([['shop_web_80', slots]]) };
}

/** What these commands make of it. */
function toldOf(state: ProxyState, commands: readonly string[]): ProxyState {
  const slots = [...(state.slots.get('shop_web_80') ?? [])];
  const addresses = new Map<number, Server>();
  for (const command of commands) {
    const [, number, what] = /^set server shop_web_80\/s(\d+) (.*)$/.exec(command) ?? [];
    const index = Number(number) - 1;
    const [, ip = '', port] = /^addr (\S+) port (\d+)$/.exec(what ?? '') ?? [];
    if (port) addresses.set(index, { ip, port: Number(port) });
    if (what === 'state maint') slots[index] = undefined;
    if (what === 'state ready') slots[index] = addresses.get(index);
  }
  return { ...state, slots: new Map([['shop_web_80', slots]]) };
}

function launch(wanted: ProxyContent, running?: ProxyState): RenderedProxy {
  const action = planProxy(wanted, SETTINGS, running);
  assert.ok(action.do === 'launch', `${action.do} instead of launch`);
  return action.rendered;
}

function tell(wanted: ProxyContent, running: ProxyState): readonly string[] {
  const action = planProxy(wanted, SETTINGS, running);
  assert.ok(action.do === 'tell', `${action.do} instead of tell`);
  return action.commands;
}

describe('planProxy', () => {
  it('does nothing as long as there is nothing to serve, and stops what runs then', () => {
    assert.deepEqual(planProxy(undefined, SETTINGS, undefined), { do: 'nothing' });
    const running = launched(launch(content([])));
    assert.deepEqual(planProxy(undefined, SETTINGS, running), { do: 'stop', pid: 7 });
  });

  it('is content with what it has launched', () => {
    const wanted = content([server(1), server(2)]);
    assert.deepEqual(planProxy(wanted, SETTINGS, launched(launch(wanted))), { do: 'nothing' });
  });

  it('tells a running proxy of servers, newcomers before those that go', () => {
    const running = launched(launch(content([server(1), server(2)])));
    const wanted = content([server(2), server(3)]);
    const commands = tell(wanted, running);
    assert.deepEqual(commands, [
      'set server shop_web_80/s1 state maint',
      'set server shop_web_80/s1 addr 10.42.0.3 port 8080',
      'set server shop_web_80/s1 state ready',
    ]);
    assert.deepEqual(planProxy(wanted, SETTINGS, toldOf(running, commands)), { do: 'nothing' });
  });

  it('converges through any rollout without another launch while places suffice', () => {
    let running = launched(launch(content([1, 2, 3].map(server))));
    for (const now of [[1, 2, 3, 4], [2, 3, 4, 5], [3, 4, 5], [4, 5, 6], [], [9]]) {
      const wanted = content(now.map(server));
      running = toldOf(running, tell(wanted, running));
      assert.deepEqual(planProxy(wanted, SETTINGS, running), { do: 'nothing' });
    }
  });

  it('launches a new process when places do not suffice', () => {
    const running = launched(launch(content([server(1)])));
    const many = content(Array.from({ length: 20 }, (_, index) => server(index + 1)));
    const action = planProxy(many, SETTINGS, running);
    assert.equal(action.do === 'launch' && action.instead, 7);
    assert.deepEqual(planProxy(many, SETTINGS, launched(launch(many, running))), { do: 'nothing' });
  });

  for (const [title, change] of [
    ['a route', { routes: [{ ...ROUTE, path: '/a/' }] }],
    ['a certificate', { certificates: [{ id: 'abc', pem: 'PEM', hosts: ['foo.com'] }] }],
    ['what a server speaks', { backends: [{ ...BACKEND, name: 'shop_web_80', servers: [], isHttp2: true }] }],
  ] as const) {
    it(`launches a new process for a change of ${title}`, () => {
      const wanted = content([]);
      const running = launched(launch(wanted));
      assert.equal(planProxy({ ...wanted, ...change }, SETTINGS, running).do, 'launch');
    });
  }
});

describe('renderProxy', () => {
  const text = (wanted: ProxyContent, places: Slots = []) =>
    [...renderProxy(wanted, SETTINGS, new Map([['shop_web_80', places]])).files.values()].join('\n');

  it('is the same text whatever the order of routes and certificates', () => {
    const routes = [ROUTE, { ...ROUTE, host: '*' }];
    const certificates = ['a', 'b'].map((id) => ({ id, pem: id, hosts: [`${id}.com`] }));
    const one = renderProxy({ ...content([]), routes, certificates }, SETTINGS, new Map());
    const other = renderProxy(
      { ...content([]), routes: routes.toReversed(), certificates: certificates.toReversed() },
      SETTINGS,
      new Map(),
    );
    assert.equal(other.structure, one.structure);
  });

  it('shows each certificate for the hosts that it was given alone, whatever names are in it', () => {
    const certificates = [
      { id: 'b', pem: '', hosts: ['*.b.com', 'b.com'] },
      { id: 'a', pem: '', hosts: [] },
    ];
    const { files } = renderProxy({ ...content([]), certificates }, SETTINGS, new Map());
    assert.equal(files.get('certificates.list'), '/run/x/default.pem !*\n/run/x/b.pem *.b.com b.com\n');
  });

  it('leaves a port out that is 0', () => {
    const { files } = renderProxy(content([]), { ...SETTINGS, httpsPort: 0 }, new Map());
    assert.deepEqual(files.get('haproxy.cfg')?.match(/^ {2}bind.*$/gm), ['  bind :80']);
  });

  it('leads out of the cluster by a name that is looked up again', () => {
    const external = { host: 'example.com', port: 8080 };
    const wanted = text(content([], { external }));
    assert.match(wanted, /^resolvers names$.*^ {2}server external example\.com:8080 resolvers names /ms);
    assert.doesNotMatch(wanted, /libc/, 'libc waits for name servers before anything is served');
    assert.doesNotMatch(text(content([])), /^resolvers/m);
  });

  for (const [title, wanted] of [
    ['a host', { ...content([]), routes: [{ ...ROUTE, host: 'foo.com\nbind' }] }],
    ['a path', { ...content([]), routes: [{ ...ROUTE, path: '/a b' }] }],
    ['a name', content([], { name: 'x\n  server evil 6.6.6.6:80' })],
    ['a name outside', content([], { external: { host: 'x y', port: 1 } })],
    ['a certificate’s host', { ...content([]), certificates: [{ id: 'a', pem: '', hosts: ['a]b'] }] }],
  ] as const) {
    it(`refuses ${title} that is more than a word`, () => {
      assert.throws(() => text(wanted), /may not stand in the proxy's configuration/);
    });
  }
});

describe('places of servers', () => {
  it('are whole steps with room for a rollout', () => {
    assert.deepEqual([0, 1, 5, 6, 16].map(placesFor), [8, 8, 8, 16, 24]);
  });

  it('are kept, and freed ones given to newcomers', () => {
    const held = [server(1), server(2), undefined];
    assert.deepEqual(place([server(3), server(2)], held), [server(3), server(2), undefined]);
    assert.equal(place([1, 2, 3, 4].map(server), held), undefined);
  });
});

describe('parseProxyState', () => {
  const COLUMNS =
    '# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight x x x x x x x x x srv_port';
  const row = (name: string, ip: string, admin: number) =>
    `3 shop_web_80 1 ${name} ${ip} 2 ${admin} 1 1 0 0 0 0 0 0 0 0 - 8080`;

  it('reads the process, what it has loaded, and which servers are in service', () => {
    const rows = [
      row('s1', '10.42.0.1', 0),
      row('s2', '0.0.0.0', 5),
      row('s3', '10.42.0.3', 4),
      row('external', '1.1.1.1', 0),
    ];
    const state = parseProxyState('Pid: 12\ndescription: abc\n', ['1', COLUMNS, ...rows, ''].join('\n'));
    assert.deepEqual([state.pid, state.structure], [12, 'abc']);
    assert.deepEqual(state.slots.get('shop_web_80'), [server(1), undefined, server(3)]);
  });

  it('refuses an answer without a pid', () => {
    assert.throws(() => parseProxyState('', ''), /does not tell its pid/);
  });
});
