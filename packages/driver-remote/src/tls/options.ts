import { type OptionValues, TsbxError } from "@tsbx/core/driver";

/** Files are PEM, by absolute path. */
export interface TlsOptions {
  cacert?: string;
  cert?: string;
  key?: string;
  servername?: string;
}

export const TLS_OPTIONS = ["cacert", "cert", "key", "servername"] as const;

/**
 * The node's TLS options, or undefined when it has none: then the connection is plain.
 * @throws TsbxError `INVALID_DRIVER_OPTION` when only one of cert and key is given
 */
export function tlsOptions(values: OptionValues): TlsOptions | undefined {
  const options: TlsOptions = {};
  for (const name of TLS_OPTIONS) {
    const value = values[name];
    if (value !== undefined && value !== "") options[name] = String(value);
  }
  if (Object.keys(options).length === 0) return undefined;
  if ((options.cert === undefined) !== (options.key === undefined)) {
    const [given, missing] = options.cert === undefined ? ["key", "cert"] : ["cert", "key"];
    throw new TsbxError("INVALID_DRIVER_OPTION", `driver option ${given} is given without ${missing}`, {
      hint: "A client certificate needs both cert and key.",
    });
  }
  return options;
}
