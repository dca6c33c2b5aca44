import { describe, expect, it } from "vitest";
import { AuthDefinition } from "./gen/auth.ts";
import { BytesMessage, SolveRequest, StatusResponse, VertexLog } from "./gen/control.ts";
import { Packet, PacketType, Stat } from "./gen/fsutil.ts";
import { LLBBridgeDefinition, Result } from "./gen/gateway.ts";
import { Mount, UserOpt } from "./gen/llb.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const bytes = (text: string) => new Uint8Array(Buffer.from(text, "hex"));

describe("wire form", () => {
  it.each([
    ["REQ 5", Packet.fromPartial({ type: PacketType.REQ, id: 5 }), "08011805"],
    ["empty DATA of entry 0", Packet.fromPartial({ type: PacketType.DATA }), "0802"],
    ["FIN", Packet.fromPartial({ type: PacketType.FIN }), "0803"],
    ["the STAT that ends a listing", Packet.fromPartial({ type: PacketType.STAT }), ""],
  ])("of a packet: %s", (_, packet, expected) => {
    expect(hex(Packet.encode(packet).finish())).toBe(expected);
    expect(Packet.decode(bytes(expected))).toEqual(packet);
  });

  it("of a scratch result is an empty Ref, not an absent one", () => {
    expect(hex(Result.encode(Result.fromPartial({ ref: {} })).finish())).toBe("1a00");
    expect(hex(Result.encode(Result.fromPartial({})).finish())).toBe("");
  });

  it("of a member of a oneof is written though it is zero", () => {
    expect(hex(UserOpt.encode(UserOpt.fromPartial({ byId: 0 })).finish())).toBe("1000");
  });

  it("of a negative index is its two's complement in ten bytes", () => {
    expect(hex(Mount.encode(Mount.fromPartial({ input: -1n })).finish())).toBe("08ffffffffffffffffff01");
  });

  it("of the services has BuildKit's names", () => {
    expect(AuthDefinition.fullName).toBe("moby.filesync.v1.Auth");
    expect(LLBBridgeDefinition.fullName).toBe("moby.buildkit.v1.frontend.LLBBridge");
    expect(LLBBridgeDefinition.methods.execProcess).toMatchObject({
      name: "ExecProcess",
      requestStream: true,
      responseStream: true,
    });
  });
});

describe("decode", () => {
  it("gives back a solve request", () => {
    const request = SolveRequest.fromPartial({
      ref: "ref",
      session: "session",
      frontend: "dockerfile.v0",
      frontendAttrs: { filename: "Dockerfile", "build-arg:EMPTY": "", "label:größe": "é" },
      cache: { imports: [{ type: "registry", attrs: { ref: "example.com/cache" } }] },
      exporters: [{ type: "image", attrs: { name: "example.com/app", push: "true" } }, { type: "local" }],
      frontendInputs: {
        base: { def: [Uint8Array.of(1, 2)], metadata: { "sha256:0": { ignoreCache: true } } },
      },
      compatibilityVersion: 30n,
    });
    expect(SolveRequest.decode(SolveRequest.encode(request).finish())).toEqual(request);
  });

  it("keeps every nanosecond of a file's time and every byte of its name", () => {
    const stat = Stat.fromPartial({
      path: Uint8Array.of(0x61, 0xff, 0xfe),
      mode: 0x800001ed,
      modTime: 1_700_000_000_123_456_789n,
      xattrs: { "user.a": Uint8Array.of(0) },
    });
    expect(Stat.decode(Stat.encode(stat).finish())).toEqual(stat);
  });

  it("skips unknown fields of every wire type", () => {
    const unknown = "c03e01" + "c13e0102030405060708" + "c23e0161" + "c53e01020304";
    expect(BytesMessage.decode(bytes(`${unknown}0a0178${unknown}`)).data).toEqual(Uint8Array.of(0x78));
  });

  it("replaces what is not UTF-8 in a string", () => {
    const vertexNamed61ff = "0a041a0261ff";
    expect(StatusResponse.decode(bytes(vertexNamed61ff)).vertexes[0]?.name).toBe("a\ufffd");
  });

  it("gives bytes as a view of its input", () => {
    const input = bytes("22026869");
    const { msg } = VertexLog.decode(input);
    expect(hex(msg)).toBe("6869");
    expect(msg.buffer).toBe(input.buffer);
  });

  it("refuses a message that is cut off", () => {
    expect(() => BytesMessage.decode(bytes("0a0561"))).toThrow(RangeError);
  });
});
