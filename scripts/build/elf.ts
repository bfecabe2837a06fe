/**
 * Two changes to a Node.js binary (ELF, 64 bit, little-endian) that make it smaller and need nothing that a fresh Debian lacks.
 * Source of layouts and numbers: elf(5), the System V ABI and its supplements for x86-64 and AArch64.
 */

const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const PF_EXECUTE = 1;
const DT = { null: 0, needed: 1, pltRelSize: 2, strTab: 5, symTab: 6, rela: 7, relaSize: 8, jmpRel: 23 } as const;
const DT_GNU = { hash: 0x6ffffef5, verSym: 0x6ffffff0, verNeed: 0x6ffffffe, verNeedCount: 0x6fffffff } as const;
const SIZE = { segment: 56, dynamic: 16, symbol: 24, rela: 24 } as const;

interface Segment {
  /** Where its header is in the file. */
  readonly header: number;
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

const u64 = (file: Buffer, at: number): number => Number(file.readBigUInt64LE(at));
const setU64 = (file: Buffer, at: number, value: number): unknown => file.writeBigUInt64LE(BigInt(value), at);

function segmentsOf(file: Buffer): Segment[] {
  if (file.readUInt32BE(0) !== 0x7f454c46 || file[4] !== 2) throw new Error('not a 64-bit ELF file');
  return Array.from({ length: file.readUInt16LE(56) }, (_, index) => {
    const header = u64(file, 32) + index * SIZE.segment;
    return {
      header,
      type: file.readUInt32LE(header),
      flags: file.readUInt32LE(header + 4),
      offset: u64(file, header + 8),
      address: u64(file, header + 16),
      size: u64(file, header + 32),
    };
  });
}

const loadedOf = (file: Buffer): Segment[] => segmentsOf(file).filter(({ type }) => type === PT_LOAD);

/** Without all that no program header loads: symbols, debug information, section headers. Of Node.js 26 on x64: 150 MB to 116 MB. */
export function onlyLoaded(file: Buffer): Buffer {
  const end = Math.max(...loadedOf(file).map(({ offset, size }) => offset + size));
  const kept = Buffer.from(file.subarray(0, end));
  setU64(kept, 40, 0);
  kept.writeUInt16LE(0, 60);
  kept.writeUInt16LE(0, 62);
  return kept;
}

/**
 * `bool __atomic_compare_exchange(size_t 8, void *where, void *expected, void *desired, int, int)`, which is all that Node.js
 * takes from libatomic: V8's table of WebAssembly entries swaps 8 bytes. A resolver of 8 bytes first, which returns the address of
 * what follows; any other size is a trap. AArch64's ldaxr and stlxr, x86's lock: the strongest order that can be asked for.
 */
const MACHINES: Readonly<Record<number, { readonly irelative: number; readonly code: string }>> = {
  // lea rax,[rip+1]; ret | cmp rdi,8; jne trap; mov rax,[rdx]; mov rcx,[rcx]; lock cmpxchg [rsi],rcx; mov [rdx],rax;
  // sete al; movzx eax,al; ret; trap: ud2
  62: {
    irelative: 37,
    code: '488d0501000000c3 4883ff08 7515 488b02 488b09 f0480fb10e 488902 0f94c0 0fb6c0 c3 0f0b',
  },
  // adr x0,8; ret | cmp x0,8; b.ne trap; ldr x4,[x2]; ldr x5,[x3]; again: ldaxr x6,[x1]; cmp x6,x4; b.ne other;
  // stlxr w7,x5,[x1]; cbnz w7,again; mov w0,1; ret; other: clrex; str x6,[x2]; mov w0,0; ret; trap: brk 1
  183: {
    irelative: 1032,
    code:
      '40000010 c0035fd6 1f2000f1 c1010054 440040f9 650040f9 26fc5fc8 df0004eb a1000054 ' +
      '25fc07c8 87ffff35 20008052 c0035fd6 5f3f03d5 460000f9 00008052 c0035fd6 200020d4',
  },
};

const LIBRARY = 'libatomic.so.1';
const FUNCTION = '__atomic_compare_exchange';

/** What the dynamic linker reads. */
class Dynamic {
  readonly entries: { at: number; tag: number; value: number }[] = [];
  readonly #file: Buffer;
  readonly #segments: readonly Segment[];

  constructor(file: Buffer) {
    this.#file = file;
    this.#segments = segmentsOf(file);
    const dynamic = this.#segments.find(({ type }) => type === PT_DYNAMIC);
    for (let at = dynamic?.offset ?? 0; dynamic && u64(file, at) !== DT.null; at += SIZE.dynamic) {
      this.entries.push({ at, tag: u64(file, at), value: u64(file, at + 8) });
    }
  }

  find(tag: number): { at: number; value: number } {
    const found = this.entries.find((entry) => entry.tag === tag);
    if (!found) throw new Error(`the binary has no dynamic entry ${tag.toString(16)}`);
    return found;
  }

  value(tag: number): number {
    return this.find(tag).value;
  }

  /** Where in the file what is loaded at `address` lies. */
  offset(address: number): number {
    const home = this.#segments.find((s) => s.type === PT_LOAD && address >= s.address && address < s.address + s.size);
    if (!home) throw new Error(`nothing of the file is loaded at ${address.toString(16)}`);
    return home.offset + address - home.address;
  }

