/** What a label selector's text is made of (apimachinery, pkg/labels). */
export type TokenKind = ')' | ',' | '!' | '==' | '=' | 'in' | '>' | '<' | '!=' | 'notin' | '(' | 'identifier' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** As written; '' at the end of the text. */
  readonly text: string;
}

/** Two-letter symbols first: the longest wins. */
const SYMBOLS = ['==', '!=', '=', '!', '(', ')', ',', '>', '<'] as const;
const KEYWORDS = ['in', 'notin'] as const;
const SPACE = /[ \t\r\n]*/y;
const WORD = /[^ \t\r\n=!(),><]+/y;

/** Splits a selector; anything but blanks and symbols is a word, so this never fails. The last token is always `end`. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    at += matchAt(SPACE, text, at).length;
    const symbol = SYMBOLS.find((candidate) => text.startsWith(candidate, at));
    const word = symbol ?? matchAt(WORD, text, at);
    if (word === '') return [...tokens, { kind: 'end', text: '' }];
    tokens.push({ kind: symbol ?? KEYWORDS.find((keyword) => keyword === word) ?? 'identifier', text: word });
    at += word.length;
  }
}

function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}
