import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PodSpec } from '../../../src/api/types.ts';
import { configMap } from './configs.ts';
import type { Context } from './context.ts';

/** What a port of the pod answers everything with; nginx's variables count. */
export interface PorterPort {
  readonly port: number;
  readonly text: string;
  readonly type?: string;
  readonly tls?: boolean;
}

/** Spec of a pod that answers on many ports, each in its way; what it needs beside it is made in the test's namespace. */
export async function porter(context: Context, ports: readonly PorterPort[]): Promise<PodSpec> {
  const servers = ports.map(
    ({ port, text, type = 'text/plain', tls }) =>
      `server { listen ${port}${tls ? ' ssl' : ''}; location / { default_type ${type}; return 200 '${text}'; } }`,
  );
  const tls = 'ssl_certificate /conf/cert; ssl_certificate_key /conf/key;';
  const conf = `error_log stderr; pid /tmp/pid; events {} http { access_log off; ${tls} ${servers.join('\n')} }`;
  await configMap(context, 'porter', { 'nginx.conf': conf, ...selfSigned() });
  return {
    terminationGracePeriodSeconds: 1,
    containers: [
      {
        name: 'main',
        image: 'nginx:latest',
        command: ['nginx', '-c', '/conf/nginx.conf', '-g', 'daemon off;'],
        ports: ports.map(({ port }) => ({ containerPort: port, name: `port-${port}` })),
        readinessProbe: { tcpSocket: { port: ports[0]?.port ?? 80 }, periodSeconds: 1 },
        volumeMounts: [{ name: 'conf', mountPath: '/conf' }],
      },
    ],
    volumes: [{ name: 'conf', configMap: { name: 'porter' } }],
  };
}

function selfSigned(): { cert: string; key: string } {
  const dir = mkdtempSync(join(tmpdir(), 'porter-'));
  try {
    const kind = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=porter', '-days', '2'];
    execFileSync('openssl', ['req', ...kind, '-keyout', 'key', '-out', 'cert'], { cwd: dir, stdio: 'ignore' });
    const read = (name: string) => readFileSync(join(dir, name), 'utf8');
    return { cert: read('cert'), key: read('key') };
  } finally {
    rmSync(dir, { recursive: true });
  }
}
