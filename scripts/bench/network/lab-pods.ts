import { setTimeout as sleep } from 'node:timers/promises';
import type { Pod } from '../../../src/api/types.ts';
import { isReady } from '../../../src/cli/up/daemons.ts';
import type { Host } from '../../../test/lab/host.ts';
import type { Lab } from '../../../test/lab/lab.ts';
import type { ApiConnection } from '../../lib/api-connection.ts';

const PODS = '/api/v1/namespaces/default/pods';
const WITHIN_MS = 120_000;
const IMAGE = 'nginx:latest';
/** Where pods that answer HTTP listen. */
export const HTTP_PORT = 8080;

/** Four bytes for every request, and connections that are kept as long as the client likes. */
const SERVER = `
echo 'events {} http { access_log off; keepalive_requests 1000000; server { listen ${HTTP_PORT}; location / { return 200 here; } } }' > /tmp/nginx.conf
exec nginx -c /tmp/nginx.conf -g 'daemon off;'`;

/** A pod that answers HTTP on HTTP_PORT. */
export function answeringPod(name: string, nodeName: string, labels: Readonly<Record<string, string>>): Pod {
  const command = ['sh', '-c', SERVER];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels },
    spec: { nodeName, terminationGracePeriodSeconds: 0, containers: [{ name: 'main', image: IMAGE, command }] },
  };
}

/** The same container by Docker alone. @returns its address */
export async function answeringContainer(host: Host, name: string): Promise<string> {
  await host.run('docker', ['run', '-d', '--name', name, IMAGE, 'sh', '-c', SERVER]);
  const format = '{{.NetworkSettings.IPAddress}}';
  return (await host.run('docker', ['inspect', '-f', format, name])).trim();
}

/** Pods in a lab, and programs of their machines in their networks. */
export class LabPods {
  readonly #lab: Lab;
  readonly #api: ApiConnection;
  #pods = new Map<string, Pod>();

  constructor(lab: Lab, api: ApiConnection) {
    this.#lab = lab;
    this.#api = api;
  }

  /** @returns when all of them are Ready */
  async start(pods: readonly Pod[]): Promise<void> {
    for (const body of pods) await this.#api.json('POST', PODS, { body });
    for (const end = Date.now() + WITHIN_MS; Date.now() < end; await sleep(100)) {
      const { items } = await this.#api.json<{ items: Pod[] }>('GET', PODS);
      this.#pods = new Map(items.map((pod) => [pod.metadata.name, pod]));
      if (items.every((pod) => isReady(pod))) return;
    }
    throw new Error('the pods do not become Ready');
  }

  addressOf(name: string): string {
    return this.#pods.get(name)?.status?.podIP ?? '';
  }

  hostOf(name: string): Host {
    return this.#lab.host(this.#pods.get(name)?.spec.nodeName ?? '');
  }

  /** What goes before a command on the pod's machine to run it in the pod's network. */
  async entryOf(name: string): Promise<string[]> {
    const sandbox = `docker ps -q --filter name=k8s_POD_${name}_default_`;
    const pid = await this.hostOf(name).machine.shell(`docker inspect -f '{{.State.Pid}}' $(${sandbox})`);
    return ['nsenter', `--net=/proc/${pid.trim()}/ns/net`];
  }
}
