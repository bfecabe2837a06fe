import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../lib/cluster.ts';
import { eventually } from '../../lib/eventually.ts';

const run = promisify(execFile);

/** Its one account, as `htpasswd -B` writes it. */
const ACCOUNT = {
  user: 'gardener',
  password: 'pw',
  line: 'gardener:$2y$05$abcdefghijklmnopqrstuuHIrMEWpUCQe2YqFR3sXwQ75u4od..9q\n',
};

/** A registry on this machine's loopback that gives nothing without its password. */
export class PrivateRegistry {
  readonly user = ACCOUNT.user;
  readonly password = ACCOUNT.password;
  readonly #folder = mkdtempSync(join(tmpdir(), 'private-registry-'));
  readonly #pushed: string[] = [];
  #address = '';
  #stop: () => Promise<void> = async () => {};

  /** `127.0.0.1:port` */
  get address(): string {
    return this.#address;
  }

  /** Starts Debian's docker-registry. */
  async start(): Promise<void> {
    this.#address = `127.0.0.1:${await freePort()}`;
    const at = (name: string) => join(this.#folder, name);
    writeFileSync(at('htpasswd'), ACCOUNT.line);
    const auths = { [this.#address]: { auth: Buffer.from(`${this.user}:${this.password}`).toString('base64') } };
    writeFileSync(at('config.json'), JSON.stringify({ auths }));
    const settings = {
      version: '0.1',
      log: { level: 'error', accesslog: { disabled: true } },
      storage: { filesystem: { rootdirectory: at('images') } },
      http: { addr: this.#address },
      auth: { htpasswd: { realm: 'test', path: at('htpasswd') } },
    };
    writeFileSync(at('config.yml'), JSON.stringify(settings));
    const child = spawn('docker-registry', ['serve', at('config.yml')], { stdio: 'ignore' });
    const ended = new Promise<void>((done) => child.once('exit', () => done()));
    this.#stop = async () => {
      child.kill();
      await ended;
    };
    await eventually(() => fetch(`http://${this.#address}/v2/`));
  }

  /** Puts an image of the engine into it; the engine keeps no copy under that name. @returns its reference here */
  async push(source: string, name: string): Promise<string> {
    const target = `${this.#address}/${name}`;
    await run('docker', ['tag', source, target]);
    await run('docker', ['--config', this.#folder, 'push', '-q', target]);
    await run('docker', ['rmi', target]);
    this.#pushed.push(target);
    return target;
  }

  /** Stops it, and takes away what the engine pulled from it. */
  async stop(): Promise<void> {
    for (const target of this.#pushed) await run('docker', ['rmi', target]).catch(() => {}); // not pulled by the test
    await this.#stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
