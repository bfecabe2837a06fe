import assert from 'node:assert/strict';
import type { Finding } from '../finding.ts';
import { parseListening } from '../listeners.ts';
import { judgeAddress } from './address.ts';
import { judgeArchitecture } from './architecture.ts';
import { judgeCgroups } from './cgroup-memory.ts';
import { judgeClock } from './clock.ts';
import { judgeDiskSpeed } from './disk-speed.ts';
import { type EngineFacts, judgeDocker } from './docker.ts';
import { foreignDrops, judgeFirewall } from './firewall.ts';
import { judgeHaproxy } from './haproxy.ts';
import { judgeHostname } from './hostname.ts';
import { judgeIptables } from './iptables.ts';
import { judgeKernel, type KernelFacts } from './kernel.ts';
import { judgeNftables } from './nftables.ts';
import { judgePorts } from './ports.ts';
import { judgeSpace } from './space.ts';
import { judgeSwap } from './swap.ts';

const GI = 2 ** 30;
const HOUR_MS = 3_600_000;
const NOW = Date.UTC(2026, 5, 1);

const ENGINE: EngineFacts = {
  ServerVersion: '20.10.24+dfsg1',
  Driver: 'overlay2',
  LiveRestoreEnabled: true,
  CgroupDriver: 'systemd',
  CgroupVersion: '2',
  SecurityOptions: [],
};
const engine = (change: Partial<EngineFacts>) => judgeDocker({ missing: [], engine: { ...ENGINE, ...change } });
const clock = { nowMs: NOW, builtMs: NOW - HOUR_MS, master: undefined, isSynchronized: true };
const apart = (ms: number) => judgeClock({ ...clock, master: { masterMs: NOW, ownMs: NOW + ms } });
const disk = { role: 'master', folder: '/var/lib', writesMs: [3, 1, 2], isSdCard: false } as const;
const ARM_CGROUPS = '#subsys_name\thierarchy\tnum_cgroups\tenabled\nmemory\t0\t40\t0\n';
const cmdline = (text: string) => ({ path: '/boot/firmware/cmdline.txt', text });
const dropping = (table: string) =>
  `table ${table} {\n\tchain forward {\n\t\ttype filter hook forward priority filter; policy drop;\n\t}\n}`;
const MODULES = ['overlay', 'bridge', 'veth', 'br_netfilter', 'nf_conntrack', 'nf_tables', 'nft_masq', 'vxlan'];
const kernelOf = (modules: readonly string[]): KernelFacts => ({
  config: '',
  modules: modules.map((name) => `kernel/net/${name}.ko.xz:`).join('\n'),
  loaded: '',
});
const LEGACY = '*filter\n:FORWARD DROP [0:0]\n:DOCKER - [0:0]\n-A FORWARD -j DOCKER\nCOMMIT';

