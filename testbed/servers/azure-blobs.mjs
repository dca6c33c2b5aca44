import { createHmac, randomBytes } from "node:crypto";
import { answer, BlockBlobs, refuse } from "./block-blobs.mjs";
import { listen } from "./listen.mjs";

const account = "bed";
/** Whose values are signed, each on a line of its own, after the method. */
const signedHeaders = [
  ...["content-encoding", "content-language", "content-length", "content-md5", "content-type", "date"],
  ...["if-modified-since", "if-match", "if-none-match", "if-unmodified-since", "range"],
];

/**
 * Starts an account of Azure's Blob service: containers of block blobs, for those who sign with the account's key.
 */
export async function startAzureBlobs() {
  const key = randomBytes(64);
  const blobs = new BlockBlobs();
  /** @type {Set<string>} */
  const containers = new Set();
  const { host, close } = await listen(async (request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    if (request.headers.authorization !== `SharedKey ${account}:${signature(request, url, key)}`)
      return refuse(response, 403, "AuthenticationFailed", request.method === "HEAD");
    const [container = "", ...rest] = decodeURIComponent(url.pathname.slice(1)).split("/");
    if (url.searchParams.get("restype") === "container") {
      if (request.method === "PUT") {
        if (containers.has(container)) return refuse(response, 409, "ContainerAlreadyExists");
        containers.add(container);
      } else if (!containers.has(container)) {
        return refuse(response, 404, "ContainerNotFound", request.method === "HEAD");
      }
      answer(response, request.method === "PUT" ? 201 : 200);
      return response.end();
    }
    if (!containers.has(container))
      return refuse(response, 404, "ContainerNotFound", request.method === "HEAD");
    await blobs.handle(request, response, [container, ...rest].join("/"), url.searchParams);
  });
  return {
    url: `http://${host}`,
    account,
    /** Base64, as the account's owner sees it. */
    key: key.toString("base64"),
    /** Of all blobs, with their containers' before them. */
    names: () => blobs.names(),
    close,
  };
}

/**
 * What a request is to be signed with: "Authorize with Shared Key" of Azure's documentation.
 * @param {import("node:http").IncomingMessage} request
 * @param {URL} url
 * @param {Buffer} key
 */
function signature({ method, headers }, url, key) {
  const values = signedHeaders.map((name) => {
    const value = String(headers[name] ?? "");
    return name === "content-length" && value === "0" ? "" : value;
  });
  const own = Object.keys(headers).filter((name) => name.startsWith("x-ms-"));
  const query = [...new Set(url.searchParams.keys())].sort().map((name) => {
    return `${name.toLowerCase()}:${url.searchParams.getAll(name).sort().join(",")}`;
  });
  const lines = [
    method,
    ...values,
    ...own.sort().map((name) => `${name}:${headers[name]}`),
    `/${account}${url.pathname}`,
    ...query,
  ];
  return createHmac("sha256", key).update(lines.join("\n")).digest("base64");
}
