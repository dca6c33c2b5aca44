/** How a registry wants to be asked. */
export interface Challenge {
  /** Lower case: `basic` or `bearer`. */
  scheme: string;
  realm?: string;
  service?: string;
}

/** Reads a `WWW-Authenticate` header; undefined when it is none. */
export function parseChallenge(header: string): Challenge | undefined {
  const [, scheme, rest = ""] = /^\s*([a-z]+)(?:\s+(.*))?$/i.exec(header) ?? [];
  if (!scheme) return undefined;
  const params = new Map<string, string>();
  for (const [, name, quoted, plain] of rest.matchAll(/([a-z_]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/gi)) {
    params.set(name!.toLowerCase(), quoted?.replace(/\\(.)/g, "$1") ?? plain ?? "");
  }
  const realm = params.get("realm");
  const service = params.get("service");
  return {
    scheme: scheme.toLowerCase(),
    ...(realm !== undefined && { realm }),
    ...(service !== undefined && { service }),
  };
}
