import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { bytes, changedBytes, chunked } from "../../../../../scripts/fuzz/bytes.ts";
import { fuzz } from "../../../../../scripts/fuzz/fuzz.ts";
import { fuzzReader } from "../../../../../scripts/fuzz/reader.ts";
import { changedText, text } from "../../../../../scripts/fuzz/text.ts";
import { CredentialsRequest, FetchTokenRequest, VerifyTokenAuthorityRequest } from "../../gen/auth.ts";
import { InfoRequest, ReadContentRequest, WriteAction, WriteContentRequest } from "../../gen/content.ts";
import { GetSecretRequest } from "../../gen/secrets.ts";
import { CheckAgentRequest } from "../../gen/ssh.ts";
import { fileSendHandlers } from "../fsync/filesend.ts";
import { fileSyncHandlers } from "../fsync/filesync.ts";
import { encodeFin, encodeRequest } from "../fsync/packet.ts";
import { snapshot } from "../fsync/tree-snapshot.test.support.ts";
import { GrpcError } from "../transport/status.ts";
import type { ServerHandler } from "../transport/stream.ts";
import { authHandlers } from "./auth/handlers.ts";
import { staticCredentials } from "./auth/provider.ts";
import { bytesMessageData, bytesMessageHeader } from "./bytes-message.ts";
import { contentHandlers } from "./content/handlers.ts";
import { healthHandlers } from "./health.ts";
import { secretHandlers } from "./secrets.ts";
import { servedCall } from "./served-call.test.support.ts";
import { AgentMessages } from "./ssh/agent-messages.ts";
import { sshHandlers } from "./ssh/handlers.ts";
import { keyAgent } from "./ssh/key-agent.ts";
import { wireString, wireUint32 } from "./ssh/wire.ts";
import { uploadHandlers } from "./upload.ts";

let base: string;
let outside: Record<string, string>;

beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), "tsbx-fuzz-"));
  mkdirSync(join(base, "outside/blobs/sha256"), { recursive: true });
  writeFileSync(join(base, "outside/secret"), "secret");
  outside = snapshot(join(base, "outside"));
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** Everything outside of the directories that the handlers were given. */
function expectUntouched(): void {
  expect(snapshot(join(base, "outside"))).toEqual(outside);
  expect(readdirSync(base).filter((name) => !["outside", "given", "key"].includes(name))).toEqual([]);
}

const DIGEST = `sha256:${"a".repeat(64)}`;
const words = [DIGEST, "sha256:../../outside/secret", "../outside", "context", "default", "id", "1"];
const name = text(words);

interface Call {
  method: string;
  sent: Uint8Array[];
  metadata: Record<string, string>;
}

/** A call of one of a service's methods, with what a daemon that is not well may say in it. */
function calls(
  messages: Readonly<Record<string, fc.Arbitrary<Uint8Array>>>,
  keys: readonly string[] = [],
): fc.Arbitrary<Call> {
  return fc.constantFrom(...Object.keys(messages)).chain((method) =>
    fc.record({
      method: fc.constant(method),
      sent: fc.array(
        fc.oneof(
          { weight: 3, arbitrary: messages[method]! },
          { weight: 1, arbitrary: changedBytes(messages[method]!) },
          { weight: 1, arbitrary: bytes(30) },
        ),
        { maxLength: 4 },
      ),
      metadata: fc.dictionary(fc.constantFrom(...keys, "other"), name),
    }),
  );
}

async function serve(
  handlers: ReadonlyMap<string, ServerHandler>,
  { method, sent, metadata }: Call,
): Promise<void> {
  const [path] = [...handlers.keys()].filter((each) => each.endsWith(`/${method}`));
  // What a handler throws becomes the call's status; a slip of the program's own is none.
  await servedCall(handlers, path!, sent, metadata).catch((error) => {
    if (error instanceof TypeError) throw error;
  });
  expectUntouched();
}

function encoded<T>(codec: { encode(message: T): { finish(): Uint8Array } }, message: fc.Arbitrary<T>) {
  return message.map((value) => codec.encode(value).finish());
}

const number = fc.constantFrom(0n, 1n, -1n, 6n, 2n ** 62n);
const digest = fc.oneof(fc.constant(DIGEST), name);

