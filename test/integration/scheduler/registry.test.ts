import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseImageReference } from '../../../src/lib/images/reference.ts';
import { RegistryClient, RegistryError } from '../../../src/master/scheduler/images/registry-client.ts';

const CONFIG = `sha256:${'c'.repeat(64)}`;

/** A registry as small as can be, which wants a token for everything. */
class SmallRegistry {
  readonly requests: string[] = [];
  readonly #server: Server = createServer((request, response) => this.#answer(request, response));

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async start(): Promise<void> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  #answer({ url = '', headers }: IncomingMessage, response: ServerResponse): void {
    this.requests.push(url);
    const send = (code: number, body: unknown, more: Record<string, string> = {}) =>
      response.writeHead(code, { 'content-type': 'application/json', ...more }).end(JSON.stringify(body));
    // Where blobs really lie, as a rule: it wants no token.
    if (url === '/elsewhere') return void send(200, { architecture: 'arm64' });
    if (url.startsWith('/token?'))
      return void send(200, { token: `for ${new URL(url, 'http://x').searchParams.get('scope')}` });
    const repository = /^\/v2\/(.+)\/(?:manifests|blobs)\//.exec(url)?.[1];
    if (headers.authorization !== `Bearer for repository:${repository}:pull`) {
      return void send(401, {}, { 'www-authenticate': `Bearer realm="${this.url}/token",service="small"` });
    }
    const platform = (architecture: string) => ({ platform: { os: 'linux', architecture } });
    if (url === '/v2/library/both/manifests/1')
      return void send(200, { manifests: [platform('amd64'), platform('arm64')] });
    if (url === '/v2/library/old/manifests/latest') return void send(200, { config: { digest: CONFIG } });
    if (url === `/v2/library/old/blobs/${CONFIG}`) return void send(307, {}, { location: `${this.url}/elsewhere` });
    send(404, {});
  }
}

describe('asking a registry what an image was built for', () => {
  const registry = new SmallRegistry();
  before(() => registry.start());
  after(() => registry.stop());
  const ask = (image: string, signal = AbortSignal.timeout(20_000)) =>
    new RegistryClient([registry.url]).architectures({ image: parseImageReference(image), auth: undefined, signal });

  it('reads its index, with a token', async () => {
    assert.deepEqual(await ask('both:1'), ['amd64', 'arm64']);
    assert.ok(registry.requests.some((url) => url.startsWith('/token?service=small&scope=')));
  });

  it('reads the configuration of an image for one platform, wherever it lies', async () => {
    assert.deepEqual(await ask('old'), ['arm64']);
  });

  it('gives up when nobody answers in time', async () => {
    const deaf = createServer(() => {});
    await new Promise<void>((done) => deaf.listen(0, '127.0.0.1', done));
    const url = `http://127.0.0.1:${(deaf.address() as AddressInfo).port}`;
    const signal = AbortSignal.timeout(300);
    const image = parseImageReference('nginx');
    await assert.rejects(new RegistryClient([url]).architectures({ image, auth: undefined, signal }), {
      name: 'TimeoutError',
    });
    deaf.closeAllConnections();
    deaf.close();
  });

  it('speaks HTTPS alone to registries that are no mirrors', async () => {
    const image = parseImageReference(`${registry.url.slice('http://'.length)}/library/both:1`);
    const asked = new RegistryClient([]).architectures({ image, auth: undefined, signal: AbortSignal.timeout(20_000) });
    await assert.rejects(asked, RegistryError);
  });
});
