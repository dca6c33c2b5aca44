import { TsbxError } from "@tsbx/core/driver";

/** Where a daemon is. */
export type EngineAddress =
  /** A unix socket, or a named pipe of Windows. */
  | { kind: "socket"; path: string }
  /** With `secure`, TLS also when there are no files for it. Without a port, the one that Docker listens on. */
  | { kind: "tcp"; host: string; port?: number; secure: boolean }
  | SshAddress;

export interface SshAddress {
  kind: "ssh";
  host: string;
  user?: string;
  port?: number;
  /** The daemon's unix socket on that host, when it is not the one its docker uses by itself. */
  socketPath?: string;
}

const FORMS =
  "unix:///path, npipe:////./pipe/name, tcp://host:port, https://host:port or ssh://[user@]host[:port]";

/**
 * Reads a daemon's URL.
 * @throws TsbxError `INVALID_ENDPOINT`
 */
export function parseAddress(url: string): EngineAddress {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1]?.toLowerCase();
  const rest = url.slice((scheme?.length ?? 0) + "://".length);
  switch (scheme) {
    case "unix":
      // Not a URL further on: the path is taken as it is, percent signs and all.
      if (!rest.startsWith("/")) throw invalid(url, "the socket's path must be absolute: unix:///path");
      return { kind: "socket", path: rest };
    case "npipe":
      if (!rest.startsWith("//")) throw invalid(url, "the pipe's path must be like npipe:////./pipe/name");
      return { kind: "socket", path: rest.replaceAll("/", "\\") };
    case "tcp":
    case "http":
    case "https":
      return parseTcp(url, scheme, rest);
    case "ssh":
      return parseSsh(url);
    default:
      throw invalid(url, "its scheme is not one of Docker's");
  }
}

function parseTcp(url: string, scheme: string, rest: string): EngineAddress {
  // A URL of http or https would swallow its default port.
  const parsed = parseUrl(url, `tcp://${rest}`);
  const { port, pathname, username } = parsed;
  if (username !== "") throw invalid(url, "it names a user");
  if (pathname !== "" && pathname !== "/") throw invalid(url, "it has a path");
  const implied = scheme === "http" ? 80 : scheme === "https" ? 443 : undefined;
  const given = port === "" ? implied : Number(port);
  return {
    kind: "tcp",
    host: bareHost(parsed),
    ...(given === undefined ? {} : { port: given }),
    secure: scheme === "https",
  };
}

function parseSsh(url: string): SshAddress {
  const parsed = parseUrl(url, url);
  const { port, pathname, username } = parsed;
  const host = bareHost(parsed);
  const user = decode(url, username);
  const path = decode(url, pathname);
  // As a program's argument it would be taken for a flag.
  if (host.startsWith("-") || user.startsWith("-")) throw invalid(url, "a name begins with a dash");
  return {
    kind: "ssh",
    host,
    ...(user === "" ? {} : { user }),
    ...(port === "" ? {} : { port: Number(port) }),
    ...(path === "" || path === "/" ? {} : { socketPath: path }),
  };
}

/** The host without the brackets of an IPv6 address. */
function bareHost({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, "$1");
}

function parseUrl(url: string, text: string): URL {
  if (!URL.canParse(text)) throw invalid(url, "it is not a URL");
  const parsed = new URL(text);
  if (parsed.hostname === "") throw invalid(url, "the host is missing");
  if (parsed.password !== "") throw invalid(url, "passwords have no place in it");
  if (parsed.search !== "" || parsed.hash !== "") throw invalid(url, "it has a query or a fragment");
  return parsed;
}

function decode(url: string, text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid(url, "it has a broken percent-encoding");
  }
}

function invalid(url: string, reason: string): TsbxError {
  // A password that was given by mistake must not reach logs.
  const shown = url.replace(/^([^/]*\/\/[^/@:]*):[^/@]*@/, "$1:***@");
  return new TsbxError("INVALID_ENDPOINT", `invalid Docker endpoint ${JSON.stringify(shown)}: ${reason}`, {
    hint: `A Docker daemon is given as ${FORMS}, or by the name of a docker context.`,
  });
}
