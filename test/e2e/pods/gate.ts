import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Volume } from '../../../src/api/types.ts';

/** A folder of the node that containers wait in and write to: a test decides by it what happens when. */
export class Gate {
  readonly folder = mkdtempSync(join(tmpdir(), 'pod-gate-'));

  get volume(): Volume {
    return { name: 'gate', hostPath: { path: this.folder, type: 'Directory' } };
  }

  get mount(): { name: string; mountPath: string } {
    return { name: 'gate', mountPath: '/gate' };
  }

  /** Shell that waits until the gate of this name is open. */
  wait(name: string): string {
    return `until [ -e /gate/${name} ]; do sleep 0.05; done`;
  }

  open(name: string): void {
    appendFileSync(join(this.folder, name), '');
  }

  /** What containers wrote to `/gate/<name>`; '' before. */
  read(name: string): string {
    const path = join(this.folder, name);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
