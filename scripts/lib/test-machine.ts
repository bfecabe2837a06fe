import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BackgroundProgram } from '../../src/cli/up/background.ts';
import { engineAnswers, engineProgram, startEngine } from '../../src/cli/up/engine.ts';
import { provideImages } from '../../src/cli/up/example.ts';
import { RECIPES } from '../../src/cli/up/images/recipes.ts';
import { RegistryMirror } from '../../src/cli/up/mirror.ts';
import { installPackages } from '../../src/cli/up/packages.ts';
import type { Progress } from '../../src/cli/up/progress.ts';
import { hasProgram } from '../../src/cli/up/run-command.ts';

/** Program → Debian package. */
const NEEDED: readonly (readonly [string, string])[] = [
  ['dockerd', 'docker.io'],
  ['iptables', 'iptables'],
  ['nft', 'nftables'],
  ['conntrack', 'conntrack'],
  ['haproxy', 'haproxy'],
  ['ip', 'iproute2'],
  ['ping', 'iputils-ping'],
  ['curl', 'curl'],
  ['gcc', 'gcc'],
  ['openssl', 'openssl'],
  ['script', 'bsdutils'],
  ['busybox', 'busybox-static'],
  ['kubectl', 'kubernetes-client'],
  ['docker-registry', 'docker-registry'],
  ['python3', 'python3'],
  ['ps', 'procps'],
  // Not -static: that one has the kernel run foreign programs by it, and nobody asked for this.
  ['qemu-aarch64', 'qemu-user'],
];

/** File → Debian package. */
const NEEDED_FILES: readonly (readonly [string, string])[] = [
  ['/usr/include/stdlib.h', 'libc6-dev'],
  // Brings libc6-arm64-cross along.
  ['/usr/aarch64-linux-gnu/lib/libstdc++.so.6', 'libstdc++6-arm64-cross'],
];

/** What tests find on a machine that had nothing but Debian, node and npm: programs, a Docker engine, images of plain names. */
export class TestMachine {
  readonly #dataDir = mkdtempSync(join(tmpdir(), 'bramble-tests-'));
  #engine: BackgroundProgram | undefined;

  /** Installs and starts what is missing. What was there already is used as it is. */
  async provide(progress: Progress): Promise<void> {
    const missing = await missingPackages();
    if (missing.length > 0) {
      await progress.step(`Installing ${missing.join(', ')}`, async () => {
        await installPackages(missing);
        return undefined;
      });
    }
    if (!(await engineAnswers())) {
      const program = engineProgram(this.#dataDir);
      this.#engine = program;
      await progress.step('Starting Docker', async () => {
        await startEngine(program);
        return undefined;
      });
    }
    const references = RECIPES.map(({ reference }) => reference);
    await progress.step('Looking for images', () => provideImages(this.#dataDir, references));
  }

  /** Takes away what `provide` started; packages stay. Safe to repeat. */
  async remove(): Promise<void> {
    await new RegistryMirror(this.#dataDir).remove();
    await this.#engine?.stop();
    rmSync(this.#dataDir, { recursive: true, force: true });
  }
}

async function missingPackages(): Promise<string[]> {
  const missing = new Set<string>();
  for (const [program, name] of NEEDED) if (!(await hasProgram(program))) missing.add(name);
  for (const [file, name] of NEEDED_FILES) if (!existsSync(file)) missing.add(name);
  return [...missing];
}
