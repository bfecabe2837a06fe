import assert from 'node:assert/strict';
import type { Service } from '../../../src/api/types.ts';
import { pod } from '../../e2e/pods/manifests.ts';
import type { Context } from './context.ts';
import { ENDPOINT_SLICES, ENDPOINTS, SERVICES } from './kinds.ts';
import { ask, askerPod, freeNodes } from './net-servers.ts';
import { Pods } from './pods.ts';

/** Answers with its host name on every port of $ARGV, as `tcp:80`. */
const SERVER = `use IO::Socket::INET; use POSIX ();
my $me = (POSIX::uname)[1]; $SIG{TERM} = sub { exit };
for (@ARGV) {
  my ($proto, $port) = split ':';
  my $socket = IO::Socket::INET->new(Proto => $proto, LocalPort => $port, ReuseAddr => 1, $proto eq 'tcp' ? (Listen => 64) : ()) or die;
  next if fork;
  if ($proto eq 'udp') { while (1) { $socket->recv(my $asked, 1024); $socket->send($me) } }
  while (my $asker = $socket->accept) {
    while (<$asker>) { last if /^\\s*$/ }
    print $asker "HTTP/1.0 200 OK\\r\\n\\r\\n$me";
    close $asker;
  }
}
sleep;`;

const ASKER = 'asker';

type Port = `${'tcp' | 'udp'}:${number}`;

/** A Service of a test's namespace, the servers behind it, and one that asks. */
export class ServiceServers {
  readonly services;
  readonly pods: Pods;
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
    this.services = context.all(SERVICES);
    this.pods = new Pods(context);
  }

  /** A server on these ports. @param app its label */
  async server(name: string, app: string, ports: readonly Port[]): Promise<void> {
    const first = Number(ports.find((port) => port.startsWith('tcp'))?.slice('tcp:'.length));
    const container = {
      name: 'main',
      image: 'alicek106/ubuntu:curl',
      command: ['perl', '-e', SERVER, ...ports],
      readinessProbe: { tcpSocket: { port: first }, periodSeconds: 1 },
    };
    const { metadata, ...rest } = pod(name, container);
    await this.pods.create({ ...rest, metadata: { ...metadata, labels: { app } } });
    await this.pods.ready(name);
  }

  async asker(): Promise<void> {
    await this.pods.create(askerPod(ASKER));
    await this.pods.ready(ASKER);
  }

  create(name: string, spec: Partial<Service['spec']>): Promise<Service> {
    return this.services.create({ metadata: { name }, spec: { selector: { app: name }, ...spec } });
  }

  /** Changes a Service's spec. @param change a merge patch */
  change(name: string, change: Readonly<Record<string, unknown>>): Promise<Service> {
    return this.services.patch(name, { spec: change });
  }

  /** Who answers one request to a port of an address or a name. */
  who(address: string, port: number, protocol: 'http' | 'udp' = 'http'): Promise<string> {
    return ask(this.pods, ASKER, protocol, [address, port]);
  }

  /** Asks until each of these has answered. */
  async answering(names: readonly string[], ask: () => Promise<string>): Promise<void> {
    const seen = new Set<string>();
    await this.#context.eventually(async () => {
      seen.add(await ask());
      assert.deepEqual([...seen].sort(), [...names].sort());
    });
  }

  /** One server answers ten times in a row. */
  async sticks(ask: () => Promise<string>): Promise<void> {
    await this.#context.eventually(async () => {
      const names = new Set<string>();
      for (let times = 0; times < 10; times++) names.add(await ask());
      assert.equal(names.size, 1, [...names].join());
    });
  }

  /** Waits until Endpoints and slices of a Service both have these pods on these ports. @param expected ports by pod */
  async endpoints(name: string, expected: Readonly<Record<string, readonly number[]>>): Promise<void> {
    const wanted = Object.entries(expected)
      .flatMap(([pod, ports]) => ports.map((port) => `${pod}:${port}`))
      .sort();
    await this.#context.eventually(async () => {
      const subsets = (await this.#context.all(ENDPOINTS).get(name)).subsets ?? [];
      const ofEndpoints = subsets.flatMap(({ addresses = [], ports = [] }) =>
        addresses.flatMap(({ targetRef }) => ports.map(({ port }) => `${targetRef?.name}:${port}`)),
      );
      assert.deepEqual(ofEndpoints.sort(), wanted);
      const labelSelector = `kubernetes.io/service-name=${name}`;
      const slices = (await this.#context.all(ENDPOINT_SLICES).list({ labelSelector })).items;
      const ofSlices = slices.flatMap(({ endpoints, ports }) =>
        (endpoints ?? [])
          .filter(({ conditions }) => conditions?.ready)
          .flatMap(({ targetRef }) => (ports ?? []).map(({ port }) => `${targetRef?.name}:${port}`)),
      );
      assert.deepEqual(ofSlices.sort(), wanted);
    });
  }

  /** The addresses of nodes. */
  async nodeAddresses(): Promise<string[]> {
    const nodes = await freeNodes(this.#context);
    return nodes.map(({ status }) => status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? '');
  }
}