  string(index: number): string {
    const start = this.offset(this.value(DT.strTab)) + index;
    return this.#file.toString('latin1', start, this.#file.indexOf(0, start));
  }
}

/**
 * The binary with libatomic's one function in it, so that it runs where that library is not installed.
 * @throws Error when it takes more from the library than that, or has no room: a newer Node.js needs this file looked at.
 */
export function withoutLibatomic(original: Buffer): Buffer {
  const file = Buffer.from(original);
  const dynamic = new Dynamic(file);
  const needed = dynamic.entries.find(({ tag, value }) => tag === DT.needed && dynamic.string(value) === LIBRARY);
  if (!needed) return file;
  const machine = MACHINES[file.readUInt16LE(18)];
  if (!machine) throw new Error('the binary is for neither x86-64 nor AArch64');
  const versions = dropVersions(file, dynamic);
  const symbol = onlySymbol(file, dynamic, versions);
  const resolver = addCode(file, Buffer.from(machine.code.replaceAll(' ', ''), 'hex'));
  resolveBy(file, dynamic, { symbol, resolver, type: machine.irelative });
  // Those behind it move up; the list ends with a null entry already.
  file.copy(file, needed.at, needed.at + SIZE.dynamic, (dynamic.entries.at(-1)?.at ?? needed.at) + 2 * SIZE.dynamic);
  return file;
}

/** Takes the library out of the list of needed versions. @returns the numbers that its versions have. */
function dropVersions(file: Buffer, dynamic: Dynamic): ReadonlySet<number> {
  const first = dynamic.find(DT_GNU.verNeed);
  const count = dynamic.find(DT_GNU.verNeedCount);
  let before: number | undefined;
  for (let at = dynamic.offset(first.value), index = 0; index < count.value; index++) {
    const next = file.readUInt32LE(at + 12);
    if (dynamic.string(file.readUInt32LE(at + 4)) === LIBRARY) {
      const numbers = new Set<number>();
      for (let aux = at + file.readUInt32LE(at + 8), left = file.readUInt16LE(at + 2); left > 0; left--) {
        numbers.add(file.readUInt16LE(aux + 6));
        aux += file.readUInt32LE(aux + 12);
      }
      if (before === undefined) setU64(file, first.at + 8, first.value + next);
      else file.writeUInt32LE(next === 0 ? 0 : file.readUInt32LE(before + 12) + next, before + 12);
      setU64(file, count.at + 8, count.value - 1);
      return numbers;
    }
    before = at;
    at += next;
  }
  throw new Error(`no version of ${LIBRARY} is asked for`);
}

/** The index of the one symbol that comes from the library. */
function onlySymbol(file: Buffer, dynamic: Dynamic, versions: ReadonlySet<number>): number {
  // Symbols that are looked up elsewhere come before those in the hash table.
  const undefinedCount = file.readUInt32LE(dynamic.offset(dynamic.value(DT_GNU.hash)) + 4);
  const [symbols, numbers] = [dynamic.value(DT.symTab), dynamic.value(DT_GNU.verSym)].map((at) => dynamic.offset(at));
  if (symbols === undefined || numbers === undefined) throw new Error('the binary has no symbols');
  const found = Array.from({ length: undefinedCount }, (_, index) => index).filter((index) =>
    versions.has(file.readUInt16LE(numbers + 2 * index) & 0x7fff),
  );
  const names = found.map((index) => dynamic.string(file.readUInt32LE(symbols + SIZE.symbol * index)));
  if (found.length !== 1 || found[0] === undefined || names[0] !== FUNCTION) {
    throw new Error(`Node.js takes ${names.join(', ')} from ${LIBRARY}; only ${FUNCTION} is known here`);
  }
  file.writeUInt16LE(1, numbers + 2 * found[0]);
  return found[0];
}

/** Puts code behind the program's own, in the rest of its last page. @returns its address. */
function addCode(file: Buffer, code: Buffer): number {
  const text = loadedOf(file).find(({ flags }) => flags & PF_EXECUTE);
  if (!text) throw new Error('the binary has no code');
  const size = Math.ceil(text.size / 16) * 16;
  const place = file.subarray(text.offset + size, text.offset + size + code.length);
  const isTaken = loadedOf(file).some(
    ({ offset }) => offset > text.offset && offset < text.offset + size + code.length,
  );
  if (isTaken || place.some((byte) => byte !== 0)) throw new Error('there is no room behind the code');
  code.copy(place);
  setU64(file, text.header + 32, size + code.length);
  setU64(file, text.header + 40, size + code.length);
  return text.address + size;
}

/** Makes the dynamic linker ask `resolver` for the function's address, instead of the libraries. */
function resolveBy(file: Buffer, dynamic: Dynamic, to: { symbol: number; resolver: number; type: number }): void {
  const entriesOf = (table: number, bytes: number) =>
    Array.from(
      { length: dynamic.value(bytes) / SIZE.rela },
      (_, i) => dynamic.offset(dynamic.value(table)) + i * SIZE.rela,
    ).filter((at) => file.readUInt32LE(at + 12) === to.symbol);
  const [call, ...others] = entriesOf(DT.jmpRel, DT.pltRelSize);
  if (call === undefined || others.length > 0 || entriesOf(DT.rela, DT.relaSize).length > 0) {
    throw new Error(`${FUNCTION} is used otherwise than by calls`);
  }
  file.writeUInt32LE(to.type, call + 8);
  file.writeUInt32LE(0, call + 12);
  setU64(file, call + 16, to.resolver);
}
