import { type Check, type Finding, findings } from '../finding.ts';
import { textOf } from '../observe.ts';

export interface CgroupFacts {
  /** Text of /proc/cgroups. */
  readonly table: string;
  /** Text of /sys/fs/cgroup/cgroup.controllers; '' where cgroups are of version 1. */
  readonly controllers: string;
  /** The file with the kernel's command line that the boot loader of a Pi reads; undefined elsewhere. */
  readonly cmdline: { readonly path: string; readonly text: string } | undefined;
}

const FLAGS = 'cgroup_enable=memory cgroup_memory=1';

export function judgeCgroups({ table, controllers, cmdline }: CgroupFacts): Finding[] {
  const { ok, problem } = findings('cgroup memory');
  const row = /^memory\s+(\d+)\s+\d+\s+(\d)/m.exec(table);
  if (/\bmemory\b/.test(controllers) || (row && row[2] === '1' && row[1] !== '0'))
    return [ok('the kernel counts memory by container')];
  const what = 'the kernel does not count memory by container';
  const means = 'memory limits of pods would have no effect: the node stays NotReady';
  if (!cmdline) {
    const mend = `add "${FLAGS}" to GRUB_CMDLINE_LINUX in /etc/default/grub, then: update-grub && reboot`;
    return [problem(what, { means, mend })];
  }
  if (FLAGS.split(' ').every((flag) => cmdline.text.split(/\s+/).includes(flag))) {
    return [problem(`${what} yet: ${cmdline.path} says so already`, { means, mend: 'reboot' })];
  }
  const command = `sed -i -e '1 s/ *cgroup_disable=memory//' -e '1 s/$/ ${FLAGS}/' ${cmdline.path}`;
  return [problem(what, { means, mend: `${command} && reboot`, fix: { do: 'shell', command } })];
}

/** Raspberry Pi OS 12 and later, and before. */
const CMDLINES = ['/boot/firmware/cmdline.txt', '/boot/cmdline.txt'];

export const cgroupMemory: Check = {
  name: 'cgroup memory',
  run: async () => {
    const files = await Promise.all(CMDLINES.map(async (path) => ({ path, text: await textOf(path) })));
    return judgeCgroups({
      table: await textOf('/proc/cgroups'),
      controllers: await textOf('/sys/fs/cgroup/cgroup.controllers'),
      cmdline: files.find(({ text }) => text !== ''),
    });
  },
};
