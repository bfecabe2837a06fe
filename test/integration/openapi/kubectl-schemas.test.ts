import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkObject } from '../../../src/api/codec/decode.ts';
import { KINDS } from '../../../src/api/kinds/all.ts';
import { applyPatch } from '../../../src/api/patch/apply.ts';
import type { KindDefinition } from '../../../src/api/registry.ts';
import type { KubeObject } from '../../../src/api/types.ts';
import { installedKubectls } from '../../lib/kubectl.ts';
import { skip } from '../../lib/skip.ts';
import { Kubectl } from '../protobuf/kubectl.ts';
import { type Answer, type Recorded, Recorder } from '../protobuf/recorder.ts';
import { AFTER, BEFORE } from './deployment-change.ts';
import { describeKinds, type Served } from './openapi-listener.ts';

const DEPLOYMENT: KindDefinition = {
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  singular: 'deployment',
  namespaced: true,
  hasStatus: true,
  hasGeneration: true,
  columns: [],
  strategy: { validate: () => [] },
};
const SERVED_KINDS = [...KINDS.filter(({ kind }) => kind !== 'Deployment'), DEPLOYMENT];

const EVERYTHING: Served = { v2: 'whole', v3: true };
/** kubectl then computes with the Go types it was built with: what the documents must not change. */
const BUILT_IN: Served = { v2: 'empty', v3: false };

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const PATH = '/apis/apps/v1/namespaces/default/deployments/web';

/** As it is stored after `kubectl apply` of BEFORE, with an item of the server's own in a keyed list. */
function liveObject(): KubeObject {
  const live = structuredClone(BEFORE);
  live.spec.template.spec.tolerations = [{ key: 'added-by-the-server', operator: 'Exists' }];
  live.spec.template.spec.containers[0]?.env.push({ name: 'INJECTED', value: 'x' });
  const annotations = { [LAST_APPLIED]: `${JSON.stringify(BEFORE)}\n` };
  return { ...live, metadata: { ...live.metadata, uid: 'u', resourceVersion: '7', annotations } };
}

describe('the OpenAPI documents', () => {
  const kubectls = installedKubectls();
  const folder = mkdtempSync(join(tmpdir(), 'schemas-'));
  const manifest = join(folder, 'deployment.json');
  let recorder: Recorder;
  let served = EVERYTHING;
  const clients: Kubectl[] = [];

  before(async function () {
    if (kubectls.length === 0) skip(this, 'no kubectl here: apt-get install kubernetes-client');
    writeFileSync(manifest, JSON.stringify(AFTER));
    recorder = await Recorder.listen(answer);
  });

  after(() => {
    for (const client of clients) client.close();
    recorder?.close();
    rmSync(folder, { recursive: true });
  });

  async function answer(request: Recorded): Promise<Answer | undefined> {
    if (request.path !== PATH) return describeKinds(SERVED_KINDS, request, served);
    return { body: request.method === 'PATCH' ? patched(request) : liveObject() };
  }

  function patched({ contentType, body }: Recorded): KubeObject {
    const { object, strictErrors } = checkObject(applyPatch(contentType, liveObject(), body, DEPLOYMENT), DEPLOYMENT);
    assert.deepEqual(strictErrors, []);
    return object;
  }

  /** Each with a home of its own: documents are cached by their hash. */
  async function run(path: string, args: readonly string[], documents: Served): Promise<string> {
    const client = new Kubectl(path, recorder.url);
    clients.push(client);
    served = documents;
    recorder.take();
    const { exitCode, stdout, stderr } = await client.run(args);
    assert.equal(exitCode, 0, stderr);
    return stdout;
  }

  async function patchOf(path: string, documents: Served): Promise<Recorded> {
    await run(path, ['apply', '-f', manifest], documents);
    const patch = recorder.take().find(({ method }) => method === 'PATCH');
    assert(patch, 'kubectl apply sent no patch');
    return patch;
  }

  for (const { version, path } of kubectls) {
    it(`let kubectl ${version} apply the patch that its built-in types give`, async () => {
      const wanted = await patchOf(path, BUILT_IN);
      const patch = await patchOf(path, EVERYTHING);
      assert.equal(patch.contentType, 'application/strategic-merge-patch+json');
      assert.deepEqual(withoutAnnotations(patch), withoutAnnotations(wanted));
      const result = patched(patch) as KubeObject & typeof AFTER;
      const injected = { name: 'INJECTED', value: 'x' };
      const expected = structuredClone(AFTER.spec);
      expected.template.spec.tolerations = [{ key: 'added-by-the-server', operator: 'Exists' }];
      const container = result.spec.template.spec.containers.find(({ name }) => name === 'web');
      assert.deepEqual(
        container?.env.find(({ name }) => name === 'INJECTED'),
        injected,
      );
      if (container) container.env = container.env.filter(({ name }) => name !== 'INJECTED');
      assert.deepEqual(result.spec, expected);
    });

    it(`let kubectl ${version} explain what a field is`, async () => {
      const text = await run(path, ['explain', 'pod.spec.containers.ports'], EVERYTHING);
      assert.match(text, /ports\s+<\[\]ContainerPort>/);
      assert.match(text, /containerPort\s+<integer> -required-/);
      assert.match(text, /Number of port to expose on the pod's IP address\./);
      assert.match(
        await run(path, ['explain', 'deployment.spec.selector'], EVERYTHING),
        /matchLabels\s+<map\[string\]string>/,
      );
    });
  }

  const oldest = kubectls[0];
  if (oldest) {
    it(`let kubectl ${oldest.version} do the same where there is only version 2`, async () => {
      const documents: Served = { v2: 'whole', v3: false };
      const wanted = await patchOf(oldest.path, BUILT_IN);
      assert.deepEqual(withoutAnnotations(await patchOf(oldest.path, documents)), withoutAnnotations(wanted));
      const text = await run(oldest.path, ['explain', 'pod.spec.containers.ports'], documents);
      assert.match(text, /containerPort\s+<integer> -required-/);
    });
  }
});

function withoutAnnotations({ body }: Recorded): unknown {
  const patch = JSON.parse(body.toString()) as { metadata?: { annotations?: unknown } };
  delete patch.metadata?.annotations;
  return patch;
}
