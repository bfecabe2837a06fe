import type { Host } from '../../lab/host.ts';
import type { Lab } from '../../lab/lab.ts';
import { newestKubectl } from '../../lib/kubectl.ts';
import type { PodSpace } from '../pods/pod-space.ts';

/** A pod to ask from. Perl is part of every Debian and Ubuntu, so that hosts and pods run the same programs. */
export function perlPod(name: string, nodeName: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: {
      nodeName,
      terminationGracePeriodSeconds: 0,
      containers: [{ name: 'main', image: 'alicek106/ubuntu:curl', command: ['sleep', '100000'] }],
    },
  };
}

/** What runs Perl: its command line up to the program's text. */
export type Perl = readonly [program: string, ...args: string[]];

export function perlInPod(space: PodSpace<Lab>, name: string): Perl {
  const place = ['--kubeconfig', space.cluster.kubeconfig, '--namespace', space.namespace];
  return [newestKubectl().path, ...place, 'exec', '-i', name, '--', 'perl', '-e'];
}

export function perlOnHost(host: Host): Perl {
  const [nsenter = '', ...entry] = host.machine.entry();
  return [nsenter, ...entry, 'perl', '-e'];
}