/** What is judged, the worst level it gets, and words that must be said. */
const CASES: readonly (readonly [string, readonly Finding[], Finding['level'], RegExp])[] = [
  [
    'a node without haproxy',
    judgeHaproxy({ role: 'agent', version: undefined }),
    'warning',
    /will not serve Ingresses/,
  ],
  [
    'a node with haproxy',
    judgeHaproxy({ role: 'agent', version: 'HAProxy version 2.6.12-1\nStatus: x\n' }),
    'ok',
    /HAProxy version 2\.6\.12-1\n/,
  ],
  ['a master without haproxy', judgeHaproxy({ role: 'master', version: undefined }), 'ok', /needs none/],
  ['a Pi 4 with a 64-bit system', judgeArchitecture({ kernel: 'aarch64', userlandBits: 64 }), 'ok', /64-bit aarch64/],
  [
    'a 32-bit system on a 64-bit kernel',
    judgeArchitecture({ kernel: 'aarch64', userlandBits: 32 }),
    'problem',
    /32-bit/,
  ],
  ['a Pi of 2014', judgeArchitecture({ kernel: 'armv7l', userlandBits: 32 }), 'problem', /armv7l is not served/],

  ['a good engine', engine({}), 'ok', /overlay2, cgroup v2 by systemd, live-restore/],
  [
    'no Docker',
    judgeDocker({ missing: ['docker.io'], engine: { error: '' } }),
    'problem',
    /apt-get install docker\.io/,
  ],
  ['a stopped Docker', judgeDocker({ missing: [], engine: { error: 'ENOENT' } }), 'problem', /systemctl enable --now/],
  ['an old Docker', engine({ ServerVersion: '19.03.15' }), 'problem', /older than 20\.10/],
  ['a new Docker', engine({ ServerVersion: '28.5.2' }), 'ok', /28\.5\.2/],
  ['no live-restore', engine({ LiveRestoreEnabled: false }), 'warning', /live-restore is off/],
  ['a Swarm', engine({ LiveRestoreEnabled: false, Swarm: { LocalNodeState: 'active' } }), 'warning', /swarm leave/],
  ['rootless Docker', engine({ SecurityOptions: ['name=rootless'] }), 'problem', /rootless/],
  ['the vfs driver', engine({ Driver: 'vfs' }), 'warning', /full copy/],

  [
    'cgroups of version 2',
    judgeCgroups({ table: ARM_CGROUPS, controllers: 'cpu memory pids', cmdline: undefined }),
    'ok',
    /counts/,
  ],
  [
    'cgroups of version 1',
    judgeCgroups({ table: 'memory\t4\t108\t1', controllers: '', cmdline: undefined }),
    'ok',
    /counts/,
  ],
  [
    'a fresh Raspberry Pi OS',
    judgeCgroups({ table: ARM_CGROUPS, controllers: 'cpu pids', cmdline: cmdline('root=x quiet') }),
    'problem',
    /sed -i .*cgroup_enable=memory cgroup_memory=1.* \/boot\/firmware\/cmdline\.txt && reboot/,
  ],
  [
    'a Pi before its reboot',
    judgeCgroups({ table: ARM_CGROUPS, controllers: '', cmdline: cmdline('x cgroup_enable=memory cgroup_memory=1') }),
    'problem',
    /yet: .*\n.*\nreboot/,
  ],
  [
    'x86 without it',
    judgeCgroups({ table: ARM_CGROUPS, controllers: '', cmdline: undefined }),
    'problem',
    /update-grub/,
  ],

  [
    'one back end',
    judgeIptables({ version: 'iptables v1.8.9 (nf_tables)', legacyRules: '', nftRules: LEGACY }),
    'ok',
    /1\.8\.9/,
  ],
  [
    'no iptables',
    judgeIptables({ version: undefined, legacyRules: '', nftRules: '' }),
    'problem',
    /apt-get install iptables/,
  ],
  [
    "Docker's rules in the other back end",
    judgeIptables({ version: 'iptables v1.8.9 (nf_tables)', legacyRules: LEGACY, nftRules: '' }),
    'problem',
    /Docker's rules are in the legacy back end, but iptables is nft/,
  ],
  [
    'rules in both back ends',
    judgeIptables({ version: 'iptables v1.8.7 (legacy)', legacyRules: LEGACY, nftRules: '-A INPUT -j DROP' }),
    'warning',
    /1 rules are in the nft back end/,
  ],
  ['no nft', judgeNftables({ version: undefined, refusal: '' }), 'problem', /apt-get install nftables/],
  ['a kernel without numgen', judgeNftables({ version: 'v1', refusal: 'No such file' }), 'problem', /kernel refuses/],

  [
    'ufw on an agent',
    judgeFirewall({ role: 'agent', isUfwOn: true, isFirewalldOn: false, chains: '' }),
    'ok',
    /needs no open port/,
  ],
  [
    'ufw on a master',
    judgeFirewall({ role: 'master', isUfwOn: true, isFirewalldOn: false, chains: '' }),
    'warning',
    /ufw allow 6443/,
  ],
  [
    'firewalld',
    judgeFirewall({ role: 'agent', isUfwOn: false, isFirewalldOn: true, chains: '' }),
    'warning',
    /firewalld/,
  ],
  [
    'a firewall of somebody’s own',
    judgeFirewall({ role: 'agent', isUfwOn: false, isFirewalldOn: false, chains: dropping('inet filter') }),
    'problem',
    /"inet filter" drops/,
  ],

  ['a whole kernel', judgeKernel(kernelOf(MODULES), '6.12'), 'ok', /has all/],
  ['a kernel that tells nothing', judgeKernel(kernelOf([]), '6.12'), 'ok', /does not tell/],
  [
    'no br_netfilter',
    judgeKernel(kernelOf(MODULES.filter((m) => m !== 'br_netfilter')), '6'),
    'problem',
    /BRIDGE_NETFILTER/,
  ],
  ['no vxlan', judgeKernel(kernelOf(MODULES.filter((m) => m !== 'vxlan')), '6'), 'warning', /CONFIG_VXLAN/],

  ['a right clock', judgeClock(clock), 'ok', /2026-06-01.*time server/],
  ['a clock of 1970', judgeClock({ ...clock, nowMs: 0 }), 'problem', /before this program was made/],
  ['no time server', judgeClock({ ...clock, isSynchronized: false }), 'warning', /no clock battery/],
  ["the master's time", apart(500), 'ok', /as the master's/],
  ['five minutes off', apart(5 * 60_000), 'warning', /5m ahead of the master's/],
  ['years off', apart(-3 * 8_760 * HOUR_MS), 'problem', /3y behind the master's/],

  ['a quick disk', judgeDiskSpeed(disk), 'ok', /2\.0 ms, slowest of 3 3\.0 ms/],
  ['a slow card', judgeDiskSpeed({ ...disk, writesMs: [90], isSdCard: true }), 'warning', /USB SSD/],
  [
    'a slow card of an agent',
    judgeDiskSpeed({ ...disk, role: 'agent', writesMs: [90], isSdCard: true }),
    'ok',
    /SD card/,
  ],
  ['a disk that may not be written', judgeDiskSpeed({ ...disk, writesMs: [] }), 'warning', /as root/],

  [
    'a full disk',
    judgeSpace({ role: 'agent', memoryBytes: GI, folders: [{ path: '/', freeBytes: 1e8, totalBytes: GI }] }),
    'problem',
    /do not fit/,
  ],
  ['512 MB for an agent', judgeSpace({ role: 'agent', memoryBytes: GI / 2, folders: [] }), 'ok', /0\.5 GiB of memory/],
  ['512 MB for a master', judgeSpace({ role: 'master', memoryBytes: GI / 2, folders: [] }), 'warning', /want 1 GiB/],

  ['free ports', judgePorts({ role: 'master', listeners: [] }), 'ok', /are free/],
  [
    'our own master',
    judgePorts({ role: 'master', listeners: [{ port: 6443, pid: 7, command: 'bramble master' }] }),
    'ok',
    /runs/,
  ],
  [
    'k3s',
    judgePorts({ role: 'master', listeners: [{ port: 6443, pid: 7, command: 'k3s server' }] }),
    'problem',
    /held by k3s server \(process 7\)/,
  ],

  ['no address', judgeAddress({ role: 'agent', defaultLink: undefined, addresses: [] }), 'problem', /no usable IPv4/],
  [
    'only a link-local address',
    judgeAddress({
      role: 'agent',
      defaultLink: undefined,
      addresses: [{ link: 'eth0', address: '169.254.3.4', isDynamic: true }],
    }),
    'problem',
    /no usable/,
  ],
  [
    'a master with an address from DHCP',
    judgeAddress({
      role: 'master',
      defaultLink: 'eth0',
      addresses: [{ link: 'eth0', address: '192.168.1.9', isDynamic: true }],
    }),
    'warning',
    /reserve the address/,
  ],

  ['a name of one’s own', judgeHostname('attic'), 'ok', /attic/],
  ['the name of every Pi', judgeHostname('raspberrypi'), 'warning', /few digits/],
  ['localhost', judgeHostname('localhost'), 'problem', /no machine in particular/],
  ['an underscore', judgeHostname('my_pi'), 'problem', /RFC 1123/],

  ['no swap', judgeSwap('Filename Type Size\n'), 'ok', /none/],
  ['zram', judgeSwap('Filename\n/dev/zram0 partition 1\n'), 'ok', /zram/],
  ['swap on a card', judgeSwap('Filename\n/var/swap file 1\n'), 'warning', /dphys-swapfile/],
];

const ORDER = ['ok', 'warning', 'problem'] as const;

describe('bramble doctor', () => {
  for (const [title, found, level, words] of CASES) {
    it(`calls ${title} ${level === 'ok' ? level : `a ${level}`}`, () => {
      const worst = ORDER[Math.max(...found.map((finding) => ORDER.indexOf(finding.level)))];
      const text = found.map(({ what, means, mend }) => [what, means, mend].join('\n')).join('\n');
      assert.equal(worst, level, text);
      assert.match(text, words);
      for (const finding of found)
        assert.ok(finding.level === 'ok' || (finding.means && finding.mend), `${text} has no way out`);
    });
  }

  it('takes the tables of iptables, Docker and Bramble for known', () => {
    assert.deepEqual(foreignDrops(['ip filter', 'ip bramble', 'ip6 filter'].map(dropping).join('\n')), []);
    assert.deepEqual(foreignDrops(['ip filter', 'inet fw'].map(dropping).join('\n')), ['inet fw']);
  });

  it('reads who listens from the kernel’s table', () => {
    const table = [
      '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
      '   0: 00000000:192B 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1',
      '   1: 0100007F:192C 0100007F:9999 01 00000000:00000000 00:00000000 00000000     0        0 4712 1',
    ].join('\n');
    assert.deepEqual([...parseListening(table)], [[6443, '4711']]);
  });
});
