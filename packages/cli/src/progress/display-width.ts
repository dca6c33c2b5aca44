const ASCII_ONLY = /^[\x20-\x7e]*$/;
// East Asian wide and full-width characters; emoji are known by their own property.
const WIDE = new RegExp(
  "[\\u1100-\\u115f\\u2329\\u232a\\u2e80-\\u303e\\u3041-\\ua4cf\\ua960-\\ua97f\\uac00-\\ud7a3\\uf900-\\ufaff" +
    "\\ufe10-\\ufe19\\ufe30-\\ufe6f\\uff01-\\uff60\\uffe0-\\uffe6\\u{16fe0}-\\u{18dff}\\u{1aff0}-\\u{1b2ff}" +
    "\\u{1f200}-\\u{1f2ff}\\u{20000}-\\u{3fffd}]|\\p{Emoji_Presentation}",
  "u",
);
const EMOJI_SEQUENCE = /\p{Emoji_Presentation}|\ufe0f/u;
const NO_WIDTH = /[\p{Mn}\p{Me}\p{Cf}\p{Cc}\u1160-\u11ff]/u;

let segmenter: Intl.Segmenter | undefined;

/** Whether all terminals agree on how wide it is. */
export function isAscii(text: string): boolean {
  return ASCII_ONLY.test(text);
}

/** How many columns of a terminal `text` takes. Control characters count nothing. */
export function displayWidth(text: string): number {
  if (ASCII_ONLY.test(text)) return text.length;
  let width = 0;
  for (const cluster of clusters(text)) width += clusterWidth(cluster);
  return width;
}

/** The longest start of `text` that fits into `width` columns. */
export function cutToWidth(text: string, width: number): string {
  if (width <= 0) return "";
  if (ASCII_ONLY.test(text)) return text.slice(0, width);
  let used = 0;
  let end = 0;
  for (const cluster of clusters(text)) {
    used += clusterWidth(cluster);
    if (used > width) break;
    end += cluster.length;
  }
  return text.slice(0, end);
}

/** `text` with spaces behind it until it takes `width` columns. */
export function padToWidth(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - displayWidth(text)));
}

function* clusters(text: string): Iterable<string> {
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  for (const { segment } of segmenter.segment(text)) yield segment;
}

function clusterWidth(cluster: string): number {
  if (EMOJI_SEQUENCE.test(cluster)) return 2;
  let width = 0;
  for (const character of cluster) width += WIDE.test(character) ? 2 : NO_WIDTH.test(character) ? 0 : 1;
  return width;
}
