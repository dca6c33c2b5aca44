/** The kinds of lines that have a colour. */
export type Tone = "run" | "cancel" | "error" | "warning";

/** The parameters of the terminal's colour sequence for each kind; without one the line isn't coloured. */
export type Palette = Partial<Record<Tone, string>>;

const NAMES = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];
const TONES: readonly string[] = ["run", "cancel", "error", "warning"] satisfies Tone[];

/**
 * The colours that the environment asks for: none when `NO_COLOR` isn't empty; those in `BUILDKIT_COLORS`,
 * such as `run=green:error=light-red:cancel=255,165,0`, in place of the defaults. `problems` says which
 * parts of it couldn't be understood and were left out.
 */
export function readPalette(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): { palette: Palette; problems: string[] } {
  const problems: string[] = [];
  if (env.NO_COLOR) return { palette: {}, problems };
  // Blue is hard to read on the usual background there.
  const run = platform === "win32" ? "36" : "34";
  const palette: Palette = { run, cancel: "33", error: "31", warning: "33" };
  for (const part of env.BUILDKIT_COLORS?.split(":") ?? []) {
    if (part === "") continue;
    const [key = "", value = ""] = part.toLowerCase().split("=");
    const color = parseColor(value);
    if (isTone(key) && color !== undefined) palette[key] = color;
    else problems.push(`BUILDKIT_COLORS: cannot use ${JSON.stringify(part)}`);
  }
  return { palette, problems };
}

/** `text` in this colour, which ends with it. */
export function colorize(text: string, color: string | undefined): string {
  return color === undefined ? text : `\u001b[${color}m${text}\u001b[0m`;
}

function isTone(key: string): key is Tone {
  return TONES.includes(key);
}

function parseColor(value: string): string | undefined {
  if (value === "default") return "39";
  const light = value.startsWith("light-");
  const index = NAMES.indexOf(light ? value.slice("light-".length) : value);
  if (index !== -1) return String((light ? 90 : 30) + index);
  const parts = value.split(",");
  const levels = parts.map((part) => (/^\d{1,3}$/.test(part) ? Number(part) : 256));
  if (levels.length !== 3 || levels.some((level) => level > 255)) return undefined;
  // The colour cube of 256-colour terminals: not every terminal knows more.
  const [red, green, blue] = levels.map((level) => Math.floor(level / 43)) as [number, number, number];
  return `38;5;${16 + 36 * red + 6 * green + blue}`;
}
