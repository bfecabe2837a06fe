import assert from 'node:assert/strict';
import type { Pod, Service } from '../../../src/api/types.ts';
import type { Host } from '../../lab/host.ts';
import type { Lab } from '../../lab/lab.ts';
import { eventually } from '../../lib/eventually.ts';

const PORT = 8080;
/** Says who asks, and has something big. */
const SERVER = `
busybox dd if=/dev/zero of=/tmp/big bs=1000 count=1000 2>/dev/null
echo 'events {} http { server { listen ${PORT}; root /tmp; location = / { return 200 $remote_addr; } } }' > /tmp/nginx.conf
exec nginx -c /tmp/nginx.conf -g 'daemon off;'`;

/** One pod on each of some nodes, `on-n1` and so on, a second one `also-on-n1`, in a namespace of their own: each tells who asks it. */
export class TalkingPods {
  readonly #lab: Lab;
  readonly #namespace: string;
  readonly #ips = new Map<string, string>();

  constructor(lab: Lab, namespace: string) {
    this.#lab = lab;
    this.#namespace = namespace;
  }

  get names(): string[] {
    return [...this.#ips.keys()];
  }

  ipOf(name: string): string {
    return this.#ips.get(name) ?? '';
  }

  async start(nodes: readonly string[]): Promise<void> {
    await this.kubectl(['create', 'namespace', this.#namespace]);
    await eventually(() => this.kubectl(['get', 'serviceaccount', 'default', '-n', this.#namespace]));
    const nameOn = (node: string, index: number) => (nodes.indexOf(node) < index ? `also-on-${node}` : `on-${node}`);
    const items = nodes.map((node, index) => this.#aServer(nameOn(node, index), node));
    await this.kubectl(['create', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    await this.kubectl(['wait', '-n', this.#namespace, '--for=condition=Ready', 'pod', '--all', '--timeout=60s']);
    const pods = JSON.parse(await this.kubectl(['get', 'pods', '-n', this.#namespace, '-o', 'json'])) as {
      items: Pod[];
    };
    for (const { metadata, status } of pods.items) this.#ips.set(metadata.name, status?.podIP ?? '');
  }

  async remove(): Promise<void> {
    await this.kubectl(['delete', 'namespace', this.#namespace, '--wait=false']);
  }

  /** Makes a Service of one pod. @param spec beside its selector and port */
  async serve(pod: string, name = pod, spec: Partial<Service['spec']> = {}): Promise<Service> {
    return this.#lab.api.create(`/api/v1/namespaces/${this.#namespace}/services`, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      spec: { selector: { pod }, ports: [{ port: PORT }], ...spec },
    });
  }

  /** @returns its output @throws AssertionError with what kubectl says when it fails */
  async kubectl(args: readonly string[], input?: string): Promise<string> {
    const { code, stdout, stderr } = await this.#lab.kubectl(args, input === undefined ? {} : { input });
    assert.equal(code, 0, stderr);
    return stdout.trim();
  }

  inPod(name: string, script: string): Promise<string> {
    return this.kubectl(['exec', '-n', this.#namespace, name, '--', 'timeout', '10', 'sh', '-c', script]);
  }

  /** Who is seen at this address when a pod asks. */
  seenFromPod(from: string, ip: string, port = PORT): Promise<string> {
    return this.inPod(from, `curl -sS -m 3 http://${ip}:${port}/`);
  }

  seenFromNode(host: Host, ip: string, port = PORT): Promise<string> {
    return host.run('curl', ['-sS', '-m', '3', `http://${ip}:${port}/`]);
  }

  async allReachEachOther(): Promise<void> {
    for (const from of this.names)
      for (const to of this.names.filter((name) => name !== from))
        assert.equal(await this.seenFromPod(from, this.ipOf(to)), this.ipOf(from), `${from} to ${to}`);
  }

  /** How many bytes of the big file come to one pod from another. */
  async bytesBetween(from: string, to: string): Promise<number> {
    return Number(await this.inPod(from, `curl -sS -m 8 http://${this.ipOf(to)}:${PORT}/big | busybox wc -c`));
  }

  /** Runs a program of its node in a pod's network. */
  async inNetworkOf(name: string, command: string): Promise<string> {
    const host = this.#lab.host(name.replace(/^(also-)?on-/, ''));
    const sandbox = `docker ps -q --filter name=k8s_POD_${name}_${this.#namespace}_`;
    const script = `nsenter --net=/proc/$(docker inspect -f '{{.State.Pid}}' $(${sandbox}))/ns/net ${command}`;
    return host.machine.shell(script);
  }

  #aServer(name: string, nodeName: string): object {
    const container = { name: 'main', image: 'nginx:latest', command: ['sh', '-c', SERVER] };
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: this.#namespace, labels: { pod: name } },
      spec: { nodeName, terminationGracePeriodSeconds: 0, containers: [container] },
    };
  }
}
