import { readFileSync } from "node:fs";
import { request } from "node:https";

/**
 * @typedef {object} Api
 * @property {string} server
 * @property {string} ca    PEM files
 * @property {string} cert
 * @property {string} key
 */

/**
 * One request to the API server.
 * @param {Api} api
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @param {string} [type]  of the body
 * @returns {Promise<{ status: number, body: any }>}
 */
export function ask({ server, ca, cert, key }, method, path, body, type = "application/json") {
  const files = { ca: readFileSync(ca), cert: readFileSync(cert), key: readFileSync(key) };
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { "Content-Type": type };
    const asked = request(`${server}${path}`, { method, headers, agent: false, timeout: 5000, ...files });
    asked.on("response", async (response) => {
      try {
        let text = "";
        for await (const chunk of response.setEncoding("utf8")) text += chunk;
        const json = response.headers["content-type"]?.includes("json") ? JSON.parse(text) : text;
        resolve({ status: response.statusCode ?? 0, body: json });
      } catch (error) {
        reject(error);
      }
    });
    asked.on("timeout", () => asked.destroy(new Error("the API server does not answer")));
    asked.on("error", reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/**
 * Creates an object, unless it is there.
 * @param {Api} api
 * @param {string} path  of the collection
 * @param {Record<string, unknown> & { metadata: { name: string } }} object
 */
export async function ensureObject(api, path, object) {
  const { status, body } = await ask(api, "POST", path, object);
  if (status === 409) return;
  if (status !== 201)
    throw new Error(`cannot create ${path}/${object.metadata.name}: ${JSON.stringify(body)}`);
}
