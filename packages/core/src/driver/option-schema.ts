/** One driver option (`--driver-opt name=value`), as data: validation, help and completion come out of it. */
export interface OptionSpec {
  type: "string" | "boolean" | "integer" | "duration" | "path" | "enum";
  /** One sentence for `tsbx create --help` and the driver's page. */
  doc: string;
  default?: string | boolean | number;
  /** The accepted values of an `enum`. */
  values?: readonly string[];
  /** An option whose name is a prefix, such as `env.` in `env.HTTP_PROXY=...`. */
  prefix?: boolean;
  required?: boolean;
  /** Checks what the type alone does not say; returns the accepted form when `value` has another. */
  check?(value: string | boolean | number): string | undefined;
}

export type OptionSchema = Readonly<Record<string, OptionSpec>>;

/** Validated option values, by name. Durations are milliseconds; paths are absolute. */
export type OptionValues = Readonly<Record<string, string | boolean | number>>;
