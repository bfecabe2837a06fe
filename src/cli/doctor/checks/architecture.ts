import { open } from 'node:fs/promises';
import { machine } from 'node:os';
import { type Check, type Finding, findings } from '../finding.ts';

export interface ArchitectureFacts {
  /** As `uname -m` says it. */
  readonly kernel: string;
  /** Of the programs that are installed; undefined when it could not be read. */
  readonly userlandBits: 32 | 64 | undefined;
}

const SERVED: readonly string[] = ['x86_64', 'aarch64'];

export function judgeArchitecture({ kernel, userlandBits }: ArchitectureFacts): Finding[] {
  const { ok, problem } = findings('architecture');
  if (!SERVED.includes(kernel)) {
    const means = 'Bramble runs on 64-bit ARM and 64-bit x86 only';
    return [
      problem(`${kernel} is not served`, { means, mend: 'install a 64-bit system: Raspberry Pi OS (64-bit), Debian' }),
    ];
  }
  if (userlandBits === 32) {
    return [
      problem(`the kernel is 64-bit (${kernel}), but the installed system is 32-bit`, {
        means: 'Docker pulls 32-bit images here, and Bramble does not start',
        mend: 'install Raspberry Pi OS (64-bit) anew: a 32-bit one cannot be turned into it',
      }),
    ];
  }
  return [ok(`64-bit ${kernel}`)];
}

/** The class in the ELF header of the shell: what this system is made of. Source: elf(5), EI_CLASS. */
async function userlandBits(): Promise<32 | 64 | undefined> {
  try {
    const file = await open('/bin/sh');
    const { buffer } = await file.read(Buffer.alloc(5), 0, 5, 0);
    await file.close();
    return buffer[4] === 1 ? 32 : 64;
  } catch {
    return undefined;
  }
}

export const architecture: Check = {
  name: 'architecture',
  run: async () => judgeArchitecture({ kernel: machine(), userlandBits: await userlandBits() }),
};