describe("services of a session end each call and touch nothing else", () => {
  const write = fc
    .record({
      action: fc.constantFrom(...Object.values(WriteAction).filter((each) => typeof each === "number"), 9),
      ref: name,
      total: number,
      expected: digest,
      offset: number,
      data: bytes(20),
    })
    .map((fields) => WriteContentRequest.fromPartial(fields as object));
  const info = encoded(InfoRequest, fc.record({ digest }));
  const content = calls(
    {
      Info: info,
      Update: info,
      Delete: info,
      Abort: info,
      Status: info,
      ListStatuses: info,
      List: info,
      Read: encoded(ReadContentRequest, fc.record({ digest, offset: number, size: number })),
      Write: encoded(WriteContentRequest, write),
    },
    ["buildkit-attachable-store-id"],
  );
  fuzz("content", content, async (call) => {
    const given = join(base, "given");
    const handlers = contentHandlers(new Map([["export", given]]));
    const metadata = { "buildkit-attachable-store-id": "export", ...call.metadata };
    try {
      await serve(handlers, { ...call, metadata });
    } finally {
      rmSync(given, { recursive: true, force: true });
    }
  });

  const secret = calls({
    GetSecret: encoded(
      GetSecretRequest,
      name.map((id) => GetSecretRequest.fromPartial({ id })),
    ),
  });
  fuzz("secrets", secret, async (call) =>
    serve(await secretHandlers({ id: { value: "x" }, __proto__: { value: "y" } }, { cwd: base }), call),
  );

  const auth = calls({
    Credentials: encoded(
      CredentialsRequest,
      name.map((host) => CredentialsRequest.fromPartial({ host })),
    ),
    FetchToken: encoded(
      FetchTokenRequest,
      name.map((realm) => FetchTokenRequest.fromPartial({ host: realm, realm })),
    ),
    VerifyTokenAuthority: encoded(
      VerifyTokenAuthorityRequest,
      fc.constant(VerifyTokenAuthorityRequest.fromPartial({})),
    ),
    GetTokenAuthority: bytes(20),
  });
  const fetch = async () => new Response('{"token":"x"}');
  fuzz("auth", auth, (call) =>
    serve(authHandlers(staticCredentials({ id: { username: "a", password: "b" } }), { fetch }), call),
  );

  fuzz("upload", calls({ Pull: bytes(20) }, ["urlpath"]), (call) =>
    serve(uploadHandlers(new Map([["id", Readable.from([Buffer.from("x")])]])), call),
  );
  fuzz("health", calls({ Check: bytes(20) }), (call) => serve(healthHandlers(), call));

  const requests = fc.oneof(
    fc.nat(3).map((id) => encodeRequest(id).subarray(5)),
    fc.constant(encodeFin().subarray(5)),
    bytes(20),
  );
  const keys = [
    "dir-name",
    "include-patterns",
    "exclude-patterns",
    "followpaths",
    "exclude-patterns-encoded",
  ];
  fuzz("files that are sent", calls({ DiffCopy: requests }, keys), async (call) => {
    const files = ["Dockerfile", "a", "sub/b"].map((path) => [path, Buffer.from(path)] as const);
    const source = { files: new Map(files) };
    await serve(fileSyncHandlers(new Map([["context", source]])), {
      ...call,
      metadata: { "dir-name": "context", ...call.metadata },
    });
  });

  const plain = bytes(20).map((data) => Buffer.concat([bytesMessageHeader(data.length), data]));
  fuzz(
    "files that are received",
    calls({ DiffCopy: plain }, ["buildkit-attachable-exporter-id"]),
    async (call) => {
      const given = join(base, "given");
      const targets = new Map([
        [0, { kind: "stream", stream: new PassThrough().resume() } as const],
        [1, { kind: "file", dest: join(given, "file") } as const],
      ]);
      try {
        await serve(fileSendHandlers(targets), call);
      } finally {
        rmSync(given, { recursive: true, force: true });
      }
    },
  );
});

const { privateKey } = generateKeyPairSync("ed25519");
const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();

