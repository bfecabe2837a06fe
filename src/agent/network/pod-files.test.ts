import assert from 'node:assert/strict';
import type { Pod } from '../../api/types.ts';
import { podHostname } from './hostname.ts';
import { renderHostNetworkHostsFile, renderHostsFile } from './hosts-file.ts';
import { defaultRouteLink } from './node-settings.ts';
import { parseResolvConf, renderResolvConf } from './resolv-conf.ts';

function pod(spec: Partial<Pod['spec']> = {}, name = 'web-0'): Pod {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop' }, spec: { containers: [], ...spec } };
}

describe('hostnames', () => {
  const cases: [string, Pod, string][] = [
    ['the pod’s name', pod(), 'web-0'],
    ['the one it asks for', pod({ hostname: 'db' }), 'db'],
    ['cut at 63 characters', pod({}, `${'a'.repeat(62)}-${'b'.repeat(9)}`), 'a'.repeat(62)],
    [
      'in full where it asks for that',
      pod({ subdomain: 'web', setHostnameAsFQDN: true }),
      'web-0.web.shop.svc.cluster.local',
    ],
    ['overridden', pod({ hostnameOverride: 'any.thing', subdomain: 'web' }), 'any.thing'],
  ];
  for (const [title, thePod, expected] of cases)
    it(`are ${title}`, () => {
      assert.equal(podHostname(thePod, 'cluster.local').hostname, expected);
    });

  it('in full may not pass the kernel’s limit', () => {
    const long = pod({ subdomain: 's'.repeat(50), setHostnameAsFQDN: true });
    assert.throws(
      () => podHostname(long, 'cluster.local'),
      /is too long \(64 characters is the max, 79 characters requested\)/,
    );
  });
});

const STANDARD = `# Kubernetes-managed hosts file.
127.0.0.1\tlocalhost
::1\tlocalhost ip6-localhost ip6-loopback
fe00::0\tip6-localnet
fe00::0\tip6-mcastprefix
fe00::1\tip6-allnodes
fe00::2\tip6-allrouters
`;

describe('/etc/hosts', () => {
  it('names the pod', () => {
    assert.equal(renderHostsFile(pod(), '10.42.1.7', 'cluster.local'), `${STANDARD}10.42.1.7\tweb-0\n`);
  });

  it('names a pod with a subdomain in full, and its aliases', () => {
    const hostAliases = [{ ip: '10.0.0.1', hostnames: ['a', 'b'] }, { ip: '10.0.0.2' }];
    assert.equal(
      renderHostsFile(pod({ subdomain: 'web', hostAliases }), '10.42.1.7', 'cluster.local'),
      `${STANDARD}10.42.1.7\tweb-0.web.shop.svc.cluster.local\tweb-0\n\n# Entries added by HostAliases.\n10.0.0.1\ta\tb\n10.0.0.2\n`,
    );
  });

  it('is the node’s own for a pod on its network', () => {
    const hostAliases = [{ ip: '10.0.0.1', hostnames: ['a'] }];
    assert.equal(
      renderHostNetworkHostsFile(pod({ hostAliases }), '127.0.0.1 localhost'),
      '# Kubernetes-managed hosts file (host network).\n127.0.0.1 localhost\n\n# Entries added by HostAliases.\n10.0.0.1\ta\n',
    );
  });
});

describe('/etc/resolv.conf', () => {
  const node = { nameservers: ['127.0.0.53', '192.168.77.1'], searches: ['home.arpa'], options: ['edns0'] };
  const served = { clusterDns: '10.43.0.10', clusterDomain: 'cluster.local', node };
  const unserved = { ...served, clusterDns: undefined };
  const cluster =
    'search shop.svc.cluster.local svc.cluster.local cluster.local home.arpa\nnameserver 10.43.0.10\noptions ndots:5\n';
  const plain = 'search home.arpa\nnameserver 192.168.77.1\noptions edns0\n';
  const ofNode = 'search home.arpa\nnameserver 127.0.0.53\nnameserver 192.168.77.1\noptions edns0\n';
  const dnsConfig = {
    nameservers: ['1.1.1.1'],
    searches: ['x.org'],
    options: [{ name: 'ndots', value: '2' }, { name: 'edns0' }],
  };

  const cases: [string, Partial<Pod['spec']>, typeof served | typeof unserved, string][] = [
    ['ClusterFirst', {}, served, cluster],
    ['ClusterFirst without cluster DNS', {}, unserved, plain],
    ['Default', { dnsPolicy: 'Default' }, served, plain],
    ['ClusterFirst on the node’s network', { hostNetwork: true }, served, ofNode],
    ['ClusterFirstWithHostNet', { hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' }, served, cluster],
    ['None', { dnsPolicy: 'None', dnsConfig }, served, 'search x.org\nnameserver 1.1.1.1\noptions ndots:2 edns0\n'],
    [
      'ClusterFirst with dnsConfig',
      { dnsConfig },
      served,
      'search shop.svc.cluster.local svc.cluster.local cluster.local home.arpa x.org\nnameserver 10.43.0.10\nnameserver 1.1.1.1\noptions ndots:2 edns0\n',
    ],
  ];
  for (const [title, spec, resolver, expected] of cases)
    it(`follows ${title}`, () => {
      assert.equal(renderResolvConf(pod(spec), resolver), expected);
    });

  it('keeps the limits of resolvers', () => {
    const many = Array.from({ length: 40 }, (_, i) => `s${i}.${'x'.repeat(80)}.org`);
    const nameservers = ['1.1.1.1', '1.1.1.1', '2.2.2.2', '3.3.3.3', '4.4.4.4'];
    const text = renderResolvConf(pod({ dnsPolicy: 'None', dnsConfig: { nameservers, searches: many } }), served);
    const { searches, nameservers: kept } = parseResolvConf(text);
    assert.deepEqual(kept, ['1.1.1.1', '2.2.2.2', '3.3.3.3']);
    assert.ok(searches.join(' ').length <= 2048 && searches.length > 20);
  });

  it('is read with comments and repeated lines', () => {
    const text = '# hi\ndomain a\nnameserver 1.1.1.1 ; mine\nsearch b c\noptions edns0\noptions trust-ad ndots:1\n';
    assert.deepEqual(parseResolvConf(text), {
      nameservers: ['1.1.1.1'],
      searches: ['b', 'c'],
      options: ['edns0', 'trust-ad', 'ndots:1'],
    });
  });
});

describe('the link that leads out', () => {
  it('is the default route’s with the least metric', () => {
    const line = (link: string, destination: string, metric: number, mask: string) =>
      [link, destination, '010200C0', '0003', '0', '0', metric, mask, '0', '0', '0'].join('\t');
    const table = [
      'Iface\tDestination',
      line('wlan0', '00000000', 600, '00000000'),
      line('eth0', '00000000', 100, '00000000'),
      line('eth1', '000200C0', 0, '00FFFFFF'),
    ].join('\n');
    assert.equal(defaultRouteLink(table), 'eth0');
    assert.equal(defaultRouteLink('Iface\tDestination\n'), undefined);
  });
});
