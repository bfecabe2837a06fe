import { type Check, type Finding, findings, type Purpose } from '../finding.ts';
import { outputOf } from '../observe.ts';

export interface Address {
  readonly link: string;
  readonly address: string;
  /** From DHCP: it may become another one. */
  readonly isDynamic: boolean;
}

export interface AddressFacts {
  readonly role: Purpose['role'];
  readonly addresses: readonly Address[];
  /** The link of the default route. */
  readonly defaultLink: string | undefined;
}

export function judgeAddress({ role, addresses, defaultLink }: AddressFacts): Finding[] {
  const { ok, warning, problem } = findings('address');
  const usable = addresses.filter(({ address }) => !/^(127|169\.254)\./.test(address));
  const main = usable.find(({ link }) => link === defaultLink) ?? usable[0];
  if (!main) {
    const means = 'other machines cannot reach this one';
    return [problem('no usable IPv4 address', { means, mend: 'plug in the cable, or: nmtui (Wi-Fi)' })];
  }
  const what = `${main.address} on ${main.link}${main.isDynamic ? ', from DHCP' : ''}`;
  const found = defaultLink
    ? []
    : [
        warning('no default route', {
          means: 'images cannot be pulled from the internet',
          mend: 'ip route add default via ROUTER',
        }),
      ];
  if (role === 'agent' || !main.isDynamic) return [ok(what), ...found];
  const mend = "reserve the address for this machine in the router's DHCP settings, or set a fixed one: nmtui";
  return [warning(what, { means: 'agents look for the master at the address they were given', mend }), ...found];
}

/** Virtual links of containers are no way to this machine. */
const OWN_LINKS = /^(lo|docker|br-|veth|bramble|cni|flannel|virbr)/;

interface IpLink {
  readonly ifname: string;
  readonly addr_info?: readonly { readonly local?: string; readonly dynamic?: boolean }[];
}

export const address: Check = {
  name: 'address',
  run: async ({ role }) => {
    const links = parse<IpLink>(await outputOf('ip', '-j', '-4', 'address'));
    const routes = parse<{ readonly dev?: string }>(await outputOf('ip', '-j', '-4', 'route', 'show', 'default'));
    const addresses = links
      .filter(({ ifname }) => !OWN_LINKS.test(ifname))
      .flatMap(({ ifname, addr_info = [] }) =>
        addr_info.map(({ local = '', dynamic = false }) => ({ link: ifname, address: local, isDynamic: dynamic })),
      );
    return judgeAddress({ role, addresses, defaultLink: routes[0]?.dev });
  },
};

function parse<T>(text: string | undefined): T[] {
  return text ? (JSON.parse(text) as T[]) : [];
}
