import { Writable } from "node:stream";
import type { Output } from "@tsbx/core";
import { TsbxError } from "@tsbx/core/errors";
import { parseBoolean } from "../flags/boolean.ts";
import { parseCsv } from "../flags/csv.ts";
import { splitKeyValue } from "../flags/key-value.ts";
import type { TerminalOutput } from "../io.ts";

/**
 * Reads the values of `--output`: a path (`local`), `-` (`tar` to stdout), or `type=...` with attributes.
 * @throws TsbxError `INVALID_OUTPUT`
 */
export function parseOutputs(values: readonly string[], stdout: TerminalOutput): Output[] {
  const outputs = values.filter((value) => value !== "").map((value) => parseOutput(value, stdout));
  if (outputs.filter((output) => "dest" in output && output.dest instanceof Writable).length > 1) {
    throw invalid("multiple outputs configured to write to stdout");
  }
  return outputs;
}

function parseOutput(text: string, stdout: TerminalOutput): Output {
  const fields = parseCsv(text);
  if (fields.length === 1 && !text.startsWith("type=")) {
    return text === "-" ? tarOutput("tar", "-", {}, stdout) : localOutput(text, {});
  }
  const attrs: Record<string, string> = Object.create(null);
  for (const field of fields) {
    const [key, value] = splitKeyValue(field);
    if (value === undefined)
      throw invalid(`invalid value ${field}`, "An output is written as type=...,key=value.");
    attrs[key.trim().toLowerCase()] = value;
  }
  const { type, dest, ...others } = attrs;
  if (!type) throw invalid("type is required for output");
  return outputOf(type, dest, others, stdout);
}

type Attrs = Record<string, string>;

function outputOf(type: string, dest: string | undefined, attrs: Attrs, stdout: TerminalOutput): Output {
  switch (type) {
    case "local":
      return localOutput(dest, attrs);
    case "tar":
      return tarOutput(type, dest || "-", attrs, stdout);
    case "oci":
    case "docker":
      if (flagOf("tar", attrs) === false) return layoutOutput(type, dest, attrs);
      if (type === "docker" && !dest) return { type, ...withAttrs(attrs) };
      return tarOutput(type, dest || "-", without("tar", attrs), stdout);
    case "image":
    case "registry":
      return imageOutput(type, attrs);
    case "cacheonly":
      return { type };
    default:
      // Daemons may know more exporters than we do.
      return {
        type: "custom",
        exporter: type,
        ...withAttrs(dest === undefined ? attrs : { ...attrs, dest }),
      };
  }
}

function localOutput(dest: string | undefined, attrs: Attrs): Output {
  if (!dest) throw invalid("dest is required for local exporter");
  if (dest === "-") throw invalid("dest cannot be stdout for local exporter");
  const { mode, ...others } = attrs;
  if (mode !== undefined && mode !== "copy" && mode !== "delete") {
    throw invalid(
      `invalid local exporter mode "${mode}"`,
      "Use copy, or delete to remove what the result lacks.",
    );
  }
  return { type: "local", dest, ...(mode && { mode }), ...withAttrs(others) };
}

function layoutOutput(type: "oci" | "docker", dest: string | undefined, attrs: Attrs): Output {
  if (!dest) throw invalid(`dest is required for ${type} exporter with tar=false`);
  if (dest === "-") throw invalid(`dest cannot be stdout for ${type} exporter with tar=false`);
  return { type, tar: false, dest, ...withAttrs(without("tar", attrs)) };
}

function tarOutput(
  type: "tar" | "oci" | "docker",
  dest: string,
  attrs: Attrs,
  stdout: TerminalOutput,
): Output {
  if (dest === "-" && stdout.isTTY) {
    throw invalid(`dest file is required for ${type} exporter. refusing to write to console`);
  }
  return { type, dest: dest === "-" ? kept(stdout) : dest, ...withAttrs(attrs) };
}

/** A stream into `stdout` whose end leaves `stdout` open. */
function kept(stdout: Writable): Writable {
  return new Writable({ write: (chunk, encoding, done) => void stdout.write(chunk, encoding, done) });
}

function imageOutput(type: "image" | "registry", attrs: Attrs): Output {
  const { name, ...others } = without("push", attrs);
  const push = flagOf("push", attrs);
  return {
    type,
    ...(name === undefined ? {} : { name }),
    ...(push === undefined ? {} : { push }),
    ...withAttrs(others),
  };
}

function flagOf(key: string, attrs: Attrs): boolean | undefined {
  const value = attrs[key];
  if (value === undefined) return undefined;
  const flag = parseBoolean(value);
  if (flag === undefined) throw invalid(`invalid value ${value} for ${key}: not a boolean`);
  return flag;
}

function without(name: string, attrs: Attrs): Attrs {
  return Object.fromEntries(Object.entries(attrs).filter(([key]) => key !== name));
}

function withAttrs(attrs: Attrs): { attrs?: Attrs } {
  return Object.keys(attrs).length > 0 ? { attrs } : {};
}

function invalid(message: string, hint?: string): TsbxError {
  return new TsbxError("INVALID_OUTPUT", message, hint === undefined ? {} : { hint });
}
