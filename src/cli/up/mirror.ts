import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BackgroundProgram } from './background.ts';
import { type DaemonJson, enginePid, readDaemonJson, writeDaemonJson } from './daemon-json.ts';
import { buildImage } from './images/build-image.ts';
import type { ImageRecipe } from './images/recipes.ts';
import { unpackAlone } from './packages.ts';
import { runCommand } from './run-command.ts';

const ADDRESS_FILE = 'address';
const HUB = 'https://registry-1.docker.io/v2/';

/** Does Docker Hub answer? Any HTTP answer counts; no answer in 5 s does not. */
export function hubAnswers(): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request(HUB, { method: 'HEAD', timeout: 5000 }, (response) => {
      response.resume();
      resolve(true);
    });
    asked.once('timeout', () => asked.destroy());
    asked.once('error', () => resolve(false));
    asked.once('close', () => resolve(false));
    asked.end();
  });
}

/** Can the engine pull all of these through mirrors that somebody has set up for it? Without a mirror it is not even tried. */
export async function engineHasMirrorOf(references: readonly string[]): Promise<boolean> {
  if ((await mirrorsInUse()).length === 0) return false;
  try {
    for (const reference of references) await runCommand('docker', ['pull', '-q', reference]);
    return true;
  } catch {
    // Whatever the reason, the engine needs another source; a real fault of it shows when that is set up.
    return false;
  }
}

/** Mirrors that the running engine asks, as its settings name them. */
async function mirrorsInUse(): Promise<string[]> {
  const format = '{{range .RegistryConfig.Mirrors}}{{.}} {{end}}';
  const text = await runCommand('docker', ['info', '--format', format]);
  return text
    .trim()
    .split(/\s+/)
    .filter(Boolean)
    .map((url) => url.replace(/\/$/, ''));
}

/**
 * A registry on this machine's loopback that the engine asks in Docker Hub's place: so that plain manifests
 * (`image: nginx:latest`) work where no registry can be reached. The engine is told through daemon.json, which it reads
 * again on SIGHUP, and told the opposite on removal.
 */
export class RegistryMirror {
  readonly #folder: string;
  readonly #program: BackgroundProgram;

  constructor(dataDir: string) {
    this.#folder = join(dataDir, 'registry');
    this.#program = new BackgroundProgram(dataDir, 'registry');
  }

  /** `127.0.0.1:port`, chosen once: the engine is told of it. @throws Error before the first `start`. */
  get #address(): string {
    return readFileSync(join(this.#folder, ADDRESS_FILE), 'utf8');
  }

  /** Starts it when it does not run. */
  async start(): Promise<void> {
    if (this.#program.pid !== undefined) return;
    const binary = join(this.#folder, 'program/usr/bin/docker-registry');
    if (!existsSync(binary)) await unpackAlone(['docker-registry'], join(this.#folder, 'program'));
    if (!existsSync(join(this.#folder, ADDRESS_FILE))) {
      writeFileSync(join(this.#folder, ADDRESS_FILE), `127.0.0.1:${await freePort()}`);
    }
    const settings = {
      version: '0.1',
      log: { level: 'warn' },
      storage: { filesystem: { rootdirectory: join(this.#folder, 'images') }, delete: { enabled: true } },
      http: { addr: this.#address },
    };
    const file = join(this.#folder, 'config.yml');
    // JSON is YAML too.
    writeFileSync(file, JSON.stringify(settings));
    this.#program.start(binary, ['serve', file]);
    await this.#answers();
  }

  /** Does it hold this image? */
  async has(reference: string): Promise<boolean> {
    const [name, tag] = split(reference);
    const accept = 'application/vnd.docker.distribution.manifest.v2+json';
    const response = await fetch(`http://${this.#address}/v2/${name}/manifests/${tag}`, { headers: { accept } });
    await response.body?.cancel();
    return response.ok;
  }

  /** Builds an image and serves it under its plain name; the engine keeps no copy, so that a pull is a real one. */
  async add(recipe: ImageRecipe): Promise<void> {
    const [name, tag] = split(recipe.reference);
    const target = `${this.#address}/${name}:${tag}`;
    await buildImage(recipe, target);
    await runCommand('docker', ['push', '-q', target]);
    await runCommand('docker', ['rmi', target]);
  }

  /** Makes the engine ask this mirror first. @returns whether anything had to change. */
  async useInEngine(): Promise<boolean> {
    const settings = readDaemonJson();
    const mirrors = settings['registry-mirrors'] ?? [];
    if (mirrors.includes(this.#url)) return false;
    await writeMirrors({ ...settings, 'registry-mirrors': [...mirrors, this.#url] });
    return true;
  }

  /** Stops it, takes it out of the engine's settings and removes its files. */
  async remove(): Promise<void> {
    if (!existsSync(join(this.#folder, ADDRESS_FILE))) return;
    const settings = readDaemonJson();
    const mirrors = settings['registry-mirrors'];
    if (mirrors?.includes(this.#url)) {
      const others = mirrors.filter((mirror) => mirror !== this.#url);
      const { 'registry-mirrors': _, ...rest } = settings;
      await writeMirrors(others.length > 0 ? { ...rest, 'registry-mirrors': others } : rest);
    }
    await this.#program.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get #url(): string {
    return `http://${this.#address}`;
  }

  async #answers(): Promise<void> {
    for (let tries = 0; tries < 100; tries++) {
      try {
        const response = await fetch(`http://${this.#address}/v2/`);
        await response.body?.cancel();
        return;
      } catch {
        // Not listening yet.
        await sleep(50);
      }
    }
    throw new Error(`the registry did not start:\n  ${this.#program.lastLines()}`);
  }
}

/** `nginx:latest` is `library/nginx` and `latest`, as Docker Hub has it. */
function split(reference: string): readonly [string, string] {
  const [name = '', tag = 'latest'] = reference.split(':');
  return [name.includes('/') ? name : `library/${name}`, tag];
}

/** Writes Docker's settings and waits until the engine uses these mirrors. */
async function writeMirrors(settings: DaemonJson): Promise<void> {
  writeDaemonJson(settings);
  // The engine says nothing when it has read them; what it uses shows in `docker info`.
  const wanted = settings['registry-mirrors'] ?? [];
  for (let tries = 0; enginePid() !== undefined && tries < 50; tries++) {
    const format = '{{range .RegistryConfig.Mirrors}}{{.}} {{end}}';
    const used = (await runCommand('docker', ['info', '--format', format])).trim().split(/\s+/).filter(Boolean);
    if (used.map((url) => url.replace(/\/$/, '')).join() === wanted.join()) return;
    await sleep(100);
  }
}

/** A port of the loopback that nothing listens on. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
