import { createHash } from 'node:crypto';
import type { Logger } from '../../../lib/logger.ts';
import { aggregatedMediaType, aggregatedWanted, groupDiscoveryList } from '../discovery/aggregated.ts';
import { apiGroup, apiGroupList, apiResourceList, apiVersions } from '../discovery/legacy.ts';
import { type ListedVersion, listVersions } from '../discovery/resources.ts';
import type { KindTable } from '../kind-table.ts';
import type { Exchange, Route } from './handler.ts';
import { parseAccept } from './negotiate.ts';
import { methodNotAllowed } from './resource-exchange.ts';
import { endWith, sendBytes, sendObject, sendText } from './respond.ts';

/** One thing that must work for the server to be of use; `check` throws when it does not. */
export interface HealthCheck {
  readonly name: string;
  check(): Promise<void> | void;
}

export interface InfoRouteOptions {
  readonly kinds: KindTable;
  /** The package's version: `0.1.0`. */
  readonly version: string;
  /** Where clients reach this server: `192.168.1.5:6443`. */
  readonly address: () => string;
  readonly checks: readonly HealthCheck[];
  readonly log: Logger;
}

/** The level of the Kubernetes API that is served. */
const API_LEVEL = { major: '1', minor: '36', patch: '0' };
const HEALTH_PATHS = ['/healthz', '/livez', '/readyz'];

/** What tells clients about the server: version, health, discovery. */
export class InfoRoute implements Route {
  readonly #options: InfoRouteOptions;
  readonly #versions: readonly ListedVersion[];

  constructor(options: InfoRouteOptions) {
    this.#options = options;
    this.#versions = listVersions(options.kinds);
  }

  async handle(x: Exchange): Promise<boolean> {
    const path = x.info.path.replace(/\/+$/, '');
    const health = HEALTH_PATHS.find((root) => path === root || path.startsWith(`${root}/`));
    const answer = x.info.isResource || health ? undefined : this.#answer(path, x);
    if (!health && !answer) return false;
    if (x.info.verb !== 'get' && x.info.verb !== 'head') throw methodNotAllowed();
    if (health) return this.#health(x, path.slice(1));
    if (answer) await sendTagged(x, answer.body, answer.contentType);
    return true;
  }

  #answer(path: string, x: Exchange): { body: object; contentType: string } | undefined {
    const plain = (body: object | undefined) => body && { body, contentType: 'application/json' };
    const isCore = path === '/api';
    if (isCore || path === '/apis') {
      const wanted = aggregatedWanted(parseAccept(x.request.headers.accept ?? ''));
      if (wanted) {
        return { body: groupDiscoveryList(this.#versions, isCore, wanted), contentType: aggregatedMediaType(wanted) };
      }
      return plain(isCore ? apiVersions(this.#options.address()) : apiGroupList(this.#versions));
    }
    if (path === '/version') return plain(this.#version());
    const [root, group = '', version, ...rest] = path.slice(1).split('/');
    if (rest.length > 0) return undefined;
    if (root === 'api' && version === undefined) return plain(this.#resources('', group));
    if (root !== 'apis') return undefined;
    return plain(version === undefined ? apiGroup(this.#versions, group) : this.#resources(group, version));
  }

  #resources(group: string, version: string): object | undefined {
    const found = this.#versions.find((one) => one.group === group && one.version === version);
    return found && apiResourceList(found);
  }

  #version(): object {
    const { major, minor, patch } = API_LEVEL;
    const arch = process.arch === 'x64' ? 'amd64' : process.arch;
    return {
      major,
      minor,
      gitVersion: `v${major}.${minor}.${patch}+bramble.${this.#options.version}`,
      gitCommit: '',
      gitTreeState: 'clean',
      buildDate: '1970-01-01T00:00:00Z',
      goVersion: '',
      compiler: `node ${process.version}`,
      platform: `${process.platform}/${arch}`,
    };
  }

  async #health(x: Exchange, path: string): Promise<boolean> {
    const [root = '', only] = path.split('/');
    const checks = this.#options.checks.filter(({ name }) => only === undefined || name === only);
    if (checks.length === 0) return false;
    const results = await Promise.all(checks.map((check) => this.#check(check)));
    const isHealthy = results.every(({ isOk }) => isOk);
    const lines = results.map(({ name, isOk }) => (isOk ? `[+]${name} ok` : `[-]${name} failed: reason withheld`));
    const report = [...lines, `${root} check ${isHealthy ? 'passed' : 'failed'}`, ''].join('\n');
    const isBrief = isHealthy && !x.info.query.has('verbose');
    sendText(x.response, isHealthy ? 200 : 500, isBrief ? 'ok' : report);
    return true;
  }

  async #check({ name, check }: HealthCheck): Promise<{ name: string; isOk: boolean }> {
    try {
      await check();
      return { name, isOk: true };
    } catch (err) {
      this.#options.log.warn({ check: name, err }, 'health check failed');
      return { name, isOk: false };
    }
  }
}

/** With an ETag: clients that kept the document are told so, without it. */
async function sendTagged(x: Exchange, body: object, contentType: string): Promise<void> {
  const text = `${JSON.stringify(body)}\n`;
  const etag = `"${createHash('sha512').update(text).digest('hex').toUpperCase()}"`;
  x.response.setHeader('Vary', 'Accept');
  x.response.setHeader('ETag', etag);
  if (x.request.headers['if-none-match'] === etag) return endWith(x.request, x.response, 304, Buffer.alloc(0));
  if (contentType === 'application/json') return sendObject(x.request, x.response, 200, body);
  await sendBytes(x.request, x.response, 200, text, contentType);
}
