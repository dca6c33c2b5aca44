import { formatDecimal } from "../../progress/number-format.ts";
import { isFields, textOf } from "./values.ts";

const VERB = /%([-+# 0]*)(\*|\d+)?(?:\.(\*|\d+)?)?([^-+# 0-9.*]|$)/gu;
const MOST = 1_000_000;

interface Shape {
  flags: string;
  width: number;
  precision: number | undefined;
}

/** Go's `fmt.Sprintf`; what it cannot format is shown inside of the result, as `%!d(string=text)`. */
export function formatPrintf(format: string, args: readonly unknown[]): string {
  const rest = [...args];
  const result = format.replace(VERB, (all: string, flags: string, width, precision, verb: string) => {
    if (verb === "%") return "%";
    if (verb === "") return "%!(NOVERB)";
    const shape: Shape = { flags, width: size(width, rest) ?? 0, precision: undefined };
    if (all.includes(".")) shape.precision = size(precision, rest) ?? 0;
    if (shape.width < 0) Object.assign(shape, { flags: `${flags}-`, width: -shape.width });
    if (rest.length === 0) return `%!${verb}(MISSING)`;
    const value = rest.shift();
    return padded(formatOne(verb, value, shape) ?? `%!${verb}(${typed(value)})`, value, shape);
  });
  return rest.length === 0 ? result : `${result}%!(EXTRA ${rest.map(typed).join(", ")})`;
}

function size(text: string | undefined, rest: unknown[]): number | undefined {
  const value = text === "*" ? rest.shift() : text === undefined ? undefined : Number(text);
  return typeof value === "number" && Math.abs(value) <= MOST ? Math.trunc(value) : undefined;
}

function formatOne(verb: string, value: unknown, shape: Shape): string | undefined {
  if (verb === "T") return typeName(value);
  if (verb === "v" || verb === "s") {
    if (verb === "s" && (typeof value === "number" || typeof value === "boolean")) return undefined;
    const text = textOf(value);
    return shape.precision === undefined ? text : [...text].slice(0, shape.precision).join("");
  }
  if (verb === "t") return typeof value === "boolean" ? String(value) : undefined;
  if (typeof value === "string") return formatText(verb, value);
  if (typeof value === "number") return formatNumber(verb, value, shape);
  if (verb === "q" && Array.isArray(value))
    return `[${value.map((item) => formatOne("q", item, shape)).join(" ")}]`;
  return undefined;
}

function formatText(verb: string, value: string): string | undefined {
  const hex = Buffer.from(value).toString("hex");
  return { q: JSON.stringify(value), x: hex, X: hex.toUpperCase() }[verb];
}

const BASES: Readonly<Record<string, number>> = { d: 10, x: 16, X: 16, o: 8, b: 2 };

function formatNumber(verb: string, value: number, { flags, precision }: Shape): string | undefined {
  const sign = flags.includes("+") && value >= 0 ? "+" : flags.includes(" ") && value >= 0 ? " " : "";
  const base = BASES[verb];
  if (base !== undefined) {
    if (!Number.isInteger(value)) return undefined;
    const digits = value.toString(base);
    return sign + (verb === "X" ? digits.toUpperCase() : digits);
  }
  const places = Math.min(precision ?? 6, 100);
  if (verb === "f") return sign + formatDecimal(value, places);
  if (verb === "e") return sign + value.toExponential(places).replace(/e([+-])(\d)$/, "e$10$2");
  if (verb === "g") return sign + (precision ? String(Number(value.toPrecision(places))) : String(value));
  if (verb === "c" && value >= 0 && value <= 0x10ffff && Number.isInteger(value))
    return String.fromCodePoint(value);
  return undefined;
}

function padded(text: string, value: unknown, { flags, width }: Shape): string {
  const missing = width - [...text].length;
  if (missing <= 0) return text;
  if (flags.includes("-")) return text + " ".repeat(missing);
  if (!flags.includes("0") || typeof value !== "number") return " ".repeat(missing) + text;
  const [, sign, digits] = /^([-+ ]?)(.*)$/s.exec(text)!;
  return `${sign}${"0".repeat(missing)}${digits}`;
}

function typed(value: unknown): string {
  return value === undefined || value === null ? "<nil>" : `${typeName(value)}=${textOf(value)}`;
}

function typeName(value: unknown): string {
  if (value === undefined || value === null) return "<nil>";
  if (typeof value === "number") return Number.isInteger(value) ? "int" : "float64";
  if (typeof value === "boolean") return "bool";
  if (Array.isArray(value)) return "[]interface {}";
  return value instanceof Map ? "map[string]interface {}" : isFields(value) ? "struct" : typeof value;
}
