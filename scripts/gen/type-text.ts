/** A type as the published declarations write it. */
export type ModelType =
  | { readonly is: 'string' | 'number' | 'boolean' }
  | { readonly is: 'enum'; readonly values: readonly string[] }
  | { readonly is: 'ref'; readonly name: string }
  | { readonly is: 'array'; readonly items: ModelType }
  | { readonly is: 'map'; readonly values: ModelType }
  | { readonly is: 'object'; readonly fields: readonly ModelField[] };

export interface ModelField {
  readonly name: string;
  readonly type: ModelType;
  readonly required: boolean;
  readonly description: string;
}

/** Reads `interface` bodies and types of a generated declaration file; it knows no more of TypeScript than those files use. */
export class TypeReader {
  readonly #text: string;
  #at: number;

  constructor(text: string, at = 0) {
    this.#text = text;
    this.#at = at;
  }

  /** From the `{` of a body to its `}`. */
  fields(): ModelField[] {
    this.#expect('{');
    const fields: ModelField[] = [];
    for (;;) {
      const description = this.#comment();
      if (this.#take('}')) return fields;
      const name = this.#match(/"([^"]*)"|(\w+)/y);
      const required = !this.#take('?');
      this.#expect(':');
      fields.push({ name, type: this.type(), required, description });
      this.#take(';');
    }
  }

  type(): ModelType {
    const first = this.#single();
    const parts = [first];
    while (this.#take('|')) parts.push(this.#single());
    if (parts.length === 1) return first;
    const values = parts.flatMap((part) => (part.is === 'enum' ? part.values : []));
    if (values.length !== parts.length) throw new Error(`a union that is no enum at ${this.#where()}`);
    return { is: 'enum', values };
  }

  #single(): ModelType {
    this.#space();
    if (this.#text[this.#at] === '"') return { is: 'enum', values: [this.#match(/"([^"]*)"/y)] };
    if (this.#text[this.#at] === '{') return this.#braced();
    const name = this.#match(/(\w+)/y);
    if (name === 'Array') {
      this.#expect('<');
      const items = this.type();
      this.#expect('>');
      return { is: 'array', items };
    }
    if (name === 'string' || name === 'number' || name === 'boolean') return { is: name };
    return { is: 'ref', name };
  }

  #braced(): ModelType {
    const start = this.#at;
    this.#expect('{');
    this.#space();
    if (!this.#text.startsWith('[key: string]:', this.#at)) {
      this.#at = start;
      return { is: 'object', fields: this.fields() };
    }
    this.#at += '[key: string]:'.length;
    const values = this.type();
    this.#take(';');
    this.#expect('}');
    return { is: 'map', values };
  }

  #comment(): string {
    this.#space();
    if (!this.#text.startsWith('/**', this.#at)) return '';
    const end = this.#text.indexOf('*/', this.#at);
    const text = commentText(this.#text.slice(this.#at, end));
    this.#at = end + 2;
    return text;
  }

  #space(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at += 1;
  }

  #take(mark: string): boolean {
    this.#space();
    if (!this.#text.startsWith(mark, this.#at)) return false;
    this.#at += mark.length;
    return true;
  }

  #expect(mark: string): void {
    if (!this.#take(mark)) throw new Error(`no ${mark} at ${this.#where()}`);
  }

  #match(pattern: RegExp): string {
    this.#space();
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (!match) throw new Error(`no ${pattern.source} at ${this.#where()}`);
    this.#at = pattern.lastIndex;
    return match[1] ?? match[2] ?? '';
  }

  #where(): string {
    return JSON.stringify(this.#text.slice(this.#at, this.#at + 60));
  }
}

/** The text of a documentation comment without its stars. */
export function commentText(comment: string): string {
  return comment
    .replace(/^\/\*\*/, '')
    .replace(/\*\/$/, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, ''))
    .join('\n')
    .trim();
}
