import { readFileSync } from "node:fs";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";

/**
 * The status of a request, or 0 when nobody answers.
 * @param {string} url
 * @param {{ ca?: string, method?: string, headers?: Record<string, string> }} [options]  ca is a file
 * @returns {Promise<number>}
 */
export function httpStatus(url, options = {}) {
  const secure = url.startsWith("https:");
  const ca = options.ca ? readFileSync(options.ca) : undefined;
  const { method, headers } = options;
  return new Promise((resolve) => {
    const request = (secure ? requestHttps : requestHttp)(url, {
      ca,
      method,
      headers,
      agent: false,
      timeout: 2000,
    });
    request.on("response", (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(0));
    request.end();
  });
}
