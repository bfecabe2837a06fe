import assert from 'node:assert/strict';
import { isFirewallEvent, isNetworkEvent } from './network-events.ts';

describe('lines of ip monitor', () => {
  const cases: readonly (readonly [boolean, string])[] = [
    [true, '2: eth0: <BROADCAST,MULTICAST> mtu 1500 qdisc noqueue state DOWN group default '],
    [true, 'Deleted 2: eth0    inet 192.168.77.11/24 scope global eth0'],
    [true, '2: eth0    inet 192.168.77.99/24 scope global eth0'],
    [true, 'Deleted 2: eth0    inet 192.168.77.240/32 metric 84 scope global dynamic eth0'],
    [false, '2: eth0    inet 192.168.77.240/32 metric 84 scope global dynamic eth0'],
    [true, 'Deleted 10.42.2.0/24 via 192.168.77.12 dev eth0 proto 84 '],
    [true, 'default via 192.168.77.1 dev wlan0 '],
    [true, 'Deleted 5: bramble0: <BROADCAST,MULTICAST> mtu 1500 qdisc noop state DOWN group default '],
    [false, '    link/ether 8a:75:c0:78:9e:56 brd ff:ff:ff:ff:ff:ff'],
    [false, '7: veth31cc@if6: <BROADCAST,MULTICAST> mtu 1500 qdisc noop state DOWN group default '],
    [false, 'Deleted 7: veth31cc@NONE: <BROADCAST,MULTICAST> mtu 1500 qdisc noop state DOWN group default '],
    [false, '5: bramble0: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500 qdisc noqueue state DOWN group default '],
    [false, '3: docker0: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500 qdisc noqueue state DOWN group default '],
    [false, '9: br-0123456789ab: <BROADCAST,MULTICAST,UP> mtu 1500 qdisc noqueue state UP group default '],
  ];
  for (const [expected, line] of cases)
    it(`${expected ? 'matter' : 'do not matter'}: ${line.trim().slice(0, 60)}`, () =>
      assert.equal(isNetworkEvent(line, 'bramble0'), expected));
});

describe('lines of nft monitor', () => {
  const cases: readonly (readonly [boolean, string])[] = [
    [true, 'delete rule ip filter BRAMBLE-FORWARD handle 7'],
    [true, 'delete rule ip filter DOCKER-USER handle 12'],
    [true, 'delete rule ip nat POSTROUTING handle 2'],
    [false, 'delete rule ip filter DOCKER handle 12'],
    [false, 'add rule ip filter BRAMBLE-FORWARD accept'],
    [false, '# new generation 12 by process 4242 (iptables)'],
  ];
  for (const [expected, line] of cases)
    it(`${expected ? 'matter' : 'do not matter'}: ${line}`, () =>
      assert.equal(isFirewallEvent(line, 'BRAMBLE'), expected));
});
