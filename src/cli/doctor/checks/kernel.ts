import { readFile } from 'node:fs/promises';
import { release } from 'node:os';
import { gunzipSync } from 'node:zlib';
import { type Check, type Finding, findings } from '../finding.ts';
import { textOf } from '../observe.ts';

export interface KernelFacts {
  /** The kernel's own configuration; '' when it does not tell. */
  readonly config: string;
  /** Texts of modules.dep and modules.builtin of the running kernel; '' when there are none. */
  readonly modules: string;
  /** Text of /proc/modules. */
  readonly loaded: string;
}

interface Feature {
  readonly module: string;
  readonly option: string;
  readonly means: string;
  readonly isOptional?: boolean;
}

const FEATURES: readonly Feature[] = [
  { module: 'overlay', option: 'OVERLAY_FS', means: "Docker's storage needs it" },
  { module: 'bridge', option: 'BRIDGE', means: 'pods are connected by a bridge' },
  { module: 'veth', option: 'VETH', means: 'pods are connected by veth pairs' },
  { module: 'br_netfilter', option: 'BRIDGE_NETFILTER', means: 'pods could not reach Services of their own node' },
  { module: 'nf_conntrack', option: 'NF_CONNTRACK', means: 'Services need connection tracking' },
  { module: 'nf_tables', option: 'NF_TABLES', means: 'Services are nftables rules' },
  { module: 'nft_masq', option: 'NFT_MASQ', means: 'pods could not reach the outside' },
  { module: 'vxlan', option: 'VXLAN', means: 'nodes that are not on one link could not connect', isOptional: true },
];

/** Whether the kernel has a feature; undefined when nothing tells. */
function hasFeature({ module, option }: Feature, { config, modules, loaded }: KernelFacts): boolean | undefined {
  const file = new RegExp(`/${module.replaceAll('_', '[-_]')}\\.ko`);
  if (new RegExp(`^${module} `, 'm').test(loaded) || file.test(modules)) return true;
  const built = new RegExp(`^CONFIG_${option}=(.)`, 'm').exec(config)?.[1];
  if (built === 'y') return true;
  // A module that was configured and whose file is gone: the kernel was upgraded, and not started since.
  if (built === 'm' && modules === '') return undefined;
  return config === '' && modules === '' ? undefined : false;
}

export function judgeKernel(facts: KernelFacts, version: string): Finding[] {
  const { ok, warning, problem } = findings('kernel');
  const lacking = FEATURES.filter((feature) => hasFeature(feature, facts) === false);
  const mend = `a kernel of Debian or Raspberry Pi OS has it; after an upgrade of the kernel: reboot`;
  const found = lacking.map(({ module, option, means, isOptional }) =>
    (isOptional ? warning : problem)(`${module} (CONFIG_${option}) is missing`, { means, mend }),
  );
  const isUnknown = FEATURES.every((feature) => hasFeature(feature, facts) === undefined);
  if (isUnknown) return [ok(`${version}; it does not tell what it can do`)];
  return found.length > 0 ? found : [ok(`${version} has all that pods and Services need`)];
}

async function observe(): Promise<KernelFacts> {
  const folder = `/lib/modules/${release()}`;
  const config = await readFile('/proc/config.gz').then(
    (zipped) => gunzipSync(zipped).toString(),
    () => textOf(`/boot/config-${release()}`),
  );
  const modules = (await textOf(`${folder}/modules.dep`)) + (await textOf(`${folder}/modules.builtin`));
  return { config, modules, loaded: await textOf('/proc/modules') };
}

export const kernel: Check = { name: 'kernel', run: async () => judgeKernel(await observe(), release()) };