/** The key in OpenSSH's own format (PROTOCOL.key), before it is text. */
function opensshKey(): Buffer {
  const { x = "", d = "" } = privateKey.export({ format: "jwk" });
  const [half, secret] = [Buffer.from(x, "base64url"), Buffer.from(d, "base64url")];
  const type = wireString("ssh-ed25519");
  const parts = [
    wireUint32(7),
    wireUint32(7),
    type,
    wireString(half),
    wireString(Buffer.concat([secret, half])),
  ];
  return Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    ...["none", "none", ""].map(wireString),
    wireUint32(1),
    wireString(Buffer.concat([type, wireString(half)])),
    wireString(Buffer.concat([...parts, wireString("comment")])),
  ]);
}

const opensshText = (data: Buffer) =>
  `-----BEGIN OPENSSH PRIVATE KEY-----\n${data.toString("base64")}\n-----END OPENSSH PRIVATE KEY-----\n`;
const requestsOf = fc.oneof(
  bytes(20).map((rest) => Buffer.concat([Buffer.from([13]), rest])),
  fc.constantFrom(Buffer.from([11]), Buffer.from([1]), Buffer.from([17, 0, 0])),
  fc
    .tuple(bytes(12), bytes(12))
    .map((parts) => Buffer.concat([Buffer.from([13]), ...parts.map(wireString), Buffer.alloc(4)])),
  bytes(20),
);
const agentBytes = chunked(
  changedBytes(fc.array(requestsOf, { maxLength: 4 }).map((all) => Buffer.concat(all.map(wireString)))),
);

describe("ssh", () => {
  fuzz("an agent's messages are cut anywhere, or refused", agentBytes, (chunks) => {
    const messages = new AgentMessages();
    let length = 0;
    try {
      for (const chunk of chunks) for (const message of messages.push(chunk)) length += 4 + message.length;
    } catch (error) {
      expect((error as Error).message).toMatch(/^ssh agent message of \d+ bytes$/);
    }
    expect(length).toBeLessThanOrEqual(Buffer.concat(chunks).length);
  });

  fuzz("an agent of keys answers any request", requestsOf, async (request) => {
    writeFileSync(join(base, "key"), pem);
    const answer = (await keyAgent([join(base, "key")]))(request);
    expect([5, 12, 14]).toContain(answer[0]);
  });

  const keyFiles = fc.oneof(
    changedText([pem, opensshText(opensshKey())]),
    changedBytes(fc.constant(opensshKey())).map(opensshText),
  );
  fuzzReader("a file of a key is used, or refused", keyFiles, async (content) => {
    writeFileSync(join(base, "key"), content);
    await keyAgent([join(base, "key")]);
  });

  fuzz("a step's bytes end with the call", agentBytes, async (chunks) => {
    writeFileSync(join(base, "key"), pem);
    const handlers = await sshHandlers({ default: { keys: [join(base, "key")] } }, { cwd: base });
    const sent = chunks.map((data) => Buffer.concat([bytesMessageHeader(data.length), data]));
    await serve(handlers, { method: "ForwardAgent", sent, metadata: {} });
    await serve(handlers, {
      method: "CheckAgent",
      sent: [CheckAgentRequest.encode({ id: "x" }).finish()],
      metadata: {},
    });
  });

  fuzz(
    "an agent that says anything",
    chunked(fc.oneof(bytes(), changedBytes(requestsOf.map(wireString)))),
    async (chunks) => {
      const socket = join(base, "given.sock");
      const agent = createServer((connection) => {
        connection.on("error", () => {}).resume();
        for (const chunk of chunks) connection.write(chunk);
        connection.end();
      });
      await new Promise<void>((resolve) => agent.listen(socket, resolve));
      const handlers = await sshHandlers({ default: { agent: socket } }, { cwd: base });
      const request = wireString(Buffer.from([11]));
      const sent = [Buffer.concat([bytesMessageHeader(request.length), request])];
      await servedCall(
        handlers,
        [...handlers.keys()].find((path) => path.endsWith("ForwardAgent"))!,
        sent,
      ).catch(() => {});
      await new Promise((resolve) => agent.close(resolve));
    },
  );
});

describe("a BytesMessage", () => {
  fuzz(
    "is read back, or refused",
    changedBytes(bytes().map((data) => Buffer.concat([bytesMessageHeader(data.length), data]))),
    (message) => {
      try {
        expect(bytesMessageData(message).length).toBeLessThanOrEqual(message.length);
      } catch (error) {
        expect(error).toBeInstanceOf(GrpcError);
      }
    },
  );
});
