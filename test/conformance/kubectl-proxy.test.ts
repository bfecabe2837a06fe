import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { type IncomingMessage, type RequestOptions, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { installedKubectls } from '../lib/kubectl.ts';
import { conformance } from './lib/conformance.ts';
import type { Context } from './lib/context.ts';

conformance(
  '[sig-cli] Kubectl client Proxy server should support proxy with --port 0 [Conformance]',
  async (context) => {
    const { said } = await startProxy(context, ['--port', '0', '--disable-filter']);
    const port = Number(/:(\d+)\s*$/.exec(said)?.[1]);
    assert.ok(port > 0, said);
    assert.deepEqual(await versions({ host: '127.0.0.1', port }), ['v1']);
  },
);

conformance(
  '[sig-cli] Kubectl client Proxy server should support --unix-socket=/path [Conformance]',
  async (context) => {
    const dir = mkdtempSync(join(tmpdir(), 'kubectl-proxy-'));
    context.afterwards(async () => rmSync(dir, { recursive: true }));
    const socketPath = join(dir, 'test');
    const { said } = await startProxy(context, [`--unix-socket=${socketPath}`]);
    assert.ok(said.includes(socketPath), said);
    assert.deepEqual(await versions({ socketPath }), ['v1']);
  },
);

/** Runs until the test has ended. @returns what it says when it serves */
async function startProxy(context: Context, args: readonly string[]): Promise<{ said: string }> {
  const kubectl = installedKubectls().at(-1);
  assert.ok(kubectl, 'there is a kubectl');
  const { kubeconfigFile } = context.connection;
  const child = spawn(kubectl.path, ['--kubeconfig', kubeconfigFile, 'proxy', ...args]);
  context.afterwards(async () => void child.kill());
  return { said: await firstLine(child) };
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const hear = (chunk: Buffer) => {
      said += chunk;
      if (said.includes('\n')) resolve(said.trim());
    };
    child.stdout?.on('data', hear);
    child.once('error', reject);
    child.once('close', () => reject(new Error(`kubectl proxy ended: ${said}`)));
  });
}

async function versions(at: RequestOptions): Promise<unknown> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ ...at, path: '/api/', headers: { host: 'localhost' } }, resolve)
      .on('error', reject)
      .end();
  });
  assert.equal(response.statusCode, 200);
  return (JSON.parse(await text(response)) as { versions?: unknown }).versions;
}
