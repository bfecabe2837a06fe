import type { styleText } from 'node:util';

/** Gives text a colour, or leaves it as it is where nobody would see it. */
export type Paint = (format: Parameters<typeof styleText>[0], text: string) => string;

/** Where text goes: its width in letters, and whether that shows colours. */
export interface Screen {
  readonly width: number;
  readonly paint: Paint;
}

/** Breaks text at spaces into lines of `width` letters, indented; what is over `maxLines` ends in `…`. */
export function wrapped(
  text: string,
  { width, indent, maxLines }: { width: number; indent: number; maxLines: number },
): string[] {
  const room = width - indent;
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter(Boolean)) {
    if (line && line.length + 1 + word.length > room) {
      lines.push(line);
      line = '';
    }
    line = line ? `${line} ${word}` : word;
    for (; line.length > room; line = line.slice(room)) lines.push(line.slice(0, room));
  }
  if (line) lines.push(line);
  const shown = lines.slice(0, maxLines);
  if (lines.length > maxLines) shown[maxLines - 1] = clipped(`${shown[maxLines - 1]} …`, room);
  return shown.map((shownLine) => `${' '.repeat(indent)}${shownLine}`);
}

export function clipped(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1)).trimEnd()}…`;
}

/** Columns two spaces apart, each as wide as its longest cell; the first one gives way where the line would get too long. */
export function fittedTable(rows: readonly (readonly string[])[], width: number): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const [, ...others] = widths;
  const rest = others.reduce((sum, own) => sum + own + 2, 0);
  widths[0] = Math.min(widths[0] ?? 0, Math.max(12, width - rest));
  return rows.map((row) =>
    row
      .map((cell, column) => clipped(cell, widths[column] ?? 0).padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** `512 B`, `3.4 MB`: as disks are sold. */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = bytes / 1000;
  let unit = 0;
  for (; value >= 999.5 && unit < units.length - 1; value /= 1000) unit++;
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}
