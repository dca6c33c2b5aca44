import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { listen } from "./listen.mjs";

/** @typedef {import("node:http").IncomingMessage} IncomingMessage */
/** @typedef {import("node:http").ServerResponse} ServerResponse */

/** Of all files. */
const modified = new Date("2017-07-14T02:40:00Z").toUTCString();

/**
 * Starts a web server for what is in a directory: bare repositories, named `*.git`, by git's own program for that,
 * and files. Below `private/` it wants one of the authorizations given, and asks for it as git expects.
 * @param {string} directory
 * @param {readonly string[]} [authorizations]  values of the header, with the scheme in small letters
 */
export async function startWebServer(directory, authorizations = []) {
  /** @type {string[]} */
  const requests = [];
  const { host, close } = await listen(async (request, response) => {
    const { pathname, search } = new URL(request.url ?? "/", "http://localhost");
    requests.push(`${request.method} ${pathname}`);
    // The scheme is of any case.
    const [, scheme = "", rest = ""] = /^(\S*)(.*)/.exec(request.headers.authorization ?? "") ?? [];
    const allowed = authorizations.includes(`${scheme.toLowerCase()}${rest}`);
    if (pathname.startsWith("/private/") && !allowed) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="private"' });
      return response.end();
    }
    const path = decodeURIComponent(pathname);
    if (/\.git\//.test(path)) return serveGit(directory, path, search, request, response);
    await serveFile(join(directory, path), request, response);
  });
  return {
    /** Without a slash at its end. */
    url: `http://${host}`,
    host,
    /** `METHOD /path` of each so far. */
    requests,
    close,
  };
}

/**
 * @param {string} file
 * @param {IncomingMessage} request
 * @param {ServerResponse} response
 */
async function serveFile(file, request, response) {
  const content = await readFile(file).catch(() => undefined);
  if (!content) {
    response.writeHead(404);
    return response.end("there is nothing here\n");
  }
  const etag = `"${createHash("sha256").update(content).digest("hex")}"`;
  const headers = { etag, "last-modified": modified };
  if (request.headers["if-none-match"] === etag) {
    response.writeHead(304, headers);
    return response.end();
  }
  response.writeHead(200, { ...headers, "content-length": content.length });
  response.end(request.method === "HEAD" ? undefined : content);
}

/**
 * Runs git's program for web servers, which speaks CGI.
 * @param {string} directory
 * @param {string} path
 * @param {string} search
 * @param {IncomingMessage} request
 * @param {ServerResponse} response
 */
async function serveGit(directory, path, search, request, response) {
  const { headers } = request;
  const child = spawn("git", ["http-backend"], {
    stdio: ["pipe", "pipe", "ignore"],
    env: {
      PATH: process.env.PATH,
      GIT_PROJECT_ROOT: directory,
      GIT_HTTP_EXPORT_ALL: "1",
      // The directory may be somebody else's, which git would not serve.
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: "safe.directory",
      GIT_CONFIG_VALUE_0: "*",
      PATH_INFO: path,
      QUERY_STRING: search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: headers["content-type"] ?? "",
      ...(headers["content-length"] && { CONTENT_LENGTH: headers["content-length"] }),
      ...(headers["content-encoding"] && { HTTP_CONTENT_ENCODING: headers["content-encoding"] }),
      GIT_PROTOCOL: String(headers["git-protocol"] ?? ""),
    },
  });
  // It may have read enough before the end.
  child.stdin.on("error", () => {});
  request.pipe(child.stdin);
  const failed = new Promise((_, reject) => child.on("error", reject));
  await Promise.race([answerAsCgi(child.stdout, response), failed]);
}

/**
 * @param {import("node:stream").Readable} output
 * @param {ServerResponse} response
 */
async function answerAsCgi(output, response) {
  let head = Buffer.alloc(0);
  for await (const chunk of output) {
    if (response.headersSent) {
      response.write(chunk);
      continue;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf("\r\n\r\n");
    if (end === -1) continue;
    const lines = head.subarray(0, end).toString().split("\r\n");
    const fields = lines.map((line) => /^([^:]+): *(.*)$/.exec(line) ?? []);
    const status = fields.find(([, name]) => name?.toLowerCase() === "status")?.[2] ?? "200";
    for (const [, name, value] of fields) if (name && value !== undefined) response.setHeader(name, value);
    response.writeHead(Number.parseInt(status, 10));
    response.write(head.subarray(end + 4));
  }
  response.end();
}
